"""Tells administrators of API tokens that end soon: a program must not stop without anybody knowing why."""

from datetime import timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from qcapp.core import audit, clock
from qcapp.core.jobs import JobQueue
from qcapp.core.web import database
from qcapp.people.models import ApiToken, Notice
from qcapp.people.notices import notify_each
from qcapp.people.permissions import Permission
from qcapp.people.queries import holders_of

TOLD_BEFORE = timedelta(days=14)


def register(queue: JobQueue) -> None:
    """Tell a worker what the name of this job means."""
    queue.periodic("people.tell_of_token_ends", tell_now, minutes=60)


def tell_now() -> None:
    with database().transaction() as session:
        tell(session)


def tell(session: Session) -> None:
    """Once of each token. The lock makes several workers take turns."""
    audit.lock(session)
    now = clock.now()
    soon = select(ApiToken).where(
        ApiToken.revoked_at.is_(None), ApiToken.ends_at > now, ApiToken.ends_at <= now + TOLD_BEFORE
    )
    for token in session.scalars(soon.order_by(ApiToken.ends_at, ApiToken.id)).all():
        path = f"/tokens#token-{token.id}"
        if not session.scalar(select(exists().where(Notice.kind == "token_ends", Notice.path == path))):
            admins, until = holders_of(session, Permission.MANAGE_PEOPLE), token.ends_at.isoformat()
            notify_each(session, admins, "token_ends", path, token=token.name, until=until)
