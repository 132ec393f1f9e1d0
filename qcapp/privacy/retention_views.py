"""The page on which the owner says after how many days recordings and texts go, and sees what goes next."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import select
from wtforms import IntegerField, SelectChoice, SelectField, StringField
from wtforms.validators import Length, NumberRange, Optional

from qcapp.calls.models import Call
from qcapp.core import clock
from qcapp.core.forms import Form, choices_of
from qcapp.core.i18n import _, lazy
from qcapp.core.web import db, get_or_404, requires
from qcapp.people.permissions import Permission
from qcapp.privacy import retention
from qcapp.privacy.models import RetentionRule
from qcapp.privacy.retention_rules import WARNING
from qcapp.privacy.views import privacy
from qcapp.terms import LeadSource

__all__ = ["privacy"]
SHOWN = 100
LONGEST = 36_500
DAYS = [Optional(), NumberRange(min=1, max=LONGEST)]


class RuleForm(Form):
    lead_source = SelectField(lazy("Lead source"), [Optional()])
    outcome = StringField(
        lazy("Outcome in the CRM"), [Length(max=64)], filters=[lambda text: (text or "").strip()]
    )
    sound_days = IntegerField(lazy("Recordings, days"), DAYS)
    text_days = IntegerField(lazy("Texts and number, days"), DAYS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lead_source.choices = [
            SelectChoice("", _("any")),
            *choices_of(LeadSource),
        ]

    def terms(self) -> retention.RetentionTerms:
        lead = self.lead_source.data
        return retention.RetentionTerms(
            LeadSource(lead) if lead else None,
            self.outcome.data or None,
            self.sound_days.data,
            self.text_days.data,
        )


@privacy.get("/retention")
@requires(Permission.ERASE_CLIENTS)
def rules() -> str:
    return _page(RuleForm())


@privacy.post("/retention")
@requires(Permission.ERASE_CLIENTS)
def set_rule() -> Any:
    form = RuleForm(request.form)
    if not form.validate():
        return _page(form), 422
    retention.set_rule(db(), form.terms(), by=current_user)
    db().commit()
    flash(_("The rule is saved. Nothing goes by it in the next seven days."), "good")
    return redirect(url_for("privacy.rules"), 303)


@privacy.post("/retention/<int:rule_id>/remove")
@requires(Permission.ERASE_CLIENTS)
def remove_rule(rule_id: int) -> Any:
    retention.remove_rule(db(), get_or_404(RetentionRule, rule_id), by=current_user)
    db().commit()
    flash(_("The rule is removed."), "good")
    return redirect(url_for("privacy.rules"), 303)


def _page(form: RuleForm) -> str:
    known = (
        select(Call.outcome).where(Call.outcome.is_not(None)).distinct().order_by(Call.outcome).limit(SHOWN)
    )
    return render_template(
        "privacy/retention.html",
        form=form,
        rules=retention.rules_of(db()),
        outcomes=db().scalars(known).all(),
        coming=retention.coming(db(), clock.now() + WARNING, limit=SHOWN),
        shown=SHOWN,
    )
