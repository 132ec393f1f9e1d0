"""What administrators do to people: add, change, deactivate, give a new password. All of it is audited.

``by=None`` is the command line: whoever may run it owns the machine.
"""

import re
from collections.abc import Iterable

from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from qcapp.core import audit, clock, events
from qcapp.core.errors import Refused
from qcapp.core.i18n import LOCALES, _
from qcapp.people import account_news, delegations, passwords
from qcapp.people.at_work import works_here
from qcapp.people.audited import PeopleAction
from qcapp.people.closing import close_account, end_substitutions
from qcapp.people.events import IdentityChanged, ManagerJoined, ManagerLeft, PersonChanged
from qcapp.people.holding import hold
from qcapp.people.models import Extension, Team, User
from qcapp.people.permissions import CONFIRMED_BY, Permission, demand
from qcapp.people.signing_in import close_all_logins
from qcapp.people.teams import stop_heading
from qcapp.terms import Role

_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{0,199}")
_ADDRESS = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+")  # whether it is right, only a letter sent there shows
_EXTENSION = re.compile(r"[0-9A-Za-z*#+._-]{1,32}")


def add_user(
    session: Session,
    *,
    by: User | None,
    login: str,
    name: str,
    role: Role,
    password: str | None = None,
    team: Team | None = None,
    extensions: Iterable[str] = (),
    email: str | None = None,
    locale: str | None = None,
) -> tuple[User, str | None]:
    """A new person, and the password made for them if none was given (its only copy)."""
    _demand_right(by)
    login = login.strip().lower()
    if not _LOGIN.fullmatch(login):
        raise Refused(_("A login consists of Latin letters, digits and the signs . _ - @."))
    if session.scalar(select(User.id).where(func.lower(User.login) == login)):
        raise Refused(_("The login %(login)s is taken. Choose another one.", login=login))
    if password is not None:
        passwords.demand_good(password, login, name, email)
    made = passwords.generated() if password is None else None
    user = User(
        login=login,
        name=_full_name(name),
        email=_address(email),
        password_hash=passwords.hashed(password or made or ""),
        password_temporary=made is not None,
        role=role,
        confirmed_at=clock.now() if by is None else None,
        team=team,
        locale=_known_locale(locale),
        active=True,
        created_at=clock.now(),
    )
    session.add(user)
    _save(session, _("The login %(login)s is taken. Choose another one.", login=login))
    _set_extensions(session, user, extensions)
    known = {field: fact for field, fact in _facts(user).items() if fact}
    audit.record(session, PeopleAction.USER_ADDED, f"user:{user.id}", by_id=by and by.id, **known)
    if user.role in CONFIRMED_BY:
        account_news.ask_or_tell(session, user, "added", by=by)
    events.emit(session, PersonChanged(user.id))
    if role is Role.MANAGER:
        events.emit(session, ManagerJoined(user.id))
    return user, made


def change_user(
    session: Session,
    user: User,
    *,
    by: User,
    name: str,
    role: Role,
    team: Team | None,
    extensions: Iterable[str],
    email: str | None,
    locale: str | None,
) -> None:
    """Change what is known of a person. Role and team count from the person's next request on.

    With another role nobody stands in for the person any more, nor the person for anybody; a head heads no team any
    more; and the account is to be confirmed if the role asks for that.
    """
    _demand_right(by)
    _lock(session, user)
    before, named = _facts(user), (user.name, user.email)
    numbers = {extension.number for extension in user.extensions}
    if user.role is not role:
        if works_here(user):
            events.emit(session, ManagerLeft(user.id))
        _demand_another_admin(session, user)
        account_news.demand_another_owner(session, user)
        end_substitutions(session, user, by=by)
        stop_heading(session, user, by=by)
        user.confirmed_at = None
    judges = not CONFIRMED_BY.keys().isdisjoint({user.role, role})
    user.name, user.email, user.role, user.team = _full_name(name), _address(email), role, team
    user.locale = _known_locale(locale)
    _set_extensions(session, user, extensions)
    diff: dict[str, object] = {**audit.changes(before, _facts(user))}
    names = zip(("name", "email"), named, (user.name, user.email), strict=True)
    changed = [field for field, old, new in names if old != new]
    if changed:
        diff["changed"] = changed
    if diff:
        audit.record(session, PeopleAction.USER_CHANGED, f"user:{user.id}", by_id=by.id, **diff)
        if "role" in diff and role is Role.MANAGER:
            events.emit(session, ManagerJoined(user.id))
        events.emit(session, PersonChanged(user.id))
    added = tuple(each.number for each in user.extensions if each.number not in numbers)
    if "name" in changed or added:
        events.emit(session, IdentityChanged(user.id, by.name, named[0], added))
    for what, done in (("role_changed", "role" in diff), ("email_changed", "email" in changed)):
        if judges and done:
            account_news.ask_or_tell(session, user, what, by=by)


def deactivate_user(session: Session, user: User, *, by: User | None) -> None:
    """Sign the person out everywhere, for good; what they made stays theirs. Their API tokens are revoked.

    Nobody stands in for them any more, nor they for anybody; who looks after their clients goes on.
    """
    _demand_right(by)
    _lock(session, user)
    if not user.active:
        raise Refused(_("%(name)s is already deactivated.", name=user.name))
    _demand_another_admin(session, user)
    if by is not None:
        account_news.demand_another_owner(session, user)
    audit.record(session, PeopleAction.USER_DEACTIVATED, f"user:{user.id}", by_id=by and by.id)
    close_account(session, user, by=by)
    if user.role in CONFIRMED_BY:
        account_news.ask_or_tell(session, user, "deactivated", by=by)


def reactivate_user(session: Session, user: User, *, by: User) -> None:
    """Let the person sign in again, with the password they had. It may have to be confirmed anew."""
    _demand_right(by)
    _lock(session, user)
    if user.active:
        raise Refused(_("%(name)s is active.", name=user.name))
    user.active, user.confirmed_at = True, None
    audit.record(session, PeopleAction.USER_REACTIVATED, f"user:{user.id}", by_id=by.id)
    if user.role in CONFIRMED_BY:
        account_news.ask_or_tell(session, user, "reactivated", by=by)
    if user.role is Role.MANAGER:
        events.emit(session, ManagerJoined(user.id))
    events.emit(session, PersonChanged(user.id))


def reset_password(
    session: Session, user: User, *, by: User | None, password: str | None = None
) -> str | None:
    """Give the person another password and sign them out. Returns the password if it was made here.

    Whoever gives it may sign in with it: what the person may decide, by the own role or a lent one, is to be
    confirmed anew.
    """
    _demand_right(by)
    if password is not None:
        passwords.demand_good(password, user.login, user.name, user.email)
    made = passwords.generated() if password is None else None
    hashed = passwords.hashed(password or made or "")  # takes long: before anybody has to wait
    _lock(session, user)
    if by is not None:
        account_news.demand_another_owner(session, user)
    user.password_hash = hashed
    user.password_temporary = made is not None
    close_all_logins(session, user)
    audit.record(session, PeopleAction.PASSWORD_RESET, f"user:{user.id}", by_id=by and by.id)
    if by is not None:
        user.confirmed_at = None
        delegations.doubt_all_to(session, user, by=by)
    if user.role in CONFIRMED_BY:
        account_news.ask_or_tell(session, user, "password_reset", by=by)
    return made


def _demand_right(by: User | None) -> None:
    if by is not None:
        demand(by, Permission.MANAGE_PEOPLE)


def _lock(session: Session, user: User) -> None:
    """Read the person anew, and hold all administrators and owners until the commit.

    So two administrators cannot remove each other at the same moment, and nothing confirms an account meanwhile.
    """
    last_of_a_kind = User.active & User.role.in_((Role.ADMIN, Role.OWNER))
    hold(session, or_(User.id == user.id, last_of_a_kind))


def _demand_another_admin(session: Session, user: User) -> None:
    """Call it with the administrators' rows locked."""
    if user.role is not Role.ADMIN:
        return
    if not set(session.scalars(select(User.id).where(User.role == Role.ADMIN, User.active))) - {user.id}:
        raise Refused(_("%(name)s is the last administrator. Make somebody else one first.", name=user.name))


def _set_extensions(session: Session, user: User, numbers: Iterable[str]) -> None:
    wanted = list(dict.fromkeys(number.strip() for number in numbers if number.strip()))
    for number in wanted:
        if not _EXTENSION.fullmatch(number):
            raise Refused(
                _("“%(number)s” is no extension: digits, Latin letters and * # + . _ - only.", number=number)
            )
    taken = session.scalars(
        select(Extension)
        .where(Extension.number.in_(wanted), Extension.user_id != user.id)
        .order_by(Extension.number)
    ).all()
    if taken:
        raise Refused(
            *(
                _(
                    "Extension %(number)s belongs to %(name)s. Take it away there first.",
                    number=e.number,
                    name=e.user.name,
                )
                for e in taken
            )
        )
    have = {extension.number: extension for extension in user.extensions}
    for number in have.keys() - set(wanted):
        session.delete(have[number])
    session.add_all(Extension(number=number, user=user) for number in wanted if number not in have)
    _save(session, _("One of the extensions has just been given to somebody else."))
    session.refresh(user, ["extensions"])


def _save(session: Session, taken: str) -> None:
    """Flush; what somebody else has taken in this very moment is refused in words."""
    try:
        session.flush()
    except IntegrityError as error:
        raise Refused(taken) from error


def _full_name(name: str) -> str:
    cleaned = " ".join(name.split())
    if not cleaned or len(cleaned) > 200:
        raise Refused(_("Give a name of up to 200 characters."))
    return cleaned


def _address(email: str | None) -> str | None:
    if email and not _ADDRESS.fullmatch(email):
        raise Refused(_("“%(email)s” is no e-mail address.", email=email))
    return email or None


def _known_locale(locale: str | None) -> str | None:
    if locale and locale not in LOCALES:
        raise Refused(_("This language is not available."))
    return locale or None


def _facts(user: User) -> dict[str, object]:
    """What the audit log keeps of a person: neither names nor addresses, and never a password or its hash."""
    return {
        "role": user.role.value,
        "team": user.team.id if user.team else None,
        "extensions": sorted(extension.number for extension in user.extensions),
        "locale": user.locale,
    }
