"""Reads the queue for pages: a reviewer's own part, and everything open for those who plan."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.orm import Session, joinedload

from qcapp.calls.models import Call
from qcapp.core import clock
from qcapp.core.errors import Missing
from qcapp.core.i18n import _
from qcapp.people.models import User
from qcapp.people.permissions import Permission
from qcapp.people.queries import holders_of
from qcapp.reviews.queue import claims
from qcapp.reviews.queue.models import Assignment, PlanRun
from qcapp.reviews.queue.states import OPEN
from qcapp.terms import Role

PAGE = 100


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """A reviewer's queue in figures. ``assigned`` and ``overdue`` are his own; ``common`` anybody's he may score."""

    taken: int
    assigned: int
    overdue: int
    common: int

    @property
    def anything(self) -> bool:
        """Whether there is a call to take."""
        return bool(self.taken or self.assigned or self.common)


def numbers(session: Session, user: User) -> QueueFigures:
    """The figures for the start page and the queue."""
    own = Assignment.reviewer_id == user.id
    late = Assignment.due_at < clock.now()
    assigned, assigned_late = _count(session, late, *claims.offered(user), own)
    taken, taken_late = _count(session, late, *claims.held(user))
    common, _late = _count(session, late, *claims.offered(user), Assignment.reviewer_id.is_(None))
    return QueueFigures(taken, assigned, assigned_late + taken_late, common)


def taken(session: Session, user: User) -> list[Assignment]:
    """What the person has in hand, the first taken first."""
    found = _whole(select(Assignment).where(*claims.held(user)))
    return list(session.scalars(found.order_by(Assignment.taken_at, Assignment.id)))


def assigned(session: Session, user: User) -> list[Assignment]:
    """What waits for this person by name, in the order in which "next call" brings it."""
    found = select(Assignment).join(Call, Assignment.call_id == Call.id)
    found = found.where(*claims.offered(user), Assignment.reviewer_id == user.id)
    return list(session.scalars(_whole(found).order_by(*claims.in_turn(user)).limit(PAGE)))


@dataclass(frozen=True, slots=True)
class OpenFilter:
    """What the list of everything open is narrowed to. ``reviewer_id`` 0: nobody's."""

    reviewer_id: int | None = None
    plan_id: int | None = None
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class OpenPage:
    """Open assignments, the earliest due first; ``after``: id from which the next page goes on."""

    assignments: list[Assignment]
    after: int | None


def open_page(session: Session, wanted: OpenFilter, after: int | None = None) -> OpenPage:
    """One page of everything in the queue."""
    found = _whole(select(Assignment).where(*_conditions(wanted)))
    if after is not None:
        last = session.get(Assignment, after)
        if last is None:
            raise Missing(_("There is no such page."))
        found = found.where(tuple_(Assignment.due_at, Assignment.id) > tuple_(last.due_at, last.id))
    rows = list(session.scalars(found.order_by(Assignment.due_at, Assignment.id).limit(PAGE + 1)))
    return OpenPage(rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None)


def open_count(session: Session, wanted: OpenFilter) -> tuple[int, int]:
    """How many are open, and how many of them overdue."""
    return _count(session, Assignment.due_at < clock.now(), *_conditions(wanted))


def get_assignment(session: Session, assignment_id: int) -> Assignment:
    found = session.scalar(_whole(select(Assignment).where(Assignment.id == assignment_id)))
    if found is None:
        raise Missing(_("There is no such call in the queue."))
    return found


def of_call(session: Session, call_id: int) -> Assignment | None:
    """The call's place in the queue, if it has one."""
    found = select(Assignment).where(Assignment.call_id == call_id, Assignment.state.in_(OPEN))
    return session.scalar(_whole(found))


def reviewers(session: Session) -> list[User]:
    """Everybody who may score calls, by name, reviewers by trade first."""
    return sorted(holders_of(session, Permission.REVIEW), key=lambda user: user.role is not Role.QC)


def holders(session: Session) -> list[User]:
    """Everybody in whose queue there is a call, also those who have left, by name."""
    waiting = select(Assignment.reviewer_id).where(Assignment.state.in_(OPEN))
    return list(session.scalars(select(User).where(User.id.in_(waiting)).order_by(User.name, User.id)))


def _conditions(wanted: OpenFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [Assignment.state.in_(OPEN)]
    if wanted.reviewer_id == 0:
        found.append(Assignment.reviewer_id.is_(None))
    elif wanted.reviewer_id is not None:
        found.append(Assignment.reviewer_id == wanted.reviewer_id)
    if wanted.plan_id == 0:
        found.append(Assignment.run_id.is_(None))
    elif wanted.plan_id is not None:
        runs = select(PlanRun.id).where(PlanRun.plan_id == wanted.plan_id)
        found.append(Assignment.run_id.in_(runs))
    if wanted.overdue:
        found.append(Assignment.due_at < clock.now())
    return found


def _count(session: Session, late: ColumnElement[bool], *conditions: ColumnElement[bool]) -> tuple[int, int]:
    found = (
        select(func.count(), func.count().filter(late))
        .select_from(Assignment)
        .join(Call, Assignment.call_id == Call.id)
        .where(*conditions)
    )
    number, overdue = session.execute(found).one()
    return number, overdue


def _whole(found: Select[Assignment]) -> Select[Assignment]:
    """Load at once what a line of a list shows."""
    return found.options(
        joinedload(Assignment.call).joinedload(Call.manager),
        joinedload(Assignment.call).joinedload(Call.client),
        joinedload(Assignment.reviewer),
        joinedload(Assignment.run).joinedload(PlanRun.plan),
        joinedload(Assignment.created_by),
        joinedload(Assignment.client),
    )
