"""Background work of coaching: who agreed a task learns, once, that its day has passed."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from qcapp.coaching.agreements import path
from qcapp.coaching.models import CoachingSession, CoachingTask, TaskState
from qcapp.core import local
from qcapp.core.jobs import JobQueue
from qcapp.core.web import database
from qcapp.people.models import Notice
from qcapp.people.notices import notify

EVERY_MINUTES = 30
OVERDUE = "coaching_task_overdue"


def register(queue: JobQueue) -> None:
    """Tell a worker what the names of these jobs mean."""
    queue.periodic("coaching.overdue", tell_overdue, minutes=EVERY_MINUTES)


def tell_overdue() -> None:
    """Twice is once: what a coach has been told already is not told again."""
    today = local.today()
    with database().transaction() as session:
        late = (
            select(CoachingTask)
            .where(CoachingTask.state == TaskState.OPEN, CoachingTask.due_on < today)
            .order_by(CoachingTask.id)
            .with_for_update(
                of=CoachingTask
            )  # of two workers one waits, and then finds what the other has told
            .options(
                joinedload(CoachingTask.session).joinedload(CoachingSession.coach),
                joinedload(CoachingTask.manager),
            )
        )
        tasks = session.scalars(late).all()
        told = _told(session, tasks)
        for task in tasks:
            coach = task.session.coach
            if (coach.id, path(task)) not in told:
                notify(session, coach, OVERDUE, path(task), manager=task.manager.name, task=task.text)


def _told(session: Session, tasks: Sequence[CoachingTask]) -> set[tuple[int, str]]:
    """Who has been told of which of these tasks: person and address."""
    notices = select(Notice.user_id, Notice.path).where(
        Notice.user_id.in_({task.session.coach_id for task in tasks}),
        Notice.kind == OVERDUE,
        Notice.path.in_([path(task) for task in tasks]),
    )
    return {(user_id, address) for user_id, address in session.execute(notices)}
