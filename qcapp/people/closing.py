"""What ends when somebody leaves: logins, API tokens, and standing in for others or being stood in for."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from qcapp.core import clock, events
from qcapp.people import delegations, handovers
from qcapp.people.at_work import works_here
from qcapp.people.events import ManagerLeft, PersonChanged
from qcapp.people.models import ApiToken, User
from qcapp.people.signing_in import close_all_logins


def close_account(session: Session, user: User, *, by: User | None) -> None:
    """Nothing opens the account any more. What the person has made stays; who looks after their clients goes on."""
    if works_here(user):
        events.emit(session, ManagerLeft(user.id))
    user.active = False
    close_all_logins(session, user)
    alive = (ApiToken.user_id == user.id) & ApiToken.revoked_at.is_(None)
    session.execute(update(ApiToken).where(alive).values(revoked_at=clock.now()))
    end_substitutions(session, user, by=by)
    events.emit(session, PersonChanged(user.id))


def end_substitutions(session: Session, user: User, *, by: User | None) -> None:
    """Nobody stands in for the person any more, nor the person for anybody."""
    delegations.end_all_of(session, user, by=by)
    handovers.end_all_with(session, user, by=by)
