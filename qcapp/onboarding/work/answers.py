"""What the coach says of work handed in, of the whole and of single rows: typed at leisure, told with the decision."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from qcapp.core import audit, clock, events
from qcapp.core.autosave import is_news, note_save
from qcapp.core.errors import Forbidden, Refused
from qcapp.core.i18n import _
from qcapp.onboarding.audited import OnboardingAction
from qcapp.onboarding.events import TraineeProgressed
from qcapp.onboarding.states import WorkState
from qcapp.onboarding.work.deliverables import lock_work, path_of, thing
from qcapp.onboarding.work.models import Deliverable, Submission
from qcapp.people.at_work import demand_works_here
from qcapp.people.models import User
from qcapp.people.notices import mark_read_about, notify
from qcapp.people.permissions import Permission, demand

DECISIONS: dict[WorkState, audit.Action] = {
    WorkState.ACCEPTED: OnboardingAction.WORK_ACCEPTED,
    WorkState.RETURNED: OnboardingAction.WORK_RETURNED,
}


@dataclass(frozen=True, slots=True)
class CoachAnswer:
    """What a window of the coach's page holds, and which save of which window this is."""

    comment: str
    rows: Mapping[str, str]
    """The id of a row → what is said of it."""
    revision: int
    window: str
    turn: int


def save_answer(session: Session, submission: Submission, answer: CoachAnswer, *, by: User) -> Submission:
    """Keep what is typed so far; the trainee sees nothing of it yet. ``Conflict`` if another window has saved since."""
    _demand_undecided(session, submission, by=by)
    comment = answer.comment.strip()
    rows = {row: text.strip() for row, text in answer.rows.items() if text.strip()}
    if not rows.keys() <= {row["id"] for row in submission.rows}:
        raise Refused(_("There is no such row in this work. Reload the page."))
    differs = (comment, rows) != (submission.comment, submission.row_comments)
    if not is_news(submission, answer, differs=differs):
        return submission
    submission.comment, submission.row_comments = comment, rows
    submission.by, submission.updated_at = by, clock.now()
    note_save(submission, answer)
    session.flush()
    return submission


def accept_work(session: Session, submission: Submission, *, by: User) -> Submission:
    """The coach takes the work; the trainee may come a step further by it."""
    _demand_undecided(session, submission, by=by)
    _decide(session, submission, WorkState.ACCEPTED, by=by)
    events.emit(session, TraineeProgressed(submission.deliverable.trainee_id))
    return submission


def return_work(session: Session, submission: Submission, *, by: User) -> Submission:
    """The coach gives the work back, and has said what to do better."""
    _demand_undecided(session, submission, by=by)
    if sentence := lacking(submission):
        raise Refused(sentence)
    return _decide(session, submission, WorkState.RETURNED, by=by)


def lacking(submission: Submission) -> str | None:
    """What keeps the work from being returned, as a sentence."""
    if submission.comment or submission.row_comments:
        return None
    return _("Say what is to be done better: here, or beside the rows.")


def demand_judge(session: Session, deliverable: Deliverable, *, by: User) -> None:
    """Raise Forbidden unless the person trains this manager, and is another one; Refused of who has left."""
    manager_id = deliverable.trainee.manager_id
    demand(by, Permission.TRAIN, session=session, manager_id=manager_id)
    if by.id == manager_id:
        raise Forbidden(_("Nobody decides about his own work. The attempt has been recorded."))
    demand_works_here(deliverable.trainee.manager)
    if deliverable.trainee.parted_at is not None:
        raise Refused(_("This onboarding is over."))


def _demand_undecided(session: Session, submission: Submission, *, by: User) -> None:
    demand_judge(session, submission.deliverable, by=by)
    lock_work(session, submission.deliverable)
    session.refresh(submission)
    if submission.accepted is not None:
        raise Refused(_("This work has been decided already."))


def _decide(session: Session, submission: Submission, state: WorkState, *, by: User) -> Submission:
    deliverable = submission.deliverable
    submission.accepted = state is WorkState.ACCEPTED
    submission.by, submission.at = by, clock.now()
    deliverable.state = state
    session.flush()
    manager = deliverable.trainee.manager
    audit.record(
        session,
        DECISIONS[state],
        thing(deliverable),
        by_id=by.id,
        manager=manager.id,
        deliverable=deliverable.kind,
        number=submission.number,
        rows_commented=len(submission.row_comments),
    )
    mark_read_about(session, by, path_of(deliverable))
    notify(session, manager, f"{deliverable.kind}_{state}", path_of(deliverable), coach=by.name)
    return submission
