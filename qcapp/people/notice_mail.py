"""Notices by e-mail, from a worker: in the language of their person, with the address of the page."""

import logging
import smtplib
from datetime import timedelta

from flask_babel import force_locale
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session, joinedload

from qcapp.core import clock, mail
from qcapp.core.i18n import _
from qcapp.core.jobs import JobQueue
from qcapp.core.web import database, settings
from qcapp.people.models import Notice
from qcapp.people.notice_sentences import ABOUT_ACCOUNTS
from qcapp.people.notice_words import sentence
from qcapp.people.notices import SEND
from qcapp.people.permissions import unconfirmed

RETRY_AFTER = timedelta(minutes=5)  # until then the wake-up is probably on its way
GIVE_UP_AFTER = timedelta(days=3)
CLAIM = timedelta(minutes=3)  # longer than a mail server may think about one message
AT_ONCE = 100
log = logging.getLogger(__name__)


def register(queue: JobQueue) -> None:
    """Tell a worker what the names of these jobs mean."""
    queue.job(SEND, send)
    queue.periodic("people.send_unsent", send_unsent, minutes=10)


def send(notice_id: int) -> bool:
    """Send one notice; whether it may be of use to try the next one now.

    It is claimed for a while first, so that of several workers one sends it and no lock is held while a mail server
    thinks. A worker that is killed meanwhile leaves the claim; after its end the notice is sent again under the same
    message id. Without a server, or an address, marking it as sent is all that happens.
    """
    with database().transaction() as session:
        notice = claimed(session, notice_id)
    smtp_url = settings().smtp_url.get_secret_value()
    if notice is None:
        return True
    taken = True
    if smtp_url and notice.user.email and _may_read(notice):
        taken = _tried(smtp_url, notice)
    with database().transaction() as session:
        told = {"mailed_at": clock.now()} if taken else {"mail_claimed_until": None}
        session.execute(update(Notice).where(Notice.id == notice_id).values(told))
    return taken


def _tried(smtp_url: str, notice: Notice) -> bool:
    """Whether there is nothing more to try: the server has taken the message, or will never take it."""
    try:
        _mail(smtp_url, notice)
    except smtplib.SMTPRecipientsRefused as error:
        log.warning("notice %d: the address of user %d is refused: %s", notice.id, notice.user_id, error)
    except OSError as error:  # among them all other faults of SMTP
        log.warning("notice %d could not be sent and is tried again: %s", notice.id, error)
        return False
    return True


def send_unsent() -> None:
    """Try again what could not be sent, and what nobody woke for. The first failure ends it: the server is away."""
    now = clock.now()
    with database().reading() as session:
        unsent = select(Notice.id).where(
            Notice.mailed_at.is_(None),
            or_(Notice.created_at < now - RETRY_AFTER, Notice.created_at > now + RETRY_AFTER),
            Notice.created_at > now - GIVE_UP_AFTER,
        )
        ids = session.scalars(unsent.order_by(Notice.id).limit(AT_ONCE)).all()
    for notice_id in ids:
        if not send(notice_id):
            break


def _may_read(notice: Notice) -> bool:
    """An account that is to be confirmed opens no notices, so none is sent out of it but what was done to it."""
    return notice.user.active and (notice.kind in ABOUT_ACCOUNTS or not unconfirmed(notice.user))


def claimed(session: Session, notice_id: int) -> Notice | None:
    """The notice, if it has not been sent and nobody is sending it now."""
    now = clock.now()
    claimed = session.execute(
        update(Notice)
        .where(
            Notice.id == notice_id,
            Notice.mailed_at.is_(None),
            or_(
                Notice.mail_claimed_until.is_(None),
                Notice.mail_claimed_until <= now,
                Notice.mail_claimed_until > now + CLAIM,  # the clock has been set back since
            ),
        )
        .values(mail_claimed_until=now + CLAIM)
        .returning(Notice.id)
        .execution_options(synchronize_session=False)
    )
    if claimed.scalar() is None:
        return None
    return session.scalar(select(Notice).where(Notice.id == notice_id).options(joinedload(Notice.user)))


def _mail(smtp_url: str, notice: Notice) -> None:
    assert notice.user.email is not None
    with force_locale(notice.user.locale or settings().locale):
        told = sentence(notice)
        lines = [told]
        if root := settings().public_url.rstrip("/"):
            lines.append(root + notice.path)
        lines.append(_("This message was sent by the call quality system; nobody reads answers to it."))
    mail.send(
        smtp_url,
        sender=settings().mail_from,
        to=notice.user.email,
        subject=told,
        text="\n\n".join(lines) + "\n",
        key=f"notice-{notice.id}-{int(notice.created_at.timestamp())}",
    )
