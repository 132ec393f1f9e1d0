"""Who is trained, who could be, and by whom."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from qcapp.core.errors import Missing
from qcapp.core.i18n import _
from qcapp.onboarding.models import Trainee
from qcapp.people.models import Role, User
from qcapp.people.permissions import Permission, may_train, within
from qcapp.people.queries import holders_of

NEWEST = 100


def trainee_of(session: Session, manager_id: int) -> Trainee:
    """The trainee this manager is; ``Missing`` if he never was one."""
    found = session.scalar(select(Trainee).where(Trainee.manager_id == manager_id))
    if found is None:
        raise Missing(_("The onboarding of this manager has not begun."))
    return found


def newest_trainees(session: Session, user: User) -> Sequence[Trainee]:
    """Whom the person may run the onboarding of: who began last comes first."""
    found = (
        select(Trainee)
        .where(within(user, Permission.RUN_ONBOARDING, Trainee.manager_id))
        .options(
            joinedload(Trainee.manager).joinedload(User.team),
            joinedload(Trainee.coach),
            joinedload(Trainee.program),
            selectinload(Trainee.stages),
        )
        .order_by(Trainee.started_on.desc(), Trainee.id.desc())
    )
    return session.scalars(found.limit(NEWEST)).all()


def who_can_begin(session: Session, user: User) -> Sequence[User]:
    """Active managers who have never been trainees, by name."""
    found = (
        select(User)
        .where(
            User.role == Role.MANAGER,
            User.active.is_(True),
            User.id.not_in(select(Trainee.manager_id)),
            within(user, Permission.RUN_ONBOARDING, User.id),
        )
        .options(joinedload(User.team))
    )
    return session.scalars(found.order_by(User.name, User.id)).all()


def coaches(session: Session, *, manager_id: int | None = None) -> list[User]:
    """Who trains people, by name; with a manager, who may train this one."""
    return [
        person
        for person in holders_of(session, Permission.TRAIN)
        if manager_id is None or may_train(session, person, manager_id)
    ]
