"""Calls and clients of one manager, looked after by another. Whose a call was never changes by it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from qcapp.core import audit, clock
from qcapp.core.errors import Refused
from qcapp.core.i18n import _
from qcapp.people.audited import PeopleAction
from qcapp.people.holding import hold
from qcapp.people.models import Handover, User
from qcapp.people.notices import notify
from qcapp.people.permissions import Permission, demand, within
from qcapp.terms import Role

HISTORY = 100


def hand_over(
    session: Session,
    giver: User,
    taker: User,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    reason: str,
    by: User,
) -> Handover:
    """From now or from a later moment on the taker sees the giver's calls and clients; ``until`` None: for good."""
    for person in (giver, taker):
        demand(by, Permission.HAND_OVER, session=session, manager_id=person.id)
    since = max(since or clock.now(), clock.now())
    hold(session, User.id == giver.id)
    if faults := _faults(session, giver, taker, since=since, until=until, reason=reason):
        raise Refused(*faults)
    handover = Handover(giver=giver, taker=taker, since=since, until=until, reason=reason.strip(), by=by)
    session.add(handover)
    session.flush()
    facts = _facts(handover)
    audit.record(
        session,
        PeopleAction.HANDED_OVER,
        _thing(handover),
        by_id=by.id,
        **_kept(handover),
        reason=handover.reason,
    )
    notify(session, taker, "handed_over_to_you", f"/calls/?manager={giver.id}", **facts)
    if giver.active:
        notify(session, giver, "handed_over", "/calls/", **facts)
    return handover


def return_handover(session: Session, handover: Handover, *, by: User) -> None:
    """From now on the taker sees only his own again."""
    demand(by, Permission.HAND_OVER, session=session, manager_id=handover.from_id)
    session.refresh(handover, with_for_update=True)
    if handover.ended_at is not None or (handover.until is not None and handover.until <= clock.now()):
        raise Refused(_("This is over already."))
    _end(session, handover, by=by)


def end_all_with(session: Session, taker: User, *, by: User | None) -> None:
    """Somebody leaves: whatever he looked after is its manager's alone again. What others took from him stays."""
    found = select(Handover).where(Handover.to_id == taker.id, _not_over()).order_by(Handover.id)
    for handover in session.scalars(found):
        _end(session, handover, by=by)


def handovers(session: Session, user: User) -> tuple[Sequence[Handover], Sequence[Handover]]:
    """What is handed over now or will be, the first to end first; and what is over, the newest first."""
    listed = (
        select(Handover)
        .where(within(user, Permission.HAND_OVER, Handover.from_id))
        .options(joinedload(Handover.giver), joinedload(Handover.taker), joinedload(Handover.by))
    )
    lasting = listed.where(_not_over()).order_by(Handover.until.is_(None), Handover.until, Handover.id)
    over = listed.where(~_not_over()).order_by(Handover.id.desc()).limit(HISTORY)
    return session.scalars(lasting).all(), session.scalars(over).all()


def handover_of(session: Session, giver: User) -> Handover | None:
    """Who looks after the clients of this manager, or is going to."""
    found = select(Handover).where(Handover.from_id == giver.id, _not_over()).order_by(Handover.since)
    return session.scalars(found).first()


def managers(session: Session, user: User, *, active: bool | None = None) -> Sequence[User]:
    """The managers between whom the person may hand over; those who have left come last."""
    found = select(User).where(User.role == Role.MANAGER, within(user, Permission.HAND_OVER, User.id))
    if active is not None:
        found = found.where(User.active == active)
    return session.scalars(found.order_by(User.active.desc(), User.name, User.id)).all()


def _faults(
    session: Session, giver: User, taker: User, *, since: datetime, until: datetime | None, reason: str
) -> list[str]:
    faults = []
    if giver.role is not Role.MANAGER:
        faults.append(_("%(name)s is not a manager and has no clients to hand over.", name=giver.name))
    if taker.id == giver.id or not taker.active or taker.role is not Role.MANAGER:
        faults.append(_("%(name)s cannot take clients over; choose another manager.", name=taker.name))
    if until is not None and until <= since:
        faults.append(_("The return must be later than the beginning."))
    if not reason.strip():
        faults.append(_("Say why."))
    meanwhile = select(Handover).where(
        Handover.from_id == giver.id, _not_over(), or_(Handover.until.is_(None), Handover.until > since)
    )
    if until is not None:
        meanwhile = meanwhile.where(Handover.since < until)
    if (other := session.scalars(meanwhile.order_by(Handover.since)).first()) is not None:
        faults.append(
            _(
                "The clients of %(giver)s are handed over to %(taker)s in this time. Return them first.",
                giver=giver.name,
                taker=other.taker.name,
            )
        )
    return faults


def _end(session: Session, handover: Handover, *, by: User | None) -> None:
    handover.ended_at = clock.now()
    session.flush()
    facts = _facts(handover)
    audit.record(
        session, PeopleAction.HANDOVER_RETURNED, _thing(handover), by_id=by and by.id, **_kept(handover)
    )
    for person in (handover.taker, handover.giver):
        if person.active:
            notify(session, person, "handover_returned", "/calls/", **facts)


def _kept(handover: Handover) -> dict[str, object]:
    """The facts as the audit log keeps them: people by their ids."""
    return _facts(handover) | {"giver": handover.from_id, "taker": handover.to_id}


def _facts(handover: Handover) -> dict[str, str | None]:
    return {
        "giver": handover.giver.name,
        "taker": handover.taker.name,
        "since": handover.since.isoformat(),
        "until": handover.until.isoformat() if handover.until else None,
    }


def _not_over() -> ColumnElement[bool]:
    return and_(Handover.ended_at.is_(None), or_(Handover.until.is_(None), Handover.until > clock.now()))


def _thing(handover: Handover) -> str:
    return f"handover:{handover.id}"
