"""Signing in and out: who the login and password belong to, and the ``Login`` rows behind the cookies."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from qcapp.core import audit, clock
from qcapp.core.errors import Refused
from qcapp.core.i18n import _
from qcapp.core.throttle import Limit
from qcapp.people import account_news, passwords
from qcapp.people.access import token_hash
from qcapp.people.audited import PeopleAction
from qcapp.people.known_devices import Device
from qcapp.people.models import Login, User

BY_LOGIN = Limit("sign-in by login", capacity=10, refill_s=60)
BY_ADDRESS = Limit("sign-in by address", capacity=60, refill_s=10)  # an office behind one address
BY_DEVICE = Limit("sign-in by known device", capacity=10, refill_s=60)


@dataclass(frozen=True)
class Attempt:
    """Somebody tries to sign in. From a browser that the person has signed in from before, only its own tries count."""

    login: str
    address: str
    device: Device

    def take(self, session: Session) -> bool:
        """Count it; False if there were too many. Unknown logins count like known ones."""
        taken = [limit.take(session, value) for limit, value in self._counted(session)]
        return all(taken)

    def give_back(self, session: Session) -> None:
        """It succeeded and counts no more."""
        for limit, value in self._counted(session):
            limit.give_back(session, value)

    def _counted(self, session: Session) -> list[tuple[Limit, str]]:
        login = self.login.lower()
        known = session.scalar(select(User.id).where(func.lower(User.login) == login))
        if known in self.device.people:
            return [(BY_DEVICE, f"{self.device.key}:{known}")]
        return [(BY_LOGIN, login), (BY_ADDRESS, _network(self.address))]


def find_person(session: Session, login: str, password: str) -> User | None:
    """The active person with this login and password. Takes the same time whatever is wrong."""
    user = session.scalar(select(User).where(func.lower(User.login) == login.lower()))
    fits = passwords.matches(user.password_hash if user else None, password)
    return user if user and fits and user.active else None


def record_failure(session: Session, login: str, address: str) -> None:
    """What was typed is not kept: people type their password into the wrong field."""
    known = session.scalar(select(User.id).where(func.lower(User.login) == login.lower()))
    person = f"user:{known or 'unknown'}"
    audit.record_attempt(
        session, PeopleAction.SIGN_IN_FAILED, person, person=person, by_id=None, address=address
    )


def open_login(session: Session, *, by: User, address: str, days: int) -> str:
    """Start a login and return its token, the only copy. Expired ones of the person go."""
    now = clock.now()
    session.execute(delete(Login).where(Login.user_id == by.id, Login.expires_at <= now))
    token = secrets.token_urlsafe(32)
    session.add(
        Login(
            user_id=by.id, token_hash=token_hash(token), created_at=now, expires_at=now + timedelta(days=days)
        )
    )
    audit.record(session, PeopleAction.SIGNED_IN, f"user:{by.id}", by_id=by.id, address=address)
    return token


def close_login(session: Session, token: str, *, by: User) -> None:
    """Sign one browser out: its cookie is worth nothing from now on, wherever a copy of it is."""
    session.execute(delete(Login).where(Login.token_hash == token_hash(token), Login.user_id == by.id))
    audit.record(session, PeopleAction.SIGNED_OUT, f"user:{by.id}", by_id=by.id)


def close_all_logins(session: Session, user: User) -> None:
    """Sign a person out everywhere."""
    session.execute(delete(Login).where(Login.user_id == user.id))


def change_own_password(session: Session, old: str, new: str, *, by: User) -> None:
    """Give oneself another password. All browsers are signed out; the caller opens a new login."""
    if not passwords.matches(by.password_hash, old):
        raise Refused(_("The present password is not right."))
    passwords.demand_good(new, by.login, by.name, by.email)
    if new == old:
        raise Refused(_("The new password is the same as the present one."))
    by_somebody_else, by.password_temporary = by.password_temporary, False
    by.password_hash = passwords.hashed(new)
    close_all_logins(session, by)
    audit.record(session, PeopleAction.PASSWORD_CHANGED, f"user:{by.id}", by_id=by.id)
    if by_somebody_else:
        account_news.password_chosen(session, by)


def _network(address: str) -> str:
    """One subscriber: an IPv4 address, or the /64 within which an IPv6 host takes addresses at will."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((address, 64), strict=False)) if isinstance(parsed, IPv6Address) else address
