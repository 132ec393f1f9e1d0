"""Sales as proof: entered by the manager or the head, confirmed or refused by somebody else."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.core import audit, clock, events, local
from qcapp.core.errors import Forbidden, Refused
from qcapp.core.formats import day
from qcapp.core.i18n import _
from qcapp.onboarding.audited import OnboardingAction
from qcapp.onboarding.clearance.queries import standings_of
from qcapp.onboarding.current import current_trainee, span_of
from qcapp.onboarding.events import TraineeProgressed
from qcapp.onboarding.models import Trainee
from qcapp.onboarding.sales.models import Sale
from qcapp.onboarding.states import SaleState
from qcapp.people.at_work import demand_works_here, works_here
from qcapp.people.holding import hold
from qcapp.people.models import User
from qcapp.people.notices import mark_read_about, notify_each
from qcapp.people.permissions import Permission, demand, reach
from qcapp.people.queries import holders_of
from qcapp.terms import ConditionKind

DECISIONS: dict[SaleState, audit.Action] = {
    SaleState.CONFIRMED: OnboardingAction.SALE_CONFIRMED,
    SaleState.REFUSED: OnboardingAction.SALE_REFUSED,
}


def enter_sale(
    session: Session,
    manager: User,
    *,
    sold_on: date,
    amount: Decimal | None = None,
    crm_ref: str = "",
    comment: str = "",
    by: User,
) -> Sale:
    """Report a sale of the manager's; it counts for nothing until somebody else has confirmed it."""
    demand(by, Permission.ENTER_SALES, session=session, manager_id=manager.id)
    hold(session, User.id == manager.id)  # a double click waits here
    demand_works_here(manager)
    if sold_on > local.today():
        raise Refused(_("A sale cannot lie in the future."))
    trainee = current_trainee(session, manager.id)
    if trainee is not None:
        _demand_counting(session, trainee, sold_on)
    if amount is not None and amount <= 0:
        raise Refused(_("The amount must be more than nothing."))
    if crm_ref.strip() and _known(session, crm_ref.strip()):
        raise Refused(_("The sale “%(crm_ref)s” has been entered already.", crm_ref=crm_ref.strip()))
    sale = Sale(
        manager=manager,
        sold_on=sold_on,
        amount=amount,
        crm_ref=crm_ref.strip(),
        comment=comment.strip(),
        state=SaleState.ENTERED,
        entered_by=by,
        entered_at=clock.now(),
    )
    session.add(sale)
    session.flush()
    audit.record(
        session,
        OnboardingAction.SALE_ENTERED,
        _thing(sale),
        by_id=by.id,
        manager=manager.id,
        sold_on=str(sold_on),
    )
    _tell(session, sale, _deciders(session, sale), "sale_to_confirm")
    return sale


def confirm_sale(session: Session, sale: Sale, *, by: User) -> Sale:
    """The sale has taken place; from now on it counts."""
    _decide(session, sale, SaleState.CONFIRMED, "", by=by)
    if (trainee := current_trainee(session, sale.manager_id)) is not None:
        events.emit(session, TraineeProgressed(trainee.id))
    return sale


def refuse_sale(session: Session, sale: Sale, reason: str, *, by: User) -> Sale:
    """The sale does not count, and why."""
    return _decide(session, sale, SaleState.REFUSED, reason, by=by)


def take_back_sale(session: Session, sale: Sale, reason: str, *, by: User) -> Sale:
    """A confirmed sale does not count after all, and why. A clearance that rests on it stays until somebody decides."""
    reason = reason.strip()
    _demand_decider(session, sale, by)
    if sale.state is not SaleState.CONFIRMED:
        raise Refused(_("Only a confirmed sale can be taken back."))
    if not reason:
        raise Refused(_("Say why the sale does not count."))
    sale.state, sale.reason = SaleState.REFUSED, reason
    sale.decided_by, sale.decided_at = by, clock.now()
    session.flush()
    audit.record(
        session,
        OnboardingAction.SALE_TAKEN_BACK,
        _thing(sale),
        by_id=by.id,
        manager=sale.manager_id,
        reason=reason,
    )
    told = [each for each in (sale.manager, sale.entered_by) if each is not by]
    _tell(session, sale, told, "sale_taken_back", by=by.name, why=reason)
    _tell_of_clearance(session, sale, by)
    if (trainee := current_trainee(session, sale.manager_id)) is not None:
        events.emit(session, TraineeProgressed(trainee.id))
    return sale


def may_take_back(session: Session, sale: Sale, person: User) -> bool:
    """Whether this person may take the confirmation back: whoever may have confirmed it."""
    return sale.id in _in_the_hands_of(session, [sale], person, SaleState.CONFIRMED)


def may_decide(session: Session, sale: Sale, person: User) -> bool:
    """Whether this person confirms or refuses it."""
    return sale.id in may_decide_of(session, [sale], person)


def may_decide_of(session: Session, found: Collection[Sale], person: User) -> set[int]:
    """The ids of the sales that this person confirms or refuses: neither who has sold nor who has entered it. Of who
    works here."""
    return _in_the_hands_of(session, found, person, SaleState.ENTERED)


def _in_the_hands_of(session: Session, found: Collection[Sale], person: User, state: SaleState) -> set[int]:
    managers = reach(session, person, Permission.CONFIRM_SALES)
    return {
        sale.id
        for sale in found
        if sale.state is state
        and (managers is None or sale.manager_id in managers)
        and works_here(sale.manager)
        and person.id not in (sale.manager_id, sale.entered_by_id)
    }


def _decide(session: Session, sale: Sale, state: SaleState, reason: str, *, by: User) -> Sale:
    _demand_decider(session, sale, by)
    if sale.state is not SaleState.ENTERED:
        raise Refused(_("This sale has been decided already."))
    if state is SaleState.REFUSED and not reason.strip():
        raise Refused(_("Say why the sale does not count."))
    sale.state, sale.reason = state, reason.strip()
    sale.decided_by, sale.decided_at = by, clock.now()
    session.flush()
    facts = {"reason": sale.reason} if sale.reason else {}
    audit.record(session, DECISIONS[state], _thing(sale), by_id=by.id, manager=sale.manager_id, **facts)
    mark_read_about(session, by, _path(sale))
    _tell(session, sale, [sale.manager, sale.entered_by], f"sale_{state}")
    return sale


def _demand_decider(session: Session, sale: Sale, by: User) -> None:
    """Hold the sale, and raise unless this person decides about it."""
    demand(by, Permission.CONFIRM_SALES, session=session, manager_id=sale.manager_id)
    if by.id in (sale.manager_id, sale.entered_by_id):
        raise Forbidden(
            _("Nobody decides about a sale that is his own or entered by him. The attempt has been recorded.")
        )
    demand_works_here(sale.manager)
    session.refresh(sale, with_for_update=True)


def _tell_of_clearance(session: Session, sale: Sale, by: User) -> None:
    """Whoever decides about hot leads learns that the sale was behind a clearance."""
    standing = standings_of(session, [sale.manager_id])[sale.manager_id]
    lacks = any(state.kind is ConditionKind.SALE and not state.met for state in standing.states)
    if not standing.cleared or not lacks:
        return
    deciders = [each for each in holders_of(session, Permission.CLEAR) if each is not by]
    notify_each(
        session,
        deciders,
        "cleared_without_sale",
        f"/clearance/{sale.manager_id}",
        manager=sale.manager.name,
        day=sale.sold_on.isoformat(),
        by=by.name,
        why=sale.reason,
    )


def _demand_counting(session: Session, trainee: Trainee, sold_on: date) -> None:
    """Raise Refused for a day before the onboarding, or one on which an earlier onboarding has ended."""
    span = span_of(session, trainee)
    first = span.first_day
    if sold_on < first and span.after is not None:
        raise Refused(
            _("Sales count from %(day)s on: an earlier onboarding ended the day before.", day=day(first))
        )
    if sold_on < first:
        raise Refused(_("A sale from before the first day, %(day)s, does not count.", day=day(first)))


def _known(session: Session, crm_ref: str) -> bool:
    same = select(Sale.id).where(Sale.crm_ref == crm_ref, Sale.state != SaleState.REFUSED)
    return session.scalar(same.limit(1)) is not None


def _deciders(session: Session, sale: Sale) -> list[User]:
    able = holders_of(session, Permission.CONFIRM_SALES)
    return [person for person in able if may_decide(session, sale, person)]


def _tell(session: Session, sale: Sale, people: list[User], kind: str, **facts: str) -> None:
    day_of_sale = sale.sold_on.isoformat()
    notify_each(session, people, kind, _path(sale), manager=sale.manager.name, day=day_of_sale, **facts)


def _path(sale: Sale) -> str:
    return f"/onboarding/sales/{sale.id}"


def _thing(sale: Sale) -> str:
    return f"sale:{sale.id}"
