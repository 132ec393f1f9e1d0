"""Reading deliverables: what the program asks for, what there is of it, and what waits for the coach."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from qcapp.core.errors import Missing
from qcapp.core.i18n import _
from qcapp.knowledge.models import Article
from qcapp.knowledge.queries import published_by_key
from qcapp.onboarding.current import current_trainee
from qcapp.onboarding.models import Trainee
from qcapp.onboarding.program.plan import Lesson
from qcapp.onboarding.record import program_of
from qcapp.onboarding.states import DeliverableKind, WorkState
from qcapp.onboarding.work.models import Deliverable, LessonDone, Submission
from qcapp.people.at_work import at_work
from qcapp.people.models import User
from qcapp.people.permissions import Permission, demand, waits_for
from qcapp.terms import ConditionKind, Stage


def needed(trainee: Trainee, kind: DeliverableKind) -> int | None:
    """How many rows or reasons the trainee's program asks for at the most; None: it asks for no such work."""
    program = program_of(trainee)
    conditions = (*(each for plan in program.stages for each in plan.conditions), *program.clearance)
    return max(
        (condition.count or 0 for condition in conditions if condition.kind is ConditionKind(kind)),
        default=None,
    )


def lessons_of(session: Session, trainee: Trainee) -> tuple[Lesson, ...]:
    """The lessons of the stage of today, after those of earlier stages that are not confirmed; none for staff."""
    stage = trainee.stages[-1].stage
    if stage is Stage.STAFF:
        return ()
    *before, today = program_of(trainee).reached(stage)
    done = lessons_done(session, trainee)
    left = (lesson for plan in before for lesson in plan.lessons if lesson.key not in done)
    return (*left, *today.lessons)


def article_of(session: Session, lesson: Lesson) -> Article | None:
    """The published article that the lesson is to be learnt from."""
    return published_by_key(session, lesson.article) if lesson.article else None


def lessons_done(session: Session, trainee: Trainee) -> dict[str, LessonDone]:
    """The lessons confirmed in the attempt of today, by key."""
    attempt = attempt_of(trainee)
    mine = select(LessonDone).where(LessonDone.trainee_id == trainee.id, LessonDone.attempt == attempt)
    return {done.lesson: done for done in session.scalars(mine)}


def attempt_of(trainee: Trainee) -> int:
    """How often everything has been begun from the first stage."""
    return trainee.stages[-1].attempt


def trainee_of(session: Session, manager_id: int, user: User) -> Trainee:
    """The onboarding of a manager whom the person may see, the newest; ``Missing`` if there is none."""
    trainee = current_trainee(session, manager_id)
    if trainee is None and session.get(User, manager_id) is None:
        raise Missing(_("There is no such person."))
    demand(user, Permission.VIEW_ONBOARDING, session=session, manager_id=manager_id)
    if trainee is None:
        raise Missing(_("This manager's onboarding has not begun."))
    return trainee


def deliverable_of(
    session: Session, trainee: Trainee, kind: DeliverableKind, attempt: int
) -> Deliverable | None:
    """The work of one attempt, if it was begun."""
    return session.scalar(
        select(Deliverable).where(
            Deliverable.trainee_id == trainee.id, Deliverable.kind == kind, Deliverable.attempt == attempt
        )
    )


def previous(session: Session, trainee: Trainee, kind: DeliverableKind) -> Deliverable | None:
    """The same work of the latest attempt before this one in which anything was written."""
    before = select(Deliverable).where(
        Deliverable.trainee_id == trainee.id,
        Deliverable.kind == kind,
        Deliverable.attempt < attempt_of(trainee),
    )
    newest_first = session.scalars(before.order_by(Deliverable.attempt.desc()))
    return next((each for each in newest_first if each.rows), None)


def submissions_of(session: Session, trainee: Trainee) -> Sequence[Submission]:
    """All that was ever handed in, the newest first."""
    query = (
        select(Submission)
        .join(Submission.deliverable)
        .where(Deliverable.trainee_id == trainee.id)
        .options(joinedload(Submission.deliverable), joinedload(Submission.by))
    )
    return session.scalars(query.order_by(Submission.id.desc())).all()


def get_deliverable(session: Session, deliverable_id: int, user: User) -> Deliverable:
    """The work of a manager whom the person may see; ``Missing`` if there is no such thing."""
    deliverable = session.get(Deliverable, deliverable_id)
    if deliverable is None:
        raise Missing(_("There is no such work."))
    manager_id = deliverable.trainee.manager_id
    demand(user, Permission.VIEW_ONBOARDING, session=session, manager_id=manager_id)
    return deliverable


def waiting(session: Session, user: User) -> Sequence[Deliverable]:
    """What the person is to accept or return, the longest waiting first."""
    query = (
        select(Deliverable)
        .join(Deliverable.trainee)
        .join(Trainee.manager)
        .where(
            waits_for(user, Permission.TRAIN, Trainee.manager_id),
            at_work(),
            Deliverable.state == WorkState.SUBMITTED,
            Trainee.manager_id != user.id,
            Trainee.parted_at.is_(None),
        )
        .options(
            joinedload(Deliverable.trainee).joinedload(Trainee.manager),
            joinedload(Deliverable.trainee).joinedload(Trainee.coach),
            selectinload(Deliverable.submissions),
        )
    )
    return session.scalars(query.order_by(Deliverable.submitted_at, Deliverable.id)).all()
