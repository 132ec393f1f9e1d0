"""Keeps the newest entry of the audit log in mind outside the database, so that a log that was cut off shows:
in a file of this host, and in a daily e-mail to the owners. Says in the log what it left out.
"""

import logging
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from qcapp.core import audit, local
from qcapp.core.jobs import JobQueue
from qcapp.core.web import database, settings
from qcapp.people.models import Notice, User
from qcapp.people.notices import notify, notify_each
from qcapp.terms import Role

log = logging.getLogger(__name__)


def register(queue: JobQueue) -> None:
    """Tell a worker what the names of these jobs mean."""
    queue.periodic("ops.watch_audit", watch, minutes=5)
    queue.periodic("ops.send_audit_head", send_head, minutes=30)
    queue.periodic("ops.record_left_out_attempts", record_left_out, minutes=10)


def watch() -> None:
    """Note the newest entry; if the one noted before is gone, tell owners and administrators, once a day."""
    with database().reading() as session:
        if audit.note_head(session):
            return
        gone = audit.noted_head(session)
    log.error("the audit log was cut off: run qcapp audit verify")
    with database().transaction() as session:
        untold = _today_untold(session, "audit_cut", (Role.OWNER, Role.ADMIN))
        notify_each(session, untold, "audit_cut", "/audit", entry=gone and gone.entry)


def send_head() -> None:
    """Leave each owner the newest entry in his mailbox, once a day; nothing where no e-mail is sent."""
    if not settings().smtp_url.get_secret_value():
        return
    with database().transaction() as session:
        owners = [each for each in _today_untold(session, "audit_head", (Role.OWNER,)) if each.email]
        head = audit.last_head(session)
        if head is None:
            return
        for owner in owners:
            told = {"entry": head.entry, "at": head.at.isoformat(), "hash": head.hash}
            notice = notify(session, owner, "audit_head", "/audit", **told)
            notice.read_at = (
                notice.created_at
            )  # it is to be kept in the mailbox; in the product it is no news


def record_left_out() -> None:
    """Say in the log how many refused attempts it left out."""
    with database().transaction() as session:
        audit.record_left_out(session)


def _today_untold(session: Session, kind: str, roles: tuple[Role, ...]) -> list[User]:
    """Active people of these roles whom no worker has told so today. The lock makes several workers take turns."""
    audit.lock(session)
    midnight = datetime.combine(local.today(), datetime.min.time(), settings().zone)
    today = (Notice.created_at >= midnight, Notice.created_at < midnight + timedelta(days=1))
    told = exists().where(Notice.user_id == User.id, Notice.kind == kind, *today)
    wanted = select(User).where(User.role.in_(roles), User.active.is_(True), ~told)
    return list(session.scalars(wanted.order_by(User.id)).unique())
