"""Moves a trainee to another stage by hand; whom it concerns learns by whom, why, and what was not met then."""

from sqlalchemy.orm import Session

from qcapp.core.errors import Refused
from qcapp.core.i18n import _
from qcapp.onboarding.by_hand import rules
from qcapp.onboarding.models import StageRecord, Trainee
from qcapp.onboarding.record import program_of, record_of
from qcapp.onboarding.stages import demand_shown, enter_stage, lock, progress
from qcapp.people.at_work import works_here
from qcapp.people.models import User
from qcapp.people.notices import notify, notify_each
from qcapp.people.permissions import Permission, demand
from qcapp.people.queries import holders_of
from qcapp.terms import Role, Stage


def possible(session: Session, trainee: Trainee) -> tuple[Stage, ...]:
    """The stages to which the trainee may be moved now; nobody moves those who do not work here."""
    if not works_here(trainee.manager):
        return ()
    return rules.stages_by_hand(program_of(trainee), record_of(session, trainee))


def move_by_hand(
    session: Session, trainee: Trainee, to: Stage, *, by: User, reason: str, seen: int | None = None
) -> StageRecord:
    """Into the next stage, or back; clearance remains a decision of its own.

    ``seen``: what the page has shown, of ``stages.shown_of``.
    """
    demand(by, Permission.MOVE_TRAINEES, session=session, manager_id=trainee.manager_id)
    lock(session, trainee.id)
    demand_shown(trainee, seen)
    reason = reason.strip()
    if not reason:
        raise Refused(_("Say why you decide so."))
    program, record = program_of(trainee), record_of(session, trainee)
    move = rules.moved_by_hand(program, record, to) if to in possible(session, trainee) else None
    if move is None:
        raise Refused(_("The trainee cannot be moved there now. Reload the page."))
    unmet = list(dict.fromkeys(state.kind.value for state in rules.unmet_so_far(program, record)))
    enter_stage(
        session, trainee, to, result=move.result, attempt=move.attempt, why=reason, by=by, unmet=unmet
    )
    _tell(session, trainee, by, stage=to.value, by=by.name, why=reason, unmet=unmet)
    progress(session, trainee.id)
    return trainee.stages[-1]


def _tell(session: Session, trainee: Trainee, mover: User, **facts: object) -> None:
    """The trainee; the coach, the head of the team and HR, without whoever has moved him."""
    manager, path = trainee.manager, f"/onboarding/{trainee.manager_id}"
    notify(session, manager, "moved_by_hand", path, **facts)
    head = manager.team.head if manager.team else None
    hr = [each for each in holders_of(session, Permission.RUN_ONBOARDING) if each.role is Role.HR]
    told = [each for each in (trainee.coach, head, *hr) if each and each.active and each is not mover]
    notify_each(session, told, "trainee_moved_by_hand", path, manager=manager.name, **facts)
