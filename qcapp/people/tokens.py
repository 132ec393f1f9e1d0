"""API tokens: keys for programs, each acting as a person within one scope. Shown once, kept as a hash."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from qcapp.core import audit, clock
from qcapp.core.errors import Refused
from qcapp.core.i18n import _
from qcapp.people.access import token_hash
from qcapp.people.audited import PeopleAction
from qcapp.people.models import ApiToken, TokenScope, User
from qcapp.people.permissions import TOKEN_GRANTS, Permission, demand, holds

USUAL, LONGEST = timedelta(days=365), timedelta(days=2 * 366)


def issue_token(
    session: Session,
    *,
    by: User,
    user: User,
    name: str,
    scope: TokenScope,
    ends_at: datetime | None = None,
) -> tuple[ApiToken, str]:
    """A new token and its text, the only copy. It ends after a year, if no other day is given."""
    demand(by, Permission.MANAGE_PEOPLE)
    now = clock.now()
    ends_at = ends_at or now + USUAL
    if not now < ends_at <= now + LONGEST:
        raise Refused(_("A token ends on a later day, within two years."))
    if not can_carry(user, scope):
        raise Refused(_("%(name)s may not do this, so a token of theirs could not either.", name=user.name))
    text = "qc_" + secrets.token_urlsafe(32)
    token = ApiToken(
        user=user,
        name=" ".join(name.split()),
        scope=scope,
        token_hash=token_hash(text),
        created_at=now,
        ends_at=ends_at,
    )
    session.add(token)
    session.flush()
    audit.record(
        session,
        PeopleAction.TOKEN_ISSUED,
        f"token:{token.id}",
        by_id=by.id,
        name=token.name,
        scope=scope.value,
        acts_as=user.id,
        until=ends_at.isoformat(),
    )
    return token, text


def revoke_token(session: Session, token: ApiToken, *, by: User) -> None:
    """From now on the token opens nothing."""
    demand(by, Permission.MANAGE_PEOPLE)
    if token.revoked_at is not None:
        raise Refused(_("This token is revoked already."))
    token.revoked_at = clock.now()
    audit.record(session, PeopleAction.TOKEN_REVOKED, f"token:{token.id}", by_id=by.id, name=token.name)


def can_carry(user: User, scope: TokenScope) -> bool:
    """Whether a token of this scope would be of any use to the person."""
    return all(holds(user, permission) for permission in TOKEN_GRANTS[scope])
