"""Tasks agreed in a talk: made, checked on a later call, closed with what came of them."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.models import Call
from qcapp.checklists.card import ItemKind
from qcapp.checklists.models import ChecklistVersion, Item, Section
from qcapp.checklists.scoring import share
from qcapp.coaching.audited import CoachingAction
from qcapp.coaching.models import CoachingSession, CoachingTask, TaskState
from qcapp.core import audit, clock, local
from qcapp.core.errors import Forbidden, Refused
from qcapp.core.i18n import _
from qcapp.people.models import User
from qcapp.people.notices import notify
from qcapp.people.permissions import Permission, allowed, demand
from qcapp.reviews import cards
from qcapp.reviews.models import Purpose, Review, ReviewState


@dataclass(frozen=True, slots=True)
class AgreedTask:
    """What the manager is going to do until when; about an item of a checklist, or about none."""

    text: str
    due_on: date
    checklist_id: int | None = None
    item_key: str | None = None


def demand_coach(session: Session, manager_id: int, by: User) -> None:
    """Raise Forbidden unless the person coaches this manager. Nobody coaches himself."""
    demand(by, Permission.COACH, session=session, manager_id=manager_id)
    if by.id == manager_id:
        raise Forbidden(_("Nobody coaches himself. The attempt has been recorded."))


def may_coach(session: Session, manager_id: int | None, user: User) -> bool:
    """Whether the person coaches this manager."""
    return manager_id != user.id and allowed(session, user, Permission.COACH, manager_id)


def agree_task(session: Session, talk: CoachingSession, agreed: AgreedTask, *, by: User) -> CoachingTask:
    """A further task of a talk, also when its manager has read what was written down before."""
    demand_coach(session, talk.manager_id, by)
    task = add_task(session, talk, agreed, by=by)
    notify(session, talk.manager, "coaching_task_agreed", path(task), coach=by.name, task=task.text)
    return task


def add_task(session: Session, talk: CoachingSession, agreed: AgreedTask, *, by: User) -> CoachingTask:
    """The task alone, for who tells the manager of the whole talk."""
    text = agreed.text.strip()
    if not text:
        raise Refused(_("Say what is to be done."))
    if agreed.due_on < local.day_of(talk.held_at):
        raise Refused(_("A task cannot be due before the talk it was agreed in."))
    _demand_item(session, agreed)
    task = CoachingTask(
        session=talk,
        manager_id=talk.manager_id,
        text=text,
        checklist_id=agreed.checklist_id,
        item_key=agreed.item_key,
        due_on=agreed.due_on,
        state=TaskState.OPEN,
        closing="",
    )
    session.add(task)
    session.flush()
    audit.record(
        session,
        CoachingAction.COACHING_TASK_AGREED,
        _thing(task),
        by_id=by.id,
        manager=task.manager_id,
        task=text,
        due=agreed.due_on.isoformat(),
        item=agreed.item_key,
    )
    return task


def close_task(
    session: Session, task: CoachingTask, state: TaskState, closing: str, *, by: User
) -> CoachingTask:
    """Say that the task is done, or given up, and what came of it."""
    demand_coach(session, task.manager_id, by)
    if state is TaskState.OPEN:
        raise Refused(_("Say whether the task was done."))
    _lock_open(session, task)
    if not closing.strip():
        raise Refused(_("Say in a few words what came of it."))
    task.state, task.closing = state, closing.strip()
    task.closed_by, task.closed_at = by, clock.now()
    session.flush()
    audit.record(
        session,
        CoachingAction.COACHING_TASK_CLOSED,
        _thing(task),
        by_id=by.id,
        manager=task.manager_id,
        state=state,
    )
    return task


def link_recheck(session: Session, task: CoachingTask, call: Call | None, *, by: User) -> CoachingTask:
    """On which later call the task is checked; None: on none yet."""
    demand_coach(session, task.manager_id, by)
    _lock_open(session, task)
    if call is not None:
        after = call.start_known and call.started_at > task.session.held_at
        if call.manager_id != task.manager_id or not after:
            raise Refused(_("A task is checked on a call that this manager has made after the talk."))
        if not allowed(session, by, Permission.LISTEN, call.manager_id):
            raise Forbidden(_("You may not hear one of these calls. The attempt has been recorded."))
    before, task.recheck_call = task.recheck_call_id, call
    session.flush()
    audit.record(
        session,
        CoachingAction.COACHING_RECHECK_LINKED,
        _thing(task),
        by_id=by.id,
        manager=task.manager_id,
        call=audit.change(before, task.recheck_call_id),
    )
    return task


def note_recheck(session: Session, review_id: int) -> None:
    """The first published review of a later call in which a task's item was answered: the task can be checked on it."""
    review = session.get_one(Review, review_id)
    if review.purpose is not Purpose.COUNTED or review.state is not ReviewState.PUBLISHED:
        return
    if not review.call.start_known:
        return
    waiting = (
        select(CoachingTask)
        .join(CoachingTask.session)
        .where(
            CoachingTask.manager_id == review.manager_id,
            CoachingTask.state == TaskState.OPEN,
            CoachingTask.recheck_call_id.is_(None),
            CoachingTask.checklist_id == review.checklist_id,
            CoachingSession.held_at < review.call.started_at,
        )
        .order_by(CoachingTask.id)
        .with_for_update(of=CoachingTask)
    )
    tasks = session.scalars(waiting).all()
    if not tasks:
        return
    answers = cards.answers_of(review)
    shown = {
        item.key for item in cards.card_of(review).items() if share(item, answers[item.key].value) is not None
    }
    for task in tasks:
        if task.item_key in shown:
            task.recheck_call = review.call
            session.flush()
            told = {"manager": task.manager.name, "task": task.text}
            notify(session, task.session.coach, "coaching_recheck", path(task), **told)


def path(task: CoachingTask) -> str:
    """Where the task stands on the page of its talk, for notices."""
    return f"/coaching/{task.session_id}#task-{task.id}"


def _thing(task: CoachingTask) -> str:
    return f"coaching_task:{task.id}"


def _lock_open(session: Session, task: CoachingTask) -> None:
    wanted = select(CoachingTask).where(CoachingTask.id == task.id).with_for_update(of=CoachingTask)
    session.scalars(wanted.execution_options(populate_existing=True)).one()
    if task.state is not TaskState.OPEN:
        raise Refused(_("This task has been closed already."))


def _demand_item(session: Session, agreed: AgreedTask) -> None:
    """A task about an item names one that some version of the checklist has, and that earns points."""
    if agreed.item_key is None and agreed.checklist_id is None:
        return
    found = (
        select(Item.id)
        .join(Item.section)
        .join(Section.version)
        .where(
            ChecklistVersion.checklist_id == agreed.checklist_id,
            Item.key == agreed.item_key,
            Item.kind != ItemKind.TEXT,
        )
    )
    if session.scalar(found.limit(1)) is None:
        raise Refused(_("This checklist has no item “%(item)s”. Reload the page.", item=agreed.item_key))
