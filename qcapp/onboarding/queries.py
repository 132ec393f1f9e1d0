"""Who is trained, who could be, and by whom."""

from collections.abc import Sequence

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from qcapp.core.errors import Missing
from qcapp.core.i18n import _
from qcapp.onboarding.current import current_trainee, is_current, may_begin_again
from qcapp.onboarding.models import Trainee
from qcapp.people.models import User
from qcapp.people.permissions import Permission, demand, may_train, within
from qcapp.people.queries import holders_of
from qcapp.terms import Role

NEWEST = 100


def trainee_of(session: Session, manager_id: int) -> Trainee:
    """The trainee this manager is, or was last; ``Missing`` if he never was one."""
    found = current_trainee(session, manager_id)
    if found is None:
        raise Missing(_("The onboarding of this manager has not begun."))
    return found


def earlier_trainee(session: Session, manager_id: int, trainee_id: int, user: User) -> Trainee:
    """An onboarding of the manager before the one of today, for whoever may see it."""
    demand(user, Permission.VIEW_ONBOARDING, session=session, manager_id=manager_id)
    found = session.get(Trainee, trainee_id)
    current = current_trainee(session, manager_id)
    if found is None or found.manager_id != manager_id or found is current:
        raise Missing(_("There is no such earlier onboarding."))
    return found


def newest_trainees(session: Session, user: User) -> Sequence[Trainee]:
    """Whom the person may run the onboarding of: who began last comes first."""
    found = (
        select(Trainee)
        .where(within(user, Permission.RUN_ONBOARDING, Trainee.manager_id), is_current())
        .options(
            joinedload(Trainee.manager).joinedload(User.team),
            joinedload(Trainee.coach),
            joinedload(Trainee.program),
            selectinload(Trainee.stages),
        )
        .order_by(Trainee.started_on.desc(), Trainee.id.desc())
    )
    return session.scalars(found.limit(NEWEST)).all()


def who_can_begin(session: Session, user: User) -> list[tuple[User, Trainee | None]]:
    """Active managers who are on no way, by name, each with the onboarding that has ended or was interrupted."""
    found = (
        select(User, Trainee)
        .outerjoin(Trainee, and_(Trainee.manager_id == User.id, is_current()))
        .where(
            User.role == Role.MANAGER,
            User.active.is_(True),
            within(user, Permission.RUN_ONBOARDING, User.id),
            or_(Trainee.id.is_(None), Trainee.parted_at.is_not(None), Trainee.interrupted_at.is_not(None)),
        )
        .options(joinedload(User.team), selectinload(Trainee.stages))
    )
    pairs = session.execute(found.order_by(User.name, User.id)).all()
    return [(person, last) for person, last in pairs if last is None or may_begin_again(last)]


def coaches(session: Session, *, manager_id: int | None = None) -> list[User]:
    """Who trains people, by name; with a manager, who may train this one."""
    return [
        person
        for person in holders_of(session, Permission.TRAIN)
        if manager_id is None or may_train(session, person, manager_id)
    ]
