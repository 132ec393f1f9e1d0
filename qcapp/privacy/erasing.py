"""Erases what is kept of clients in given calls. Scores and figures stay, and the calls as nobody's.

All rows change in the caller's one transaction; stored files are only noted in it and removed after the commit
(removing.py), so that a crash in between loses nothing and forgets nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls import personal as calls
from qcapp.calls.reconciliation import end_imports
from qcapp.core import audit, clock
from qcapp.core.audit import AuditEntry
from qcapp.core.db import portions
from qcapp.core.jobs import wake
from qcapp.core.web import storage
from qcapp.privacy import traces as elsewhere
from qcapp.privacy.audited import PrivacyAction
from qcapp.privacy.covering import Quotations, Traces, throughout
from qcapp.privacy.holdings import COVERED, HOLDINGS
from qcapp.privacy.models import Erasure
from qcapp.reviews import personal as reviews
from qcapp.transcripts import personal as transcripts

REMOVE = "privacy.remove"
# What may be written in an entry about a call or a review is a free text under these names, and a figure elsewhere.
FREE_TEXTS = frozenset(
    [
        "text",
        "comment",
        "summary",
        "note",
        "notes",
        "reason",
        "why",
        "topic",
        "task",
        "client_name",
        "company",
        "category",
        "crm_ref",
        "tags",
        "file",
        "path",
        "agreed",
        "report",
        "name",
        "outcome",
    ]
)


@dataclass(frozen=True)
class Order:
    """What is to be erased: of which calls, and what gives their clients away. ``by_id`` None: age, or the host."""

    sound: Sequence[int]
    texts: Sequence[int]
    traces: Traces
    by_id: int | None
    by_age: bool = False
    reason: str = ""


def erase(session: Session, order: Order) -> Erasure:
    """Do it, write it into the audit log, and have the files removed after the commit."""
    now = clock.now()
    erasure = Erasure(at=now, by_id=order.by_id, by_age=order.by_age, reason=order.reason, counts={})
    session.add(erasure)
    session.flush()
    every = sorted({*order.sound, *order.texts})
    transcripts.let_go_of_work(session, every)
    reviews.give_up(session, every)
    recordings = calls.let_go_of_sound(session, order.sound, at=now)
    _erase_texts(session, order, erasure)
    erasure.counts = {"calls": len(every), "recordings": recordings, "texts": len(order.texts)}
    audit.record(
        session,
        PrivacyAction.CLIENT_DATA_AGED if order.by_age else PrivacyAction.CLIENT_DATA_ERASED,
        f"erasure:{erasure.id}",
        by_id=order.by_id,
        reason=order.reason,
        **erasure.counts,
    )
    session.flush()
    session.expire_all()  # what is loaded is of before
    session.refresh(erasure)
    wake(session, REMOVE)
    return erasure


def _erase_texts(session: Session, order: Order, erasure: Erasure) -> None:
    calls.remember(session, order.texts)
    numbers = calls.numbers_in(session, order.texts) | {*order.traces.numbers}
    for call_id in order.texts:
        _cover_shared(session, call_id, order.traces)
    _erase_audit(session, order, erasure)
    for holding in HOLDINGS:
        if (statement := holding.erase(order.texts)) is not None:
            session.execute(statement)
    session.expire_all()
    clients = calls.let_go_of_client(session, order.texts, numbers, at=erasure.at)
    reviews.forget_clients(session, [client.id for client in clients])
    calls.forget_clients(session, clients)
    calls.forget_watched(session, order.traces.gives_away)
    if not order.by_age:  # what people wrote of him where no call is meant is erased when he asks for it
        end_imports(session, storage(), order.traces.gives_away)
        elsewhere.cover_all(session, order.traces)


def _cover_shared(session: Session, call_id: int, traces: Traces) -> None:
    """Texts about several calls lose what quotes or names the client of this one."""
    spoken = Quotations(tuple(transcripts.spoken(session, [call_id])))

    def cover(text: str) -> str:
        return spoken.cover(traces.cover(text))

    for holding in COVERED:
        for row in session.scalars(select(holding.table).where(holding.of([call_id]))).all():
            for column in holding.columns:
                setattr(row, column.key, throughout(getattr(row, column.key), cover))
    session.flush()


def _erase_audit(session: Session, order: Order, erasure: Erasure) -> None:
    """Entries about the calls lose their free texts; those that name the client what names or quotes him."""
    about = set(entries_about(session, order.texts))
    others = set() if order.by_age else set(elsewhere.entries_naming(session, order.traces))
    spoken = Quotations(tuple(transcripts.spoken(session, order.texts)))

    def of_client(_name: str, value: Any) -> bool:
        return bool(throughout(value, order.traces.cover) != value) or _quotes(value, spoken)

    def free(name: str, value: Any) -> bool:
        return (name in FREE_TEXTS and bool(value)) or of_client(name, value)

    thing = f"erasure:{erasure.id}"
    audit.erase_facts(session, about, free, erasure=thing, by_id=order.by_id)
    audit.erase_facts(session, others - about, of_client, erasure=thing, by_id=order.by_id)


def _quotes(value: Any, spoken: Quotations) -> bool:
    return bool(throughout(value, lambda text: "" if spoken.is_quoted(text) else text) != value)


def entries_about(session: Session, ids: Sequence[int]) -> list[int]:
    """Ids of the audit entries about these calls and what was made of them."""
    things = [
        f"{holding.kind}:{key}"
        for holding in HOLDINGS
        if holding.kind
        for key in session.scalars(select(holding.table.id).where(holding.of(ids)))  # type: ignore[attr-defined]
    ]
    return [
        key
        for some in portions(things)
        for key in session.scalars(select(AuditEntry.id).where(AuditEntry.thing.in_(some)))
    ]
