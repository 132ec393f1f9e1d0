"""Sends the CRM what it is to be told: signed, at least once, for each manager in the order of the changes.

The row is the truth: written with the change, claimed for a while before it is sent, marked after it was taken. A
worker killed in between leaves it claimed; when that is over, another one sends it again.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import Session

from qcapp.core import audit, clock
from qcapp.core.errors import Missing, Refused
from qcapp.core.i18n import _
from qcapp.core.jobs import JobQueue, wake
from qcapp.core.web import database, settings
from qcapp.onboarding.audited import OnboardingAction
from qcapp.onboarding.webhooks import http
from qcapp.onboarding.webhooks.models import WebhookDelivery
from qcapp.people.models import Notice, User
from qcapp.people.notices import notify_each
from qcapp.people.permissions import Permission, demand
from qcapp.people.queries import holders_of

GRANTED, REVOKED, CHANGED = "clearance.granted", "clearance.revoked", "clearance.changed"
SEND = "onboarding.send_webhooks"
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720, 1440))
"""After each failure; the last one again and again, until the message is taken or a later one overtakes it."""
CLAIM = timedelta(minutes=2)  # longer than a request may take
AT_ONCE = 100
PAGE = 50
SILENCE = "crm_takes_nothing"
log = logging.getLogger(__name__)


def register(queue: JobQueue) -> None:
    """Tell a worker what the name of this job means."""
    queue.periodic(SEND, send_due)


def send_due() -> None:
    """Send what is due: new, failed before, or claimed by a worker that is gone. The first failure ends it.

    So what has failed least often comes first: a message that the CRM never takes holds up no other.
    """
    with database().reading() as session:
        due = select(WebhookDelivery.id).where(_is_due(clock.now()))
        ordered = due.order_by(WebhookDelivery.attempts, WebhookDelivery.id)
        ids = session.scalars(ordered.limit(AT_ONCE)).all()
    for delivery_id in ids:
        if not _send(delivery_id):
            break


def resend(session: Session, delivery_id: int, *, by: User) -> WebhookDelivery:
    """Send once more now, whatever came of it before; not what a later change has overtaken."""
    demand(by, Permission.SEND_WEBHOOKS)
    delivery = session.get(WebhookDelivery, delivery_id, with_for_update=True, populate_existing=True)
    if delivery is None:
        raise Missing(_("There is no such message."))
    if _is_overtaken(session, delivery):
        raise Refused(_("A later message about this manager has overtaken this one."))
    delivery.next_at, delivery.sending = clock.now(), False
    audit.record(
        session, OnboardingAction.WEBHOOK_RESENT, f"webhook:{delivery.id}", by_id=by.id, event=delivery.event
    )
    session.flush()
    wake(session, SEND)
    return delivery


def deliveries(
    session: Session, *, before: int | None = None
) -> tuple[Sequence[WebhookDelivery], int | None]:
    """The messages, newest first, and the id from which an older page goes on."""
    found = select(WebhookDelivery).order_by(WebhookDelivery.id.desc()).limit(PAGE + 1)
    if before is not None:
        found = found.where(WebhookDelivery.id < before)
    rows = session.scalars(found).all()
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None


def _send(delivery_id: int) -> bool:
    """Whether it may be of use to send the next one now."""
    with database().transaction() as session:
        delivery = claimed(session, delivery_id)
    if delivery is None:
        return True
    fault = http.post(
        settings().webhook_url,
        delivery.payload,
        secret=settings().webhook_secret.get_secret_value(),
        delivery_id=delivery.id,
        event=delivery.event,
    )
    level = logging.WARNING if fault else logging.INFO
    log.log(level, "webhook %d, try %d: %s", delivery.id, delivery.attempts, fault or "taken")
    with database().transaction() as session:
        _settle(session, delivery, fault)
    return fault is None


def claimed(session: Session, delivery_id: int) -> WebhookDelivery | None:
    """What to send because this delivery is due: the first that waits about the manager, unless somebody sends it.

    So an earlier one that has failed is tried once more at once, and then stands aside for what is true now.
    """
    now = clock.now()
    due = session.scalar(select(WebhookDelivery).where(WebhookDelivery.id == delivery_id, _is_due(now)))
    if due is None or not settings().webhook_url:
        return None
    first = (
        _about_the_same(due)
        .where(WebhookDelivery.next_at.is_not(None), WebhookDelivery.id <= due.id)
        .order_by(WebhookDelivery.id)
        .with_for_update()
    )
    delivery = session.scalar(first.execution_options(populate_existing=True))
    if delivery is None or delivery.next_at is None:
        return None
    waits = timedelta() < delivery.next_at - now <= _longest_wait(delivery.sending)
    if waits and (delivery.sending or delivery is due):
        return None
    delivery.attempts += 1
    delivery.next_at, delivery.sending = now + CLAIM, True
    name_event(session, delivery)
    return delivery


def _is_due(now: datetime) -> ColumnElement[bool]:
    """A message that seems to wait longer than any does is due as well: the clock has been set back."""
    latest = case((WebhookDelivery.sending, now + _longest_wait(True)), else_=now + _longest_wait(False))
    return or_(WebhookDelivery.next_at <= now, WebhookDelivery.next_at > latest)


def _longest_wait(sending: bool) -> timedelta:
    return CLAIM if sending else WAITS[-1]


def name_event(session: Session, delivery: WebhookDelivery) -> None:
    """Whether the clearance has turned over since the last message that was taken, or waits and will be.

    Those after it that were overtaken have failed, but perhaps were understood: the turn is told of in either case. A
    new address knows nothing.
    """
    about = select(WebhookDelivery).where(WebhookDelivery.manager_id == delivery.manager_id)
    if delivery.id is not None:
        about = about.where(WebhookDelivery.id < delivery.id)
    told = or_(WebhookDelivery.delivered_at.is_not(None), WebhookDelivery.next_at.is_not(None))
    last = session.scalar(about.where(told).order_by(WebhookDelivery.id.desc()).limit(1))
    since = session.scalars(about.where(WebhookDelivery.id > last.id) if last else about)
    was = {last is not None and last.payload["cleared"], *(each.payload["cleared"] for each in since)}
    known = last is not None and last.address == delivery.address
    if delivery.payload["cleared"]:
        delivery.event = GRANTED if False in was or not known else CHANGED
    else:
        delivery.event = REVOKED if True in was else CHANGED
    delivery.payload = {**delivery.payload, "event": delivery.event}


def never_taken(session: Session) -> int:
    """How many messages are still tried once a day after all the shorter waits."""
    tried = select(func.count(WebhookDelivery.id)).where(WebhookDelivery.next_at.is_not(None))
    return session.scalar(tried.where(WebhookDelivery.attempts > len(WAITS))) or 0


def _settle(session: Session, claimed: WebhookDelivery, fault: str | None) -> None:
    """Delivered or to be tried again; what a later message has overtaken is not."""
    delivery = session.get_one(WebhookDelivery, claimed.id, with_for_update=True, populate_existing=True)
    if fault is not None and delivery.next_at != claimed.next_at:
        return  # somebody has begun to send it again
    overtaken = _is_overtaken(session, delivery)
    delivery.sending = False
    if fault is None:
        delivery.delivered_at, delivery.next_at, delivery.error = clock.now(), None, ""
    else:
        wait = WAITS[min(delivery.attempts, len(WAITS)) - 1]
        delivery.next_at, delivery.error = None if overtaken else clock.now() + wait, fault
        if not overtaken and delivery.attempts == len(WAITS) + 1:
            _tell_of_silence(session, delivery)
    if overtaken:
        wake(session, SEND)  # it has waited for this one


def _tell_of_silence(session: Session, delivery: WebhookDelivery) -> None:
    """Who sees what the CRM is told learns that it takes nothing; once until it has been read."""
    unread = select(Notice.user_id).where(Notice.kind == SILENCE, Notice.read_at.is_(None))
    told = set(session.scalars(unread))
    untold = [each for each in holders_of(session, Permission.SEND_WEBHOOKS) if each.id not in told]
    notify_each(session, untold, SILENCE, "/crm", manager=delivery.manager.name)


def _is_overtaken(session: Session, delivery: WebhookDelivery) -> bool:
    return session.scalar(_about_the_same(delivery).where(WebhookDelivery.id > delivery.id)) is not None


def _about_the_same(delivery: WebhookDelivery) -> Select[WebhookDelivery]:
    return select(WebhookDelivery).where(WebhookDelivery.manager_id == delivery.manager_id).limit(1)
