"""Notes every change of the answer about a manager, whatever it comes from: only the answers are compared.

Events say whom to look at, in the transaction that changes something; the sweep looks at everybody.
"""

from datetime import UTC, datetime

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from qcapp.core import clock, events
from qcapp.onboarding.clearance.answers import answers_of
from qcapp.onboarding.clearance.models import ManagerAnswer
from qcapp.onboarding.events import AnswerChanged
from qcapp.onboarding.models import Trainee
from qcapp.people.models import User
from qcapp.terms import Role

BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)
FORGET_ALL = update(ManagerAnswer).values(answer={})
"""Lets the next sweep note and tell every answer anew."""


def was_manager() -> ColumnElement[bool]:
    """The people about whom there is an answer: managers, and whoever is known to have been one."""
    return or_(
        User.role == Role.MANAGER,
        User.id.in_(select(Trainee.manager_id)),
        User.id.in_(select(ManagerAnswer.manager_id)),
    )


def ever_manager(session: Session, person_id: int) -> bool:
    """Whether this is a manager, or is known to have been one."""
    person = session.get(User, person_id)
    if person is None or person.role is Role.MANAGER:
        return person is not None
    return session.scalar(select(User.id).where(User.id == person_id, was_manager())) is not None


def note_answer(session: Session, person_id: int) -> None:
    """Keep the answer about this person as it is now, and say so if it was another one or none."""
    if session.scalar(select(User.id).where(User.id == person_id, was_manager())) is None:
        return
    noted = _locked(session, person_id)
    answer, now = answers_of(session, [person_id])[person_id].told(), clock.now()
    if answer == noted.answer:
        return
    noted.answer, noted.changed_at = answer, max(now, newest_change(session) or now)
    # By the clock, so that after the restore of an older backup no number is given a second time.
    noted.sequence = max(noted.sequence + 1, int(now.timestamp() * 1000))
    session.flush()
    events.emit(session, AnswerChanged(person_id))


def newest_change(session: Session) -> datetime | None:
    """No later change is dated before it, whatever the clock says: whoever asks for what came since misses none."""
    return session.scalar(select(func.max(ManagerAnswer.changed_at)))


def stale(session: Session) -> list[int]:
    """About whom another answer was noted than is true now, or none."""
    noted = {each.manager_id: each.answer for each in session.scalars(select(ManagerAnswer))}
    known = session.scalars(select(User.id).where(was_manager())).all()
    return [
        person_id
        for person_id, answer in answers_of(session, known).items()
        if answer.told() != noted.get(person_id)
    ]


def _locked(session: Session, person_id: int) -> ManagerAnswer:
    """The row, made if there is none. Who changes the answer at the same moment waits, then sees what was changed."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    session.execute(
        dialect.insert(ManagerAnswer)
        .values(manager_id=person_id, answer={}, sequence=0, changed_at=BEFORE_ALL)
        .on_conflict_do_nothing()
    )
    wanted = select(ManagerAnswer).where(ManagerAnswer.manager_id == person_id).with_for_update()
    return session.scalars(wanted.execution_options(populate_existing=True)).one()
