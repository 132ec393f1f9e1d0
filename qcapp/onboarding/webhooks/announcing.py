"""Writes down what the CRM is to be told: every change of an answer, in the transaction that brings it about.

Once an address is set for the first time, or another one, the sweep tells it the answer about every manager.
"""

import hashlib
import hmac

from sqlalchemy import Select, exists, false, func, select
from sqlalchemy.orm import Session

from qcapp.core import clock
from qcapp.core.jobs import JobQueue, wake
from qcapp.core.web import database, settings
from qcapp.onboarding.clearance.changes import note_answer, stale
from qcapp.onboarding.clearance.models import ManagerAnswer
from qcapp.onboarding.models import ClearanceDecision
from qcapp.onboarding.webhooks.models import WebhookDelivery
from qcapp.onboarding.webhooks.service import SEND, name_event


def register(queue: JobQueue) -> None:
    """Tell a worker what the name of this job means."""
    queue.periodic("onboarding.sweep_answers", sweep)


def announce(session: Session, manager_id: int) -> WebhookDelivery | None:
    """Write down the answer about a manager for the CRM, unless that has been done; it was noted just before."""
    noted = session.scalar(_untold().where(ManagerAnswer.manager_id == manager_id))
    if noted is None:
        return None
    now = clock.now()
    delivery = WebhookDelivery(
        manager_id=manager_id,
        sequence=noted.sequence,
        address=_address(),
        payload={
            "event": "",
            "sequence": noted.sequence,
            "at": noted.changed_at.isoformat(),
            "decision": _newest_decision(session, manager_id),
            **noted.answer,
        },
        created_at=now,
        next_at=now,
    )
    name_event(session, delivery)
    session.add(delivery)
    session.flush()
    wake(session, SEND)
    return delivery


def sweep() -> None:
    """Note and tell what no event has told of: what time alone has changed, and everything to a new address."""
    with database().reading() as session:
        untold = session.scalars(_untold()).all()
        ids = {*stale(session), *(each.manager_id for each in untold)}
    for manager_id in sorted(ids):
        with database().transaction() as session:
            note_answer(session, manager_id)
            announce(session, manager_id)


def _untold() -> Select[ManagerAnswer]:
    """The answers that were not written down for the address that is set now; without an address none is."""
    told = exists().where(
        WebhookDelivery.manager_id == ManagerAnswer.manager_id,
        WebhookDelivery.sequence == ManagerAnswer.sequence,
        WebhookDelivery.address == _address(),
    )
    return select(ManagerAnswer).where(~told if settings().webhook_url else false())


def _newest_decision(session: Session, manager_id: int) -> int | None:
    mine = select(func.max(ClearanceDecision.id)).where(ClearanceDecision.manager_id == manager_id)
    return session.scalar(mine)


def _address() -> str:
    """A fingerprint, since the address may hold a key of the CRM's."""
    secret = settings().webhook_secret.get_secret_value().encode()
    return hmac.new(secret, settings().webhook_url.encode(), hashlib.sha256).hexdigest()
