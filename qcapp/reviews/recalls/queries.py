"""Reading the tasks to call lost clients again, within what the person answers for."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from qcapp.calls.models import Call
from qcapp.core.errors import Missing
from qcapp.core.i18n import _
from qcapp.people.models import User
from qcapp.people.permissions import Permission, allowed, demand, within
from qcapp.reviews.models import Review
from qcapp.reviews.recalls.models import Recall, RecallState

PAGE = 50


def get_recall(session: Session, recall_id: int, user: User) -> Recall:
    """A task the person answers for; ``Missing`` if there is none, ``Forbidden`` if it is another head's."""
    recall = session.get(Recall, recall_id)
    if recall is None:
        raise Missing(_("There is no such task."))
    demand(user, Permission.RECALL, session=session, manager_id=recall.call.manager_id)
    return recall


def may_see(session: Session, recall: Recall, user: User) -> bool:
    """Whether the person answers for this task."""
    return allowed(session, user, Permission.RECALL, recall.call.manager_id)


def open_recalls(session: Session, user: User) -> Sequence[Recall]:
    """What is to be done, the most urgent first."""
    found = _listed(user).where(Recall.state == RecallState.OPEN)
    return session.scalars(found.order_by(Recall.due_at, Recall.id)).all()


def closed(session: Session, user: User, *, before: int | None = None) -> tuple[list[Recall], int | None]:
    """What was done, the latest opened first, and the id from which an older page goes on."""
    found = _listed(user).where(Recall.state != RecallState.OPEN)
    if before is not None:
        found = found.where(Recall.id < before)
    rows = list(session.scalars(found.order_by(Recall.id.desc()).limit(PAGE + 1)))
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None


def recall_of(session: Session, review_id: int) -> Recall | None:
    """The task a review opened."""
    return session.scalar(select(Recall).where(Recall.review_id == review_id))


def _listed(user: User) -> Select[Recall]:
    return (
        select(Recall)
        .join(Recall.call)
        .where(within(user, Permission.RECALL, Call.manager_id))
        .options(
            joinedload(Recall.call).joinedload(Call.manager),
            joinedload(Recall.call).joinedload(Call.client),
            joinedload(Recall.review).joinedload(Review.reviewer),
            joinedload(Recall.closed_by),
        )
    )
