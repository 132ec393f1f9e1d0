"""The stage a manager is in on the way to hot leads, at any moment; and the notes of it on calls.

Whoever has an onboarding is where its stays say, until the department parts with him. Before it, and without one,
only a declaration makes somebody staff. While the account is closed or has another role, its person is in no stage.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import exists, or_, select, update
from sqlalchemy.orm import Session, contains_eager, joinedload

from qcapp.calls.events import CallNoted
from qcapp.calls.models import Call
from qcapp.core import clock, events
from qcapp.onboarding.models import Absence, ClearanceDecision, StageRecord, Trainee
from qcapp.people.models import User
from qcapp.terms import ClearanceVerdict, Role, Stage


def decisions_without_onboarding(
    session: Session, manager_ids: Collection[int]
) -> dict[int, Sequence[ClearanceDecision]]:
    """What was decided about each manager while there was no onboarding, in the order of time."""
    found = (
        select(ClearanceDecision)
        .where(ClearanceDecision.manager_id.in_(manager_ids), ClearanceDecision.trainee_id.is_(None))
        .options(joinedload(ClearanceDecision.by))
        .order_by(ClearanceDecision.id)
    )
    each: dict[int, list[ClearanceDecision]] = defaultdict(list)
    for decision in session.scalars(found):
        each[decision.manager_id].append(decision)
    return dict(each)


def declared_stage(decisions: Sequence[ClearanceDecision]) -> Stage | None:
    """The stage without an onboarding: staff after a declaration that was not taken away since."""
    return Stage.STAFF if decisions and decisions[-1].verdict is ClearanceVerdict.DECLARED else None


def stay_at(session: Session, manager_id: int, moment: datetime) -> StageRecord | None:
    """The stay in a stage that a manager had begun last at this moment, in whichever onboarding.

    Of two that had begun the one entered later counts, not the one with the later time: the clock may be set back.
    """
    stays = (
        select(StageRecord)
        .join(StageRecord.trainee)
        .where(Trainee.manager_id == manager_id, StageRecord.entered_at <= moment)
        .options(contains_eager(StageRecord.trainee).joinedload(Trainee.program))
        .order_by(StageRecord.id.desc())
    )
    return session.scalar(stays.limit(1))


def stage_at(session: Session, manager_id: int, moment: datetime) -> Stage | None:
    """The stage a manager was in at this moment; None: in none, or not known.

    Whoever was declared staff is taken for staff before the account was added, too: the declaration says so. Between
    the two nobody had said anything.
    """
    if _was_absent(session, manager_id, moment):
        return None
    if (stay := stay_at(session, manager_id, moment)) is not None:
        parted_at = stay.trainee.parted_at
        return stay.stage if parted_at is None or moment <= parted_at else None
    decisions = decisions_without_onboarding(session, [manager_id]).get(manager_id, ())
    if decisions and moment < session.get_one(User, manager_id).created_at:
        return Stage.STAFF
    return declared_stage([each for each in decisions if each.at <= moment])


def note_absence(session: Session, person_id: int) -> None:
    """Keep since when somebody is no manager at work here, or until when he was none."""
    person = session.get_one(User, person_id)
    open_ = session.scalar(select(Absence).where(Absence.user_id == person_id, Absence.until.is_(None)))
    if person.active and person.role is Role.MANAGER:
        if open_ is not None:
            open_.until = clock.now()
    elif open_ is None:
        session.add(Absence(user_id=person_id, since=clock.now()))
    session.flush()


def note_stage(session: Session, call_id: int) -> None:
    """Write on a call in which stage its manager made it. A score that is published counts for the stage of then,
    whatever is said of the manager's way later."""
    call = session.get_one(Call, call_id)
    if call.scored_at is None or call.stage is None:
        note_stage_anew(session, call_id)


def note_stage_anew(session: Session, call_id: int) -> None:
    """The same, once those who judge have corrected when a scored call began. In no stage as long as nobody knows
    when it was."""
    call, stage = session.get_one(Call, call_id), None
    if call.manager_id and call.start_known:
        stage = stage_at(session, call.manager_id, call.started_at)
    call.stage = stage
    session.flush()


def note_stages(session: Session, manager_id: int, since: datetime) -> None:
    """The same for the manager's calls from this moment on: they were made before he was said to be trained."""
    mine = select(Call.id).where(Call.manager_id == manager_id, Call.started_at >= since).order_by(Call.id)
    for call_id in session.scalars(mine).all():
        events.emit(session, CallNoted(call_id))


def _was_absent(session: Session, manager_id: int, moment: datetime) -> bool:
    times = (Absence.user_id == manager_id, Absence.since <= moment)
    still = or_(Absence.until.is_(None), Absence.until > moment)
    return bool(session.scalar(select(exists().where(*times, still))))


def note_earlier_calls(session: Session, manager: User) -> None:
    """The same for calls from before the account was added, once somebody has been declared staff.

    There may be years of them, and no one is flagged: so they are changed all at once.
    """
    earlier = (
        update(Call)
        .where(
            Call.manager_id == manager.id,
            Call.started_at < manager.created_at,
            Call.start_known.is_(True),
            or_(Call.scored_at.is_(None), Call.stage.is_(None)),
        )
        .values(stage=Stage.STAFF)
    )
    session.execute(earlier.execution_options(synchronize_session="fetch"))
