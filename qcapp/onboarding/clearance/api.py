"""The API for a CRM that distributes leads: who is cleared, and what is missing where somebody is not.

Described in qcapp/calls/openapi.json with the rest of the API.
"""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, jsonify, request, url_for
from wtforms import Field, IntegerField, StringField
from wtforms.validators import NumberRange, Optional, ValidationError

from qcapp.core import clock
from qcapp.core.dates import read_moment
from qcapp.core.forms import Form
from qcapp.core.i18n import _
from qcapp.core.web import db, requires
from qcapp.onboarding.clearance import queries
from qcapp.onboarding.clearance.changes import newest_change
from qcapp.onboarding.words import sentence
from qcapp.people.access import me
from qcapp.people.permissions import Permission

api = Blueprint("api_clearance", __name__, url_prefix="/api/v1")


class SinceForm(Form):
    """Which answers a program asks for: those changed since then, of managers after this id."""

    changed_since = StringField(validators=[Optional()])
    after = IntegerField(validators=[Optional(), NumberRange(0, 2**62)])

    def validate_changed_since(self, field: Field) -> None:
        try:
            moment = read_moment(field.data)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            raise ValidationError(_("Write the time with its offset, as in 2026-11-28T02:00:00Z."))
        if moment > max(clock.now(), _as_of()) + queries.OVERLAP:
            raise ValidationError(_("This time lies in the future. Send the “as_of” of an earlier answer."))

    @property
    def moment(self) -> datetime | None:
        return read_moment(self.changed_since.data) if self.changed_since.data else None


@api.get("/managers")
@requires(Permission.READ_CLEARANCE)
def managers() -> Any:
    """The answers about all managers, or those changed since; the next run asks for what changed since ``as_of``."""
    as_of, form = _as_of(), SinceForm(request.args)
    if not form.validate():
        errors = {name: " ".join(texts) for name, texts in form.errors.items()}
        return jsonify(error=" ".join(f"{name}: {text}" for name, text in errors.items()), fields=errors), 422
    found, end = queries.answers_page(db(), me(), changed_since=form.moment, after=form.after.data or 0)
    return jsonify(
        as_of=_written(as_of),
        managers=found,
        next=end and url_for(".managers", changed_since=_written(form.moment), after=end),
    )


@api.get("/managers/<int:manager_id>/clearance")
@requires(Permission.READ_CLEARANCE)
def clearance(manager_id: int) -> Any:
    standing = queries.standing_of(db(), manager_id, me(), Permission.READ_CLEARANCE)
    return jsonify(
        **standing.told(),
        missing=[
            {
                "key": state.kind,
                "stage": state.stage,
                "have": state.have,
                "need": state.need,
                "sentence": sentence(state),
            }
            for state in standing.missing
        ],
    )


def _as_of() -> datetime:
    """When the newest answer came to be so."""
    return newest_change(db()) or clock.now()


def _written(moment: datetime | None) -> str | None:
    """With Z: a plus sign in an address means a space, and not every program escapes it."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None
