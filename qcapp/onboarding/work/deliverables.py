"""What a trainee hands in on the first day: written, handed in, accepted or returned by the coach.

A failed exam begins a new attempt with empty deliverables; those of earlier attempts stay as they are.
"""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.core import audit, clock, events
from qcapp.core.autosave import is_news, note_save
from qcapp.core.errors import Forbidden, Refused
from qcapp.core.i18n import _, ngettext
from qcapp.onboarding.events import TraineeProgressed, WorkSubmitted
from qcapp.onboarding.models import Trainee
from qcapp.onboarding.stages import lock
from qcapp.onboarding.states import Kind, WorkState
from qcapp.onboarding.work import queries, rules
from qcapp.onboarding.work.models import Deliverable, Submission
from qcapp.people.models import User
from qcapp.people.notices import mark_read_about, notify, notify_each
from qcapp.people.permissions import Permission, demand, may_train
from qcapp.people.queries import holders_of

DECISIONS: dict[WorkState, audit.Action] = {
    WorkState.ACCEPTED: "work_accepted",
    WorkState.RETURNED: "work_returned",
}

WRITABLE = (WorkState.WRITING, WorkState.RETURNED)


@dataclass(frozen=True, slots=True)
class Typed:
    """What a window of the editor sends: all rows it holds, and which save of which window this is."""

    rows: list[Any]
    revision: int
    window: str
    turn: int


def open_deliverable(session: Session, trainee: Trainee, kind: Kind, *, by: User) -> Deliverable:
    """The work of the attempt of today, begun if it was not yet."""
    demand_writer(session, trainee, kind, by=by)
    lock(session, trainee.id)
    attempt = queries.attempt_of(trainee)
    if found := queries.deliverable_of(session, trainee, kind, attempt):
        return found
    deliverable = Deliverable(
        trainee=trainee,
        kind=kind,
        attempt=attempt,
        state=WorkState.WRITING,
        rows=[],
        revision=0,
        window="",
        turn=0,
        updated_at=clock.now(),
    )
    session.add(deliverable)
    session.flush()
    return deliverable


def save(session: Session, deliverable: Deliverable, typed: Typed, *, by: User) -> Deliverable:
    """Store all rows. ``Conflict`` if another window has saved since this one loaded them."""
    _lock(session, deliverable)
    _demand_writable(session, deliverable, by=by)
    rows = rules.tidy(deliverable.kind, typed.rows)
    if not is_news(deliverable, typed, differs=rows != deliverable.rows):
        return deliverable
    if number := rules.too_long(deliverable.kind, rows):
        raise Refused(_("Row %(number)d is too long. Make it shorter.", number=number))
    if len(rows) > rules.MOST:
        raise Refused(_("These are too many rows."))
    _write(deliverable, replace(typed, rows=rows))
    session.flush()
    return deliverable


def copy_previous(session: Session, trainee: Trainee, kind: Kind, *, by: User) -> Deliverable:
    """Begin with what was written in the attempt before."""
    deliverable = open_deliverable(session, trainee, kind, by=by)
    _lock(session, deliverable)
    _demand_writable(session, deliverable, by=by)
    if deliverable.rows:
        raise Refused(_("You have begun to write already; nothing was copied over it."))
    previous = queries.previous(session, trainee, kind)
    if previous is None:
        raise Refused(_("There is nothing from an earlier attempt."))
    _write(deliverable, Typed(previous.rows, deliverable.revision, window="", turn=0))
    session.flush()
    return deliverable


def lacking(deliverable: Deliverable) -> str | None:
    """What keeps it from being handed in, as a sentence."""
    missing = (queries.needed(deliverable.trainee, deliverable.kind) or 0) - rules.count(
        deliverable.kind, deliverable.rows
    )
    if missing <= 0:
        return None
    if deliverable.kind is Kind.SPVE:
        told = ngettext("%(num)d more full row is needed.", "%(num)d more full rows are needed.", num=missing)
    else:
        told = ngettext("%(num)d more reason is needed.", "%(num)d more reasons are needed.", num=missing)
    return str(told)


def submit(session: Session, deliverable: Deliverable, *, by: User) -> Submission:
    """Hand in what is written: it stays as it is until the coach has said something."""
    _lock(session, deliverable)
    _demand_writable(session, deliverable, by=by)
    if sentence := lacking(deliverable):
        raise Refused(sentence)
    now = clock.now()
    submission = Submission(
        deliverable=deliverable,
        number=len(deliverable.submissions) + 1,
        rows=deliverable.rows,
        submitted_at=now,
    )
    session.add(submission)
    deliverable.state, deliverable.submitted_at = WorkState.SUBMITTED, now
    session.flush()
    audit.record(
        session,
        "work_submitted",
        _thing(deliverable),
        by_id=by.id,
        manager=deliverable.trainee.manager_id,
        deliverable=deliverable.kind,
        number=submission.number,
    )
    events.emit(session, WorkSubmitted(deliverable.id))
    return submission


def accept_work(session: Session, submission: Submission, comment: str = "", *, by: User) -> Submission:
    """The coach takes the work; the trainee may come a step further by it."""
    _decide(session, submission, WorkState.ACCEPTED, comment, by=by)
    events.emit(session, TraineeProgressed(submission.deliverable.trainee_id))
    return submission


def return_work(session: Session, submission: Submission, comment: str, *, by: User) -> Submission:
    """The coach gives the work back and says what to do better."""
    if not comment.strip():
        raise Refused(_("Say what is to be done better."))
    return _decide(session, submission, WorkState.RETURNED, comment, by=by)


def demand_writer(session: Session, trainee: Trainee, kind: Kind, *, by: User) -> None:
    """Raise unless this person writes this work, and the program asks for it."""
    demand(by, Permission.LEARN, session=session, manager_id=trainee.manager_id)
    if trainee.parted_at is not None:
        raise Refused(_("This onboarding is over."))
    if queries.needed(trainee, kind) is None:
        raise Refused(_("The program does not ask for this work."))


def demand_judge(session: Session, deliverable: Deliverable, *, by: User) -> None:
    """Raise Forbidden unless the person trains this manager, and is another one."""
    manager_id = deliverable.trainee.manager_id
    demand(by, Permission.TRAIN, session=session, manager_id=manager_id)
    if by.id == manager_id:
        raise Forbidden(_("Nobody decides about his own work. The attempt has been recorded."))


def tell_coach(session: Session, deliverable_id: int) -> None:
    """There is something to read: for the trainee's coach; without one, for those who train in the team."""
    deliverable = session.get_one(Deliverable, deliverable_id)
    notify_each(
        session,
        coaches_of(session, deliverable.trainee),
        f"{deliverable.kind}_submitted",
        _path(deliverable),
        manager=deliverable.trainee.manager.name,
    )


def coaches_of(session: Session, trainee: Trainee) -> list[User]:
    """The trainee's coach; where there is none who may train him, everybody who may."""
    if trainee.coach is not None and may_train(session, trainee.coach, trainee.manager_id):
        return [trainee.coach]
    return holders_of(session, Permission.TRAIN, over=trainee.manager_id)


def _decide(
    session: Session, submission: Submission, state: WorkState, comment: str, *, by: User
) -> Submission:
    deliverable = submission.deliverable
    demand_judge(session, deliverable, by=by)
    _lock(session, deliverable)
    session.refresh(submission)
    if submission.accepted is not None:
        raise Refused(_("This work has been decided already."))
    submission.accepted = state is WorkState.ACCEPTED
    submission.comment = comment.strip()
    submission.by, submission.at = by, clock.now()
    deliverable.state = state
    session.flush()
    manager = deliverable.trainee.manager
    audit.record(
        session,
        DECISIONS[state],
        _thing(deliverable),
        by_id=by.id,
        manager=manager.id,
        deliverable=deliverable.kind,
        number=submission.number,
    )
    mark_read_about(session, by, _path(deliverable))
    notify(session, manager, f"{deliverable.kind}_{state}", _path(deliverable), coach=by.name)
    return submission


def _write(deliverable: Deliverable, typed: Typed) -> None:
    deliverable.rows, deliverable.updated_at = typed.rows, clock.now()
    note_save(deliverable, typed)


def _lock(session: Session, deliverable: Deliverable) -> None:
    """Saves and decisions that arrive at once take turns; the later one sees what the earlier one wrote."""
    wanted = select(Deliverable).where(Deliverable.id == deliverable.id).with_for_update(of=Deliverable)
    session.scalars(wanted.execution_options(populate_existing=True)).one()
    session.expire(deliverable, ["submissions"])


def _demand_writable(session: Session, deliverable: Deliverable, *, by: User) -> None:
    trainee = deliverable.trainee
    demand_writer(session, trainee, deliverable.kind, by=by)
    if deliverable.attempt != queries.attempt_of(trainee):
        raise Refused(_("This work belongs to an earlier attempt. Reload the page."))
    if deliverable.state not in WRITABLE:
        raise Refused(_("This work is handed in; it can be changed when the coach returns it."))


def _path(deliverable: Deliverable) -> str:
    return f"/onboarding/work/{deliverable.id}"


def _thing(deliverable: Deliverable) -> str:
    return f"work:{deliverable.id}"
