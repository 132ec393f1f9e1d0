"""Standing in for somebody: a role lent for a time, taken back before, and over when a person leaves.

Nothing is lent on: what is lent is the lender's own role, never one that was lent to him. A role that judges grants
nothing before an owner has confirmed the loan; one that an owner makes counts at once.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from qcapp.core import audit, clock
from qcapp.core.errors import Forbidden, Missing, Refused
from qcapp.core.i18n import _
from qcapp.people.account_news import entitled
from qcapp.people.audited import PeopleAction
from qcapp.people.holding import hold
from qcapp.people.models import Delegation, User
from qcapp.people.notices import notify, notify_each
from qcapp.people.permissions import (
    CONFIRMED_BY,
    JUDGES,
    LENT,
    Permission,
    Scope,
    allowed,
    demand,
    mixed,
    scope_of,
    within,
)
from qcapp.terms import Role

LONGEST = timedelta(days=90)
HISTORY = 100


def delegate(
    session: Session,
    *,
    lender: User,
    holder: User,
    since: datetime | None = None,
    until: datetime,
    reason: str,
    by: User,
) -> Delegation:
    """Lend the lender's role to the holder, from now or from a later moment on."""
    demand(by, Permission.DELEGATE, session=session, manager_id=lender.id)
    since = max(since or clock.now(), clock.now())
    # Two loans at the same moment must see each other: together they might mix what must not be mixed.
    hold(session, User.id == holder.id)
    if faults := _faults(session, lender, holder, since=since, until=until, reason=reason):
        raise Refused(*faults)
    lent = Delegation(
        lender=lender,
        holder=holder,
        role=lender.role,
        since=since,
        until=until,
        reason=reason.strip(),
        by=by,
        confirmed_at=clock.now() if lender.role not in CONFIRMED_BY or confirms(by) else None,
    )
    session.add(lent)
    session.flush()
    audit.record(
        session,
        PeopleAction.ROLE_LENT,
        _thing(lent),
        by_id=by.id,
        role=lent.role,
        lender=lender.id,
        holder=holder.id,
        since=since.isoformat(),
        until=until.isoformat(),
        reason=lent.reason,
    )
    if lent.confirmed_at:
        notify(session, holder, "role_lent_to_you", "/", **_period(lent))
    if lender.id != by.id:
        notify(session, lender, "role_lent", "/", **_period(lent), holder=holder.name)
    if lent.role in CONFIRMED_BY:
        _ask_or_tell(session, lent, by=by)
    return lent


def confirm_loan(session: Session, lent: Delegation, *, by: User) -> None:
    """From now on the loan counts."""
    demand(by, Permission.DELEGATE, session=session, manager_id=lent.from_id)
    if not confirms(by):
        raise Forbidden(_("Your role does not allow this. The attempt has been recorded."))
    hold(session, User.id == lent.to_id)
    session.refresh(lent, with_for_update=True)
    if lent.confirmed_at is not None or lent.ended_at is not None or lent.until <= clock.now():
        raise Refused(_("There is nothing to confirm here any more."))
    if lent.holder.password_temporary:
        raise Refused(_own_password_first(lent.holder))
    lent.confirmed_at = clock.now()
    audit.record(
        session,
        PeopleAction.ROLE_LENT_CONFIRMED,
        _thing(lent),
        by_id=by.id,
        role=lent.role,
        lender=lent.from_id,
        holder=lent.to_id,
    )
    notify(session, lent.holder, "role_lent_to_you", "/", **_period(lent))


def doubt_all_to(session: Session, holder: User, *, by: User) -> None:
    """Somebody else has made the holder's password: what judges is to be confirmed anew."""
    to_judge = select(Delegation).where(
        Delegation.to_id == holder.id, Delegation.role.in_(CONFIRMED_BY), _not_over()
    )
    for lent in session.scalars(to_judge.order_by(Delegation.id).with_for_update()):
        session.refresh(lent)
        lent.confirmed_at = None
        session.flush()
        _ask_or_tell(session, lent, by=by)


def take_back(session: Session, lent: Delegation, *, by: User) -> None:
    """End it now."""
    demand(by, Permission.DELEGATE, session=session, manager_id=lent.from_id)
    session.refresh(lent, with_for_update=True)
    if lent.ended_at is not None or lent.until <= clock.now():
        raise Refused(_("This is over already."))
    _end(session, lent, by=by)


def end_all_of(session: Session, user: User, *, by: User | None) -> None:
    """Somebody leaves: nobody stands in for him, and he stands in for nobody."""
    about = or_(Delegation.from_id == user.id, Delegation.to_id == user.id)
    for lent in session.scalars(select(Delegation).where(about, _not_over()).order_by(Delegation.id)):
        _end(session, lent, by=by)


def get_delegation(session: Session, delegation_id: int, user: User) -> Delegation:
    """One that the person may take back; others do not exist for him."""
    lent = session.get(Delegation, delegation_id)
    if lent is None or not allowed(session, user, Permission.DELEGATE, lent.from_id):
        raise Missing(_("There is no such page, or it is not for you to see."))
    return lent


def delegations(session: Session, user: User) -> tuple[Sequence[Delegation], Sequence[Delegation]]:
    """What is lent now or will be, the first to end first; and what is over, the newest first."""
    listed = (
        select(Delegation)
        .where(or_(within(user, Permission.DELEGATE, Delegation.from_id), Delegation.to_id == user.id))
        .options(joinedload(Delegation.lender), joinedload(Delegation.holder), joinedload(Delegation.by))
    )
    lasting = listed.where(_not_over()).order_by(Delegation.until, Delegation.id)
    over = listed.where(~_not_over()).order_by(Delegation.until.desc(), Delegation.id.desc()).limit(HISTORY)
    return session.scalars(lasting).all(), session.scalars(over).all()


def possible_lenders(session: Session, user: User) -> Sequence[User]:
    """Whose role the person may lend."""
    found = select(User).where(User.active, User.role.in_(LENT), within(user, Permission.DELEGATE, User.id))
    return session.scalars(found.order_by(User.name, User.id)).all()


def possible_holders(session: Session, user: User) -> Sequence[User]:
    """To whom roles can be lent; which ones to whom, ``delegate`` says."""
    found = select(User).where(User.active, User.role != Role.MANAGER)
    if scope_of(user, Permission.DELEGATE) != "all":
        fitting = [role for role in Role if not mixed({role, user.role})]
        found = found.where(User.role.in_(fitting), User.id != user.id)
    return session.scalars(found.order_by(User.name, User.id)).all()


def _faults(
    session: Session, lender: User, holder: User, *, since: datetime, until: datetime, reason: str
) -> list[str]:
    faults = []
    if lender.role not in LENT or not lender.active:
        faults.append(_("The role of %(name)s cannot be lent.", name=lender.name))
    if holder.id == lender.id or not holder.active or holder.role is Role.MANAGER:
        faults.append(_("%(name)s cannot stand in here; choose somebody else.", name=holder.name))
    elif holder.role is Role.ADMIN and lender.role in JUDGES:
        faults.append(
            _("%(name)s is an administrator, and administrators neither judge nor decide.", name=holder.name)
        )
    elif mixed({holder.role, lender.role}):
        faults.append(
            _(
                "%(name)s cannot stand in here: whoever is judged by scores must not touch them.",
                name=holder.name,
            )
        )
    elif mixed({lender.role, *_lent_meanwhile(session, holder, since, until)}):
        faults.append(
            _(
                "%(name)s stands in for somebody else in this time, and the two roles must not meet in one person.",
                name=holder.name,
            )
        )
    if lender.role in CONFIRMED_BY and holder.password_temporary:
        faults.append(_own_password_first(holder))
    if not since < until <= since + LONGEST:
        faults.append(_("A role is lent for one day to %(days)s days.", days=LONGEST.days))
    if not reason.strip():
        faults.append(_("Say why."))
    return faults


def _lent_meanwhile(session: Session, holder: User, since: datetime, until: datetime) -> set[Role]:
    meanwhile = and_(Delegation.to_id == holder.id, _not_over(), Delegation.since < until)
    return set(session.scalars(select(Delegation.role).where(meanwhile, Delegation.until > since)))


def _end(session: Session, lent: Delegation, *, by: User | None) -> None:
    lent.ended_at = clock.now()
    session.flush()
    audit.record(
        session,
        PeopleAction.ROLE_TAKEN_BACK,
        _thing(lent),
        by_id=by and by.id,
        role=lent.role,
        lender=lent.from_id,
        holder=lent.to_id,
    )
    if lent.holder.active:
        notify(session, lent.holder, "role_taken_back", "/", lender=lent.lender.name)


def confirms(user: User) -> bool:
    """Whether the person may confirm loans of every role: an owner."""
    return scope_of(user, Permission.DELEGATE) is Scope.ALL


def _ask_or_tell(session: Session, lent: Delegation, *, by: User) -> None:
    facts = _period(lent) | {
        "holder": lent.holder.name,
        "role": lent.role,
        "to_confirm": lent.confirmed_at is None,
    }
    owners = [owner for owner in entitled(session, Role.OWNER) if owner.id != by.id]
    notify_each(session, owners, "role_lent_to_judge", "/delegations", **facts)


def _own_password_first(holder: User) -> str:
    return _("%(name)s has to choose a new password first.", name=holder.name)


def _period(lent: Delegation) -> dict[str, object]:
    return {
        "lender": lent.lender.name,
        "since": lent.since.isoformat(),
        "until": lent.until.isoformat(),
    }


def _not_over() -> ColumnElement[bool]:
    return and_(Delegation.ended_at.is_(None), Delegation.until > clock.now())


def _thing(lent: Delegation) -> str:
    return f"delegation:{lent.id}"
