"""One manager's clearance: the computed answer, every condition with its evidence, and deciding.

And the managers without an onboarding: nobody has decided about some, others were declared staff.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from wtforms import SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from qcapp.core import local
from qcapp.core.forms import Form, options, seen
from qcapp.core.i18n import _, lazy
from qcapp.core.web import db, requires
from qcapp.onboarding import rules
from qcapp.onboarding.board.queries import row_of
from qcapp.onboarding.board.rules import BoardPlace
from qcapp.onboarding.board.words import decision_words, refusal_words
from qcapp.onboarding.clearance import queries, service
from qcapp.onboarding.clearance.queries import Standing, standing_of, standings_of
from qcapp.onboarding.clearance.words import Shown, reason_of, shown
from qcapp.onboarding.overtaken import Overtaken
from qcapp.people.access import me
from qcapp.people.choices import told_apart
from qcapp.people.models import User
from qcapp.people.namesakes import Namesake, namesakes
from qcapp.people.permissions import Permission, Scope, holds, scope_of
from qcapp.terms import ClearanceVerdict, Role

clearance = Blueprint("clearance", __name__, url_prefix="/clearance")
TONES = {
    ClearanceVerdict.GRANTED: "good",
    ClearanceVerdict.REFUSED: "warn",
    ClearanceVerdict.REVOKED: "bad",
    ClearanceVerdict.DECLARED: "good",
}


class ClearanceForm(Form):
    reason = TextAreaField(lazy("Reason"), [Length(max=5_000)], filters=[lambda text: (text or "").strip()])


class DeclareForm(Form):
    managers = SelectMultipleField(
        lazy("Not decided yet"),
        [InputRequired()],
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    reason = TextAreaField(
        lazy("Reason"), [InputRequired(), Length(max=5_000)], filters=[lambda text: (text or "").strip()]
    )


@clearance.get("/<int:manager_id>")
@requires(Permission.VIEW_ONBOARDING)
def show(manager_id: int) -> str:
    return _page(standing_of(db(), manager_id, me(), Permission.VIEW_ONBOARDING), ClearanceForm())


@clearance.post("/<int:manager_id>/grant")
@requires(Permission.CLEAR)
def grant(manager_id: int) -> Any:
    return _decide(manager_id, ClearanceVerdict.GRANTED, service.grant_clearance, _("Cleared for hot leads."))


@clearance.post("/<int:manager_id>/refuse")
@requires(Permission.CLEAR)
def refuse(manager_id: int) -> Any:
    return _decide(
        manager_id, ClearanceVerdict.REFUSED, service.refuse_clearance, _("The clearance is refused.")
    )


@clearance.post("/<int:manager_id>/revoke")
@requires(Permission.CLEAR)
def revoke(manager_id: int) -> Any:
    return _decide(
        manager_id, ClearanceVerdict.REVOKED, service.revoke_clearance, _("The clearance is taken away.")
    )


@clearance.post("/<int:manager_id>/declare")
@requires(Permission.CLEAR)
def declare(manager_id: int) -> Any:
    return _decide(manager_id, ClearanceVerdict.DECLARED, service.declare_staff, _("Declared staff."))


@clearance.get("/staff")
@requires(Permission.VIEW_ONBOARDING)
def staff() -> Any:
    if scope_of(me(), Permission.VIEW_ONBOARDING) is Scope.OWN:
        return redirect(url_for("clearance.show", manager_id=me().id))
    standings = queries.without_onboarding(db(), me())
    return _staff_page(standings, _declare_form(standings))


@clearance.post("/staff")
@requires(Permission.CLEAR)
def declare_several() -> Any:
    standings = queries.without_onboarding(db(), me())
    form = _declare_form(standings)
    if not form.validate():
        return _staff_page(standings, form), 422
    picked = [each for each in standings if each.person.id in (form.managers.data or ())]
    if _newest(picked) > seen():
        form.form_errors = list(Overtaken().reasons)
        return _staff_page(standings, form), 409
    for each in picked:
        service.declare_staff(db(), each.person, by=me(), reason=form.reason.data, seen=seen())
    db().commit()
    flash(_("Declared staff."), "success")
    return redirect(url_for("clearance.staff"), 303)


def _decide(manager_id: int, verdict: ClearanceVerdict, decide: Callable[..., object], done: str) -> Any:
    standing = standing_of(db(), manager_id, me(), Permission.CLEAR)
    form = ClearanceForm(request.form)
    valid = form.validate()
    if queries.newest_decision(db(), manager_id) > seen():
        form.form_errors = list(Overtaken().reasons)
        return _page(standing, form), 409
    needed = rules.needs_reason(verdict, standing.missing, refused=standing.refused)
    if needed and not form.reason.data:
        form.reason.errors = [*form.reason.errors, _("This decision needs a reason.")]
        valid = False
    if not valid:
        return _page(standing, form), 422
    decide(db(), standing.person, by=me(), reason=form.reason.data, seen=seen())
    db().commit()
    flash(done, "success")
    return redirect(url_for("clearance.show", manager_id=manager_id), 303)


def _page(standing: Standing, form: ClearanceForm) -> str:
    person, trainee, program, record = standing.person, standing.trainee, standing.program, standing.record
    row = row_of(db(), trainee, program, record, local.today()) if trainee and program and record else None
    groups: dict[Any, list[Shown]] = {}
    for state in standing.states:
        groups.setdefault(state.stage, []).append(shown(state, me()))
    decisions = queries.decisions_about(db(), person.id)
    possible = service.possible(standing) if service.may_decide(db(), person, me()) else ()
    return render_template(
        "clearance/show.html",
        standing=standing,
        mine=person.id == me().id,
        groups=groups,
        time=row.time if row else None,
        decision=decision_words(row) if row else "",
        refused=refusal_words(record) if record else "",
        stands=row is not None and row.place is BoardPlace.REFUSED,
        seen=max((each.id for each in decisions), default=0),
        verdict_tones=TONES,
        decisions=decisions,
        reason_of=reason_of,
        possible=possible,
        form=form,
        namesakes=()
        if standing.cleared or not holds(me(), Permission.RUN_ONBOARDING)
        else _namesakes(person),
    )


def _namesakes(person: User) -> list[tuple[Namesake, Standing | None]]:
    """Other accounts that may be the same person's; of managers, where they stand."""
    found = namesakes(db(), person)
    standings = standings_of(db(), [each.user.id for each in found if each.user.role is Role.MANAGER])
    return [(each, standings.get(each.user.id)) for each in found]


def _declare_form(standings: list[Standing]) -> DeclareForm:
    form = DeclareForm(request.form)
    open_ = [each.person for each in standings if ClearanceVerdict.DECLARED in service.possible(each)]
    mine = [person for person in open_ if service.may_decide(db(), person, me())]
    form.managers.choices = options(told_apart(mine).items())
    return form


def _staff_page(standings: list[Standing], form: DeclareForm) -> str:
    return render_template(
        "clearance/staff.html",
        standings=standings,
        form=form,
        verdict_tones=TONES,
        reason_of=reason_of,
        seen=_newest(standings),
    )


def _newest(standings: list[Standing]) -> int:
    """The id of the newest decision about any of these; 0: there is none."""
    return max((decision.id for each in standings for decision in each.decisions), default=0)
