"""The page on which somebody moves a trainee by hand."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from qcapp.core.forms import Form, options, seen
from qcapp.core.i18n import _, label, lazy
from qcapp.core.web import db, requires
from qcapp.onboarding import stages
from qcapp.onboarding.by_hand import rules, service
from qcapp.onboarding.clearance.words import shown
from qcapp.onboarding.models import Trainee
from qcapp.onboarding.overtaken import Overtaken
from qcapp.onboarding.program.plan import WAY
from qcapp.onboarding.record import program_of, record_of
from qcapp.onboarding.work import queries
from qcapp.people.access import me
from qcapp.people.permissions import Permission
from qcapp.terms import Stage

by_hand = Blueprint("by_hand", __name__, url_prefix="/onboarding")


class MoveForm(Form):
    stage = RadioField(lazy("To which stage"), [InputRequired()])
    reason = TextAreaField(
        lazy("Reason"), [InputRequired(), Length(max=5_000)], filters=[lambda text: (text or "").strip()]
    )


@by_hand.get("/<int:manager_id>/move")
@requires(Permission.MOVE_TRAINEES)
def show(manager_id: int) -> str:
    trainee = queries.trainee_of(db(), manager_id, me())
    return _page(trainee, _form(trainee))


@by_hand.post("/<int:manager_id>/move")
@requires(Permission.MOVE_TRAINEES)
def move(manager_id: int) -> Any:
    trainee = queries.trainee_of(db(), manager_id, me())
    form = _form(trainee)
    if seen() != stages.shown_of(trainee):
        form.form_errors = list(Overtaken().reasons)
        return _page(trainee, form), 409
    if not form.validate():
        return _page(trainee, form), 422
    to, reason = Stage(form.stage.data), form.reason.data
    service.move_by_hand(db(), trainee, to, by=me(), reason=reason, seen=seen())
    db().commit()
    flash(_("Moved. The trainee, the coach, the head of sales and HR have been told."), "success")
    return redirect(url_for("onboarding.show", manager_id=manager_id), 303)


def _form(trainee: Trainee) -> MoveForm:
    form = MoveForm(request.form)
    now = trainee.stages[-1].stage
    form.stage.choices = options(
        (
            stage.value,
            _("%(stage)s: on", stage=label(stage))
            if WAY.index(stage) > WAY.index(now)
            else _("%(stage)s: back, not everything is met there", stage=label(stage)),
        )
        for stage in reversed(service.possible(db(), trainee))
    )
    return form


def _page(trainee: Trainee, form: MoveForm) -> str:
    unmet = rules.unmet_so_far(program_of(trainee), record_of(db(), trainee))
    return render_template(
        "onboarding/move.html",
        trainee=trainee,
        now=trainee.stages[-1].stage,
        unmet=[shown(state, me()) for state in unmet],
        form=form,
        seen=stages.shown_of(trainee),
    )
