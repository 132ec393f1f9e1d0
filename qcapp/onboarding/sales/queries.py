"""Reading sales: of one manager, a single one, and those that wait for somebody else's word."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from qcapp.core.errors import Missing
from qcapp.core.i18n import _
from qcapp.onboarding.clearance.changes import ever_manager
from qcapp.onboarding.sales.models import Sale
from qcapp.onboarding.states import SaleState
from qcapp.people.at_work import at_work
from qcapp.people.models import User
from qcapp.people.permissions import Permission, demand, within

PAGE = 50


def manager_of(session: Session, manager_id: int, user: User) -> User:
    """Somebody who is or was a manager, and whose onboarding the person may see; ``Missing`` if there is none."""
    manager = session.get(User, manager_id)
    if manager is None or not ever_manager(session, manager_id):
        raise Missing(_("There is no such manager."))
    demand(user, Permission.VIEW_ONBOARDING, session=session, manager_id=manager_id)
    return manager


def get_sale(session: Session, sale_id: int, user: User) -> Sale:
    """A sale of such a manager."""
    sale = session.get(Sale, sale_id)
    if sale is None:
        raise Missing(_("There is no such sale."))
    demand(user, Permission.VIEW_ONBOARDING, session=session, manager_id=sale.manager_id)
    return sale


def sales_of(session: Session, manager: User, *, before: int | None = None) -> tuple[list[Sale], int | None]:
    """A manager's sales, the latest entered first, and the id from which an older page goes on."""
    mine = _listed().where(Sale.manager_id == manager.id)
    if before is not None:
        mine = mine.where(Sale.id < before)
    rows = list(session.scalars(mine.order_by(Sale.id.desc()).limit(PAGE + 1)))
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None


def waiting(session: Session, user: User) -> Sequence[Sale]:
    """What the person is to confirm or refuse, the longest waiting first."""
    found = (
        _listed()
        .join(Sale.manager)
        .where(
            at_work(),
            within(user, Permission.CONFIRM_SALES, Sale.manager_id),
            Sale.state == SaleState.ENTERED,
            Sale.entered_by_id != user.id,
            Sale.manager_id != user.id,
        )
    )
    return session.scalars(found.order_by(Sale.entered_at, Sale.id)).all()


def _listed() -> Select[Sale]:
    return select(Sale).options(
        joinedload(Sale.manager), joinedload(Sale.entered_by), joinedload(Sale.decided_by)
    )
