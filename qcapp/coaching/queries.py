"""Reading coaching sessions and tasks, within what the person may read."""

from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from qcapp.calls.models import Call
from qcapp.coaching.models import CoachingSession, CoachingTask, SessionCall, TaskState
from qcapp.core.errors import Missing
from qcapp.core.i18n import _
from qcapp.people.models import User
from qcapp.people.permissions import Permission, demand, within
from qcapp.terms import Role

PAGE = 50


def get_talk(session: Session, talk_id: int, user: User, permission: Permission) -> CoachingSession:
    """A talk over whose manager the person holds the permission; ``Missing`` if there is none."""
    talk = session.get(
        CoachingSession,
        talk_id,
        options=[
            joinedload(CoachingSession.manager),
            joinedload(CoachingSession.coach),
            selectinload(CoachingSession.calls).joinedload(SessionCall.call).joinedload(Call.client),
            selectinload(CoachingSession.calls).joinedload(SessionCall.call).joinedload(Call.recording),
            selectinload(CoachingSession.calls).joinedload(SessionCall.mark),
            selectinload(CoachingSession.tasks).joinedload(CoachingTask.recheck_call),
            selectinload(CoachingSession.tasks).joinedload(CoachingTask.closed_by),
        ],
    )
    if talk is None:
        raise Missing(_("There is no such coaching session."))
    demand(user, permission, session=session, manager_id=talk.manager_id)
    return talk


def get_task(session: Session, task_id: int, user: User, permission: Permission) -> CoachingTask:
    """A task over whose manager the person holds the permission; ``Missing`` if there is none."""
    task = session.get(CoachingTask, task_id)
    if task is None:
        raise Missing(_("There is no such task."))
    demand(user, permission, session=session, manager_id=task.manager_id)
    return task


def talks(
    session: Session, user: User, *, manager_id: int | None = None, before: int | None = None
) -> tuple[list[CoachingSession], int | None]:
    """Talks, the latest written down first, and the id from which an older page goes on."""
    found = (
        select(CoachingSession)
        .where(within(user, Permission.READ_COACHING, CoachingSession.manager_id))
        .options(
            joinedload(CoachingSession.manager),
            joinedload(CoachingSession.coach),
            selectinload(CoachingSession.tasks),
        )
    )
    if manager_id is not None:
        found = found.where(CoachingSession.manager_id == manager_id)
    if before is not None:
        found = found.where(CoachingSession.id < before)
    rows = list(session.scalars(found.order_by(CoachingSession.id.desc()).limit(PAGE + 1)))
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None


def talks_about(session: Session, call: Call, user: User) -> list[CoachingSession]:
    """The talks a call was part of, the latest first."""
    found = select(CoachingSession).where(
        CoachingSession.calls.any(SessionCall.call_id == call.id),
        within(user, Permission.READ_COACHING, CoachingSession.manager_id),
    )
    return list(session.scalars(found.order_by(CoachingSession.held_at.desc(), CoachingSession.id.desc())))


def unread_talks(session: Session, manager: User) -> list[CoachingSession]:
    """What was written down of talks with this manager and he has not said to have read; oldest first."""
    found = select(CoachingSession).where(
        CoachingSession.manager_id == manager.id, CoachingSession.acknowledged_at.is_(None)
    )
    found = found.options(joinedload(CoachingSession.coach))
    return list(session.scalars(found.order_by(CoachingSession.held_at, CoachingSession.id)))


def unread_talks_of(session: Session, coach: User) -> list[CoachingSession]:
    """What this coach has written down and its managers have not said to have read; oldest first."""
    found = select(CoachingSession).where(
        CoachingSession.coach_id == coach.id,
        CoachingSession.acknowledged_at.is_(None),
        within(coach, Permission.READ_COACHING, CoachingSession.manager_id),
    )
    found = found.options(joinedload(CoachingSession.manager))
    return list(session.scalars(found.order_by(CoachingSession.held_at, CoachingSession.id)))


def open_tasks(session: Session, user: User, *, manager_id: int | None = None) -> list[CoachingTask]:
    """What is still to be done, the most urgent first; so what is overdue stands on top."""
    found = _tasks(user, manager_id).where(CoachingTask.state == TaskState.OPEN)
    return list(session.scalars(found.order_by(CoachingTask.due_on, CoachingTask.id)))


def overdue_tasks(
    session: Session, user: User, today: date, *, manager_id: int | None = None
) -> list[CoachingTask]:
    """Open tasks whose day has passed, the oldest first."""
    return [task for task in open_tasks(session, user, manager_id=manager_id) if task.due_on < today]


def managers(session: Session, user: User, permission: Permission) -> list[User]:
    """The managers over whom the person holds the permission, by name; former ones last."""
    found = select(User).where(User.role == Role.MANAGER, within(user, permission, User.id))
    return list(session.scalars(found.order_by(User.active.desc(), User.name, User.id)))


def _tasks(user: User, manager_id: int | None) -> Select[CoachingTask]:
    found = (
        select(CoachingTask)
        .where(within(user, Permission.READ_COACHING, CoachingTask.manager_id))
        .options(
            joinedload(CoachingTask.manager),
            joinedload(CoachingTask.closed_by),
            joinedload(CoachingTask.session).joinedload(CoachingSession.coach),
        )
    )
    return found if manager_id is None else found.where(CoachingTask.manager_id == manager_id)
