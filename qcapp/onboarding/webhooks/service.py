"""Tells the CRM that distributes leads who is cleared: signed, at least once, in the order of decisions.

The row is the truth: written with the decision, claimed for a while before it is sent, marked after it was taken. A
worker killed in between leaves it claimed; when that is over, another one sends it again.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.core import audit, clock
from qcapp.core.errors import Missing, Refused
from qcapp.core.i18n import _
from qcapp.core.jobs import JobQueue, wake
from qcapp.core.web import database, settings
from qcapp.onboarding.models import ClearanceDecision
from qcapp.onboarding.states import Verdict
from qcapp.onboarding.webhooks import http
from qcapp.onboarding.webhooks.models import WebhookDelivery
from qcapp.people.models import User
from qcapp.people.permissions import Permission, demand

SEND = "onboarding.send_webhooks"
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720, 1440))
"""After each failure; after one more the delivery is given up: nine tries in about two days."""
CLAIM = timedelta(minutes=2)  # longer than a request may take
AT_ONCE = 100
PAGE = 50
EVENTS = {Verdict.GRANTED: "clearance.granted", Verdict.REVOKED: "clearance.revoked"}
log = logging.getLogger(__name__)


def register(queue: JobQueue) -> None:
    """Tell a worker what the name of this job means."""
    queue.periodic(SEND, send_due)


def announce(session: Session, decision_id: int) -> WebhookDelivery | None:
    """Write down what the CRM is to be told of a decision; nothing of a refusal, nothing without an address."""
    decision = session.get_one(ClearanceDecision, decision_id)
    event = EVENTS.get(decision.verdict)
    if event is None or not settings().webhook_url:
        return None
    manager = decision.trainee.manager
    delivery = WebhookDelivery(
        event=event,
        payload={
            "event": event,
            "decision": decision.id,
            "at": decision.at.isoformat(),
            "cleared": decision.verdict is Verdict.GRANTED,
            "manager": {
                "id": manager.id,
                "name": manager.name,
                "login": manager.login,
                "extensions": [extension.number for extension in manager.extensions],
            },
        },
        created_at=decision.at,
        next_at=decision.at,
    )
    for earlier in _waiting_before(session, delivery):
        earlier.next_at = decision.at  # once more before the new one goes out
    session.add(delivery)
    session.flush()
    wake(session, SEND)
    return delivery


def send_due() -> None:
    """Send what is due: new, failed before, or claimed by a worker that is gone. The first failure ends it."""
    with database().reading() as session:
        due = select(WebhookDelivery.id).where(WebhookDelivery.next_at <= clock.now())
        ids = session.scalars(due.order_by(WebhookDelivery.id).limit(AT_ONCE)).all()
    for delivery_id in ids:
        if not _send(delivery_id):
            break


def resend(session: Session, delivery_id: int, *, by: User) -> WebhookDelivery:
    """Send once more now, whatever came of it before; not what a later decision has overtaken."""
    demand(by, Permission.SEND_WEBHOOKS)
    delivery = session.get(WebhookDelivery, delivery_id, with_for_update=True, populate_existing=True)
    if delivery is None:
        raise Missing(_("There is no such message."))
    if _overtaken(session, delivery):
        raise Refused(_("A later decision about this manager has overtaken this message."))
    delivery.next_at = clock.now()
    audit.record(session, "webhook_resent", f"webhook:{delivery.id}", by_id=by.id, event=delivery.event)
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
    """The delivery, if it is due, nobody else is sending it, and no earlier one about the manager is waiting."""
    delivery = session.get(WebhookDelivery, delivery_id, with_for_update=True, populate_existing=True)
    now = clock.now()
    if delivery is None or delivery.next_at is None or delivery.next_at > now:
        return None
    if not settings().webhook_url or _waiting_before(session, delivery):
        return None
    delivery.attempts += 1
    delivery.next_at = now + CLAIM
    return delivery


def _settle(session: Session, claimed: WebhookDelivery, fault: str | None) -> None:
    """Delivered, to be tried again, or given up; an overtaken one is not tried again."""
    delivery = session.get_one(WebhookDelivery, claimed.id, with_for_update=True, populate_existing=True)
    if fault is None:
        delivery.delivered_at, delivery.next_at, delivery.error = clock.now(), None, ""
    elif delivery.next_at == claimed.next_at:  # else somebody has begun to send it again
        delivery.error = fault
        waits = WAITS[delivery.attempts - 1 :]
        again = waits and not _overtaken(session, delivery)
        delivery.next_at = clock.now() + waits[0] if again else None


def _waiting_before(session: Session, delivery: WebhookDelivery) -> list[WebhookDelivery]:
    """The earlier ones about the same manager: a revocation must not arrive before the grant it takes back."""
    waiting = select(WebhookDelivery).where(WebhookDelivery.next_at.is_not(None))
    if delivery.id is not None:
        waiting = waiting.where(WebhookDelivery.id < delivery.id)
    return [other for other in session.scalars(waiting) if _manager(other) == _manager(delivery)]


def _overtaken(session: Session, delivery: WebhookDelivery) -> bool:
    later = session.scalars(select(WebhookDelivery).where(WebhookDelivery.id > delivery.id))
    return any(_manager(other) == _manager(delivery) for other in later)


def _manager(delivery: WebhookDelivery) -> int:
    return int(delivery.payload["manager"]["id"])
