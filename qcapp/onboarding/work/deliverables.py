"""What a trainee hands in on the first day: written, handed in, accepted or returned by the coach.

A failed exam begins a new attempt with empty deliverables; those of earlier attempts stay as they are.
"""

from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.core import audit, clock, events
from qcapp.core.autosave import is_news, note_save
from qcapp.core.errors import Refused
from qcapp.core.i18n import _, ngettext
from qcapp.onboarding.audited import OnboardingAction
from qcapp.onboarding.events import WorkSubmitted
from qcapp.onboarding.models import Trainee
from qcapp.onboarding.stages import lock
from qcapp.onboarding.states import DeliverableKind, WorkState
from qcapp.onboarding.work import queries, rules
from qcapp.onboarding.work.models import Deliverable, Submission
from qcapp.onboarding.work.rules import DeliverableRow
from qcapp.people.models import User
from qcapp.people.notices import notify_each
from qcapp.people.permissions import Permission, demand, may_train
from qcapp.people.queries import holders_of

WRITABLE = (WorkState.WRITING, WorkState.RETURNED)


@dataclass(frozen=True, slots=True)
class Typed:
    """What a window of the editor sends: all rows it holds, and which save of which window this is."""

    rows: list[DeliverableRow]
    revision: int
    window: str
    turn: int


def open_deliverable(session: Session, trainee: Trainee, kind: DeliverableKind, *, by: User) -> Deliverable:
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
    lock_work(session, deliverable)
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


def copy_previous(session: Session, trainee: Trainee, kind: DeliverableKind, *, by: User) -> Deliverable:
    """Begin with what was written in the attempt before."""
    deliverable = open_deliverable(session, trainee, kind, by=by)
    lock_work(session, deliverable)
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
    if deliverable.kind is DeliverableKind.SPVE:
        told = ngettext("%(num)d more full row is needed.", "%(num)d more full rows are needed.", num=missing)
    else:
        told = ngettext("%(num)d more reason is needed.", "%(num)d more reasons are needed.", num=missing)
    return str(told)


def submit(session: Session, deliverable: Deliverable, *, by: User) -> Submission:
    """Hand in what is written: it stays as it is until the coach has said something."""
    lock_work(session, deliverable)
    _demand_writable(session, deliverable, by=by)
    if sentence := lacking(deliverable):
        raise Refused(sentence)
    now = clock.now()
    submission = Submission(
        deliverable=deliverable,
        number=len(deliverable.submissions) + 1,
        rows=deliverable.rows,
        submitted_at=now,
        revision=0,
        window="",
        turn=0,
        updated_at=now,
    )
    session.add(submission)
    deliverable.state, deliverable.submitted_at = WorkState.SUBMITTED, now
    session.flush()
    audit.record(
        session,
        OnboardingAction.WORK_SUBMITTED,
        thing(deliverable),
        by_id=by.id,
        manager=deliverable.trainee.manager_id,
        deliverable=deliverable.kind,
        number=submission.number,
    )
    events.emit(session, WorkSubmitted(deliverable.id))
    return submission


def demand_writer(session: Session, trainee: Trainee, kind: DeliverableKind, *, by: User) -> None:
    """Raise unless this person writes this work, and the program asks for it."""
    demand(by, Permission.LEARN, session=session, manager_id=trainee.manager_id)
    if trainee.parted_at is not None:
        raise Refused(_("This onboarding is over."))
    if queries.needed(trainee, kind) is None:
        raise Refused(_("The program does not ask for this work."))


def tell_coach(session: Session, deliverable_id: int) -> None:
    """There is something to read: for the trainee's coach; without one, for those who train in the team."""
    deliverable = session.get_one(Deliverable, deliverable_id)
    notify_each(
        session,
        coaches_of(session, deliverable.trainee),
        f"{deliverable.kind}_submitted",
        path_of(deliverable),
        manager=deliverable.trainee.manager.name,
    )


def coaches_of(session: Session, trainee: Trainee) -> list[User]:
    """The trainee's coach; where there is none who may train him, everybody who may."""
    if trainee.coach is not None and may_train(session, trainee.coach, trainee.manager_id):
        return [trainee.coach]
    return holders_of(session, Permission.TRAIN, over=trainee.manager_id)


def lock_work(session: Session, deliverable: Deliverable) -> None:
    """Saves and decisions that arrive at once take turns; the later one sees what the earlier one wrote."""
    wanted = select(Deliverable).where(Deliverable.id == deliverable.id).with_for_update(of=Deliverable)
    session.scalars(wanted.execution_options(populate_existing=True)).one()
    session.expire(deliverable, ["submissions"])


def path_of(deliverable: Deliverable) -> str:
    """The address of its page."""
    return f"/onboarding/work/{deliverable.id}"


def thing(deliverable: Deliverable) -> str:
    """Its name in the audit log."""
    return f"work:{deliverable.id}"


def _write(deliverable: Deliverable, typed: Typed) -> None:
    deliverable.rows, deliverable.updated_at = typed.rows, clock.now()
    note_save(deliverable, typed)


def _demand_writable(session: Session, deliverable: Deliverable, *, by: User) -> None:
    trainee = deliverable.trainee
    demand_writer(session, trainee, deliverable.kind, by=by)
    if deliverable.attempt != queries.attempt_of(trainee):
        raise Refused(_("This work belongs to an earlier attempt. Reload the page."))
    if deliverable.state not in WRITABLE:
        raise Refused(_("This work is handed in; it can be changed when the coach returns it."))
