"""One manager's clearance: the computed answer, every condition with its evidence, and deciding."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from wtforms import TextAreaField
from wtforms.validators import Length

from qcapp.core import local
from qcapp.core.errors import Missing
from qcapp.core.forms import Form
from qcapp.core.i18n import _, lazy
from qcapp.core.web import db, requires
from qcapp.onboarding import rules
from qcapp.onboarding.board.rules import time_left
from qcapp.onboarding.clearance import service
from qcapp.onboarding.clearance.queries import Standing, standing_of
from qcapp.onboarding.clearance.words import Shown, shown
from qcapp.onboarding.states import Verdict
from qcapp.people.access import me
from qcapp.people.labels import STAGES
from qcapp.people.permissions import Permission

clearance = Blueprint("clearance", __name__, url_prefix="/clearance")
VERDICTS = {
    Verdict.GRANTED: (lazy("clearance granted"), "good"),
    Verdict.REFUSED: (lazy("clearance refused"), "warn"),
    Verdict.REVOKED: (lazy("clearance taken away"), "bad"),
}


class DecisionForm(Form):
    reason = TextAreaField(lazy("Reason"), [Length(max=5_000)], filters=[lambda text: (text or "").strip()])


@clearance.get("/<int:manager_id>")
@requires(Permission.VIEW_ONBOARDING)
def show(manager_id: int) -> str:
    return _page(standing_of(db(), manager_id, me(), Permission.VIEW_ONBOARDING), DecisionForm())


@clearance.post("/<int:manager_id>/grant")
@requires(Permission.CLEAR)
def grant(manager_id: int) -> Any:
    return _decide(manager_id, Verdict.GRANTED, service.grant_clearance, _("Cleared for hot leads."))


@clearance.post("/<int:manager_id>/refuse")
@requires(Permission.CLEAR)
def refuse(manager_id: int) -> Any:
    return _decide(manager_id, Verdict.REFUSED, service.refuse_clearance, _("The clearance is refused."))


@clearance.post("/<int:manager_id>/revoke")
@requires(Permission.CLEAR)
def revoke(manager_id: int) -> Any:
    return _decide(manager_id, Verdict.REVOKED, service.revoke_clearance, _("The clearance is taken away."))


def _decide(manager_id: int, verdict: Verdict, decide: Callable[..., object], done: str) -> Any:
    standing = standing_of(db(), manager_id, me(), Permission.CLEAR)
    if standing.trainee is None:
        raise Missing(_("This manager was never trained here, so there is nothing to decide."))
    form = DecisionForm(request.form)
    valid = form.validate()
    if rules.needs_reason(verdict, standing.missing) and not form.reason.data:
        form.reason.errors = [*form.reason.errors, _("This decision needs a reason.")]
        valid = False
    if not valid:
        return _page(standing, form), 422
    decide(db(), standing.trainee, by=me(), reason=form.reason.data)
    db().commit()
    flash(done, "success")
    return redirect(url_for("clearance.show", manager_id=manager_id), 303)


def _page(standing: Standing, form: DecisionForm) -> str:
    trainee, program, record = standing.trainee, standing.program, standing.record
    groups: dict[Any, list[Shown]] = {}
    for state in standing.states:
        groups.setdefault(state.stage, []).append(shown(state, me()))
    decidable = trainee is not None and service.may_decide(db(), trainee, me())
    return render_template(
        "clearance/show.html",
        standing=standing,
        mine=standing.person.id == me().id,
        groups=groups,
        time=time_left(program, record, local.today()) if program and record else None,
        stages=STAGES,
        verdicts=VERDICTS,
        possible=service.possible(standing.stage, parted=trainee.parted_at is not None)
        if trainee and decidable
        else (),
        form=form,
    )
