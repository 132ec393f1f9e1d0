"""The page on which somebody decides about a trainee whose time is over."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from qcapp.core import local
from qcapp.core.dates import DateField
from qcapp.core.forms import Form, options, seen
from qcapp.core.i18n import _, lazy
from qcapp.core.web import db, requires
from qcapp.onboarding import stages
from qcapp.onboarding.clearance.words import shown
from qcapp.onboarding.models import Trainee
from qcapp.onboarding.overdue import service
from qcapp.onboarding.overtaken import Overtaken
from qcapp.onboarding.record import program_of, record_of
from qcapp.onboarding.rules import states_of_stage
from qcapp.onboarding.states import Overdue
from qcapp.onboarding.work import queries
from qcapp.people.permissions import Permission

overdue = Blueprint("overdue", __name__, url_prefix="/onboarding")
DECISIONS = {
    Overdue.PROLONG: lazy("Give more time"),
    Overdue.REPEAT: lazy("Repeat everything from the first stage"),
    Overdue.PART: lazy("Part with the trainee"),
}


class OverdueForm(Form):
    decision = RadioField(lazy("Decision"), [InputRequired()], choices=options(DECISIONS.items()))
    until = DateField(lazy("New last day"), [Optional()])
    reason = TextAreaField(lazy("Reason"), [Length(max=5_000)], filters=[lambda text: (text or "").strip()])

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """With more time comes a day, of which the field alone cannot know."""
        fine = bool(super().validate(*args, **kwargs))
        day = self.until.data
        if self.decision.data != Overdue.PROLONG or (day is not None and day > local.today()):
            return fine
        self.until.errors = [*self.until.errors, _("Choose a day after today until which there is time.")]
        return False

    def validate_reason(self, field: TextAreaField) -> None:
        if not field.data:
            raise ValidationError(_("Say why you decide so."))


@overdue.get("/<int:manager_id>/overdue")
@requires(Permission.DECIDE_OVERDUE)
def show(manager_id: int) -> str:
    return _page(queries.trainee_of(db(), manager_id, current_user), OverdueForm())


@overdue.post("/<int:manager_id>/overdue")
@requires(Permission.DECIDE_OVERDUE)
def decide(manager_id: int) -> Any:
    trainee = queries.trainee_of(db(), manager_id, current_user)
    form = OverdueForm(request.form)
    if seen() != stages.shown_of(trainee):
        form.form_errors = list(Overtaken().reasons)
        return _page(trainee, form), 409
    if not form.validate():
        return _page(trainee, form), 422
    service.decide_overdue(
        db(),
        trainee.stages[-1],
        Overdue(form.decision.data),
        by=current_user,
        reason=form.reason.data,
        until=form.until.data,
        seen=seen(),
    )
    db().commit()
    flash(_("Decided."), "success")
    return redirect(url_for("overdue.show", manager_id=manager_id), 303)


def _page(trainee: Trainee, form: OverdueForm) -> str:
    record = trainee.stages[-1]
    asked = states_of_stage(program_of(trainee), record_of(db(), trainee), record.stage)
    decisions = [decision for stay in trainee.stages for decision in stay.overdue]
    return render_template(
        "overdue/decide.html",
        trainee=trainee,
        record=record,
        time=None if trainee.parted_at else service.time_of(record),
        states=[shown(state, current_user) for state in asked],
        decisions=list(reversed(decisions)),
        words=DECISIONS,
        form=form,
        seen=stages.shown_of(trainee),
        tomorrow=local.today() + timedelta(days=1),
    )
