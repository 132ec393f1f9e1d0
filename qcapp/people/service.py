"""What administrators do to people: add, change, deactivate, give a new password. All of it is audited.

``by=None`` is the command line: whoever may run it owns the machine.
"""

import re
from collections.abc import Iterable

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from qcapp.core import audit, clock, events
from qcapp.core.errors import Refused
from qcapp.core.i18n import LOCALES, _
from qcapp.people import delegations, handovers, passwords
from qcapp.people.events import ManagerJoined, PersonChanged
from qcapp.people.models import ApiToken, Extension, Role, Team, User
from qcapp.people.permissions import Permission, demand
from qcapp.people.signing_in import close_all_logins

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
        passwords.demand_good(password, login)
    made = passwords.generated() if password is None else None
    user = User(
        login=login,
        name=_full_name(name),
        email=_address(email),
        password_hash=passwords.hashed(password or made or ""),
        password_temporary=made is not None,
        role=role,
        team=team,
        locale=_known_locale(locale),
        active=True,
        created_at=clock.now(),
    )
    session.add(user)
    _save(session, _("The login %(login)s is taken. Choose another one.", login=login))
    _set_extensions(session, user, extensions)
    known = {field: fact for field, fact in _facts(user).items() if fact}
    audit.record(session, "user_added", f"user:{user.id}", by_id=by and by.id, **known)
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

    With another role nobody stands in for the person any more, nor the person for anybody.
    """
    _demand_right(by)
    if user.role is Role.ADMIN and role is not Role.ADMIN:
        _demand_another_admin(session, user)
    before, named = _facts(user), (user.name, user.email)
    if user.role is not role:
        _end_substitutions(session, user, by=by)
    user.name, user.email, user.role, user.team = _full_name(name), _address(email), role, team
    user.locale = _known_locale(locale)
    _set_extensions(session, user, extensions)
    diff: dict[str, object] = {**audit.changes(before, _facts(user))}
    names = zip(("name", "email"), named, (user.name, user.email), strict=True)
    if changed := [field for field, old, new in names if old != new]:
        diff["changed"] = changed
    if diff:
        audit.record(session, "user_changed", f"user:{user.id}", by_id=by.id, **diff)
        events.emit(session, PersonChanged(user.id))
    if "role" in diff and role is Role.MANAGER:
        events.emit(session, ManagerJoined(user.id))


def deactivate_user(session: Session, user: User, *, by: User) -> None:
    """Sign the person out everywhere, for good; what they made stays theirs. Their API tokens are revoked.

    Nobody stands in for them any more, nor they for anybody; who looks after their clients goes on.
    """
    _demand_right(by)
    if not user.active:
        raise Refused(_("%(name)s is already deactivated.", name=user.name))
    if user.role is Role.ADMIN:
        _demand_another_admin(session, user)
    user.active = False
    close_all_logins(session, user)
    alive = (ApiToken.user_id == user.id) & ApiToken.revoked_at.is_(None)
    session.execute(update(ApiToken).where(alive).values(revoked_at=clock.now()))
    audit.record(session, "user_deactivated", f"user:{user.id}", by_id=by.id)
    _end_substitutions(session, user, by=by)
    events.emit(session, PersonChanged(user.id))


def reactivate_user(session: Session, user: User, *, by: User) -> None:
    """Let the person sign in again, with the password they had."""
    _demand_right(by)
    if user.active:
        raise Refused(_("%(name)s is active.", name=user.name))
    user.active = True
    audit.record(session, "user_reactivated", f"user:{user.id}", by_id=by.id)
    events.emit(session, PersonChanged(user.id))


def reset_password(
    session: Session, user: User, *, by: User | None, password: str | None = None
) -> str | None:
    """Give the person another password and sign them out. Returns the password if it was made here."""
    _demand_right(by)
    if password is not None:
        passwords.demand_good(password, user.login)
    made = passwords.generated() if password is None else None
    user.password_hash = passwords.hashed(password or made or "")
    user.password_temporary = made is not None
    close_all_logins(session, user)
    audit.record(session, "password_reset", f"user:{user.id}", by_id=by and by.id)
    return made


def _end_substitutions(session: Session, user: User, *, by: User) -> None:
    delegations.end_all_of(session, user, by=by)
    handovers.end_all_with(session, user, by=by)


def _demand_right(by: User | None) -> None:
    if by is not None:
        demand(by, Permission.MANAGE_PEOPLE)


def _demand_another_admin(session: Session, user: User) -> None:
    """Rows are locked, so that two administrators cannot remove each other at the same moment."""
    admins = session.scalars(
        select(User.id).where(User.role == Role.ADMIN, User.active).order_by(User.id).with_for_update()
    )
    if not set(admins) - {user.id}:
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
