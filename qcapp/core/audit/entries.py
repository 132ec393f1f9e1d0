"""The entries of the audit log: the table, and what appends to its chain."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Row, String, event, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from qcapp.core import clock
from qcapp.core.audit import seal
from qcapp.core.audit.actions import Action
from qcapp.core.audit.seal import Key
from qcapp.core.db import Base, Id

AT_ONCE = 1000
_LOCK = 0x71636170  # any constant: one advisory lock for all writers of the chain


class AuditEntry(Base):
    """Who did what to which thing, and what changed. Each row carries the hash of the one before."""

    __tablename__ = "audit_entry"

    id: Mapped[Id]
    at: Mapped[datetime] = mapped_column(index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True, doc="None: the product")
    action: Mapped[str] = mapped_column(String(64), index=True)
    thing: Mapped[str] = mapped_column(String(100), doc="kind and id, such as review:17")
    diff: Mapped[dict[str, Any]] = mapped_column(doc="the facts: plain JSON, changes as made by change()")
    previous: Mapped[str] = mapped_column(String(64), unique=True, doc="hash of the row before")
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    key_id: Mapped[str | None] = mapped_column(
        String(16), doc="which key sealed it; None: older than the key"
    )
    salt: Mapped[str | None] = mapped_column(String(32), doc="None: facts were erased")
    facts_digest: Mapped[str | None] = mapped_column(String(64), doc="commits to the facts as first written")
    erasure: Mapped[str | None] = mapped_column(String(100), doc="what erased facts, such as erasure:3")

    def sealed(self, key: Key) -> str:
        """The hash this row must carry."""
        return seal.seal_entry(
            key,
            previous=self.previous,
            at=self.at,
            by_id=self.by_id,
            action=self.action,
            thing=self.thing,
            facts_digest=self.facts_digest or "",
        )


@event.listens_for(AuditEntry, "before_update")
@event.listens_for(AuditEntry, "before_delete")
def _keep(_mapper: object, _connection: object, entry: AuditEntry) -> None:
    raise RuntimeError(f"audit entry {entry.id} may not be changed or removed")


def change(before: object, after: object) -> dict[str, object]:
    """A fact that was replaced by another, for ``record``."""
    return {"before": before, "after": after}


def changes(before: Mapping[str, object], after: Mapping[str, object]) -> dict[str, dict[str, object]]:
    """The facts that are no longer what they were, for ``record``."""
    return {name: change(before[name], value) for name, value in after.items() if value != before[name]}


def lock(session: Session) -> None:
    """Nobody else appends to the log until this session's commit."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def last_row(session: Session) -> Row[int, datetime, str, str | None] | None:
    """Id, time, hash and key of the newest entry."""
    newest = select(AuditEntry.id, AuditEntry.at, AuditEntry.hash, AuditEntry.key_id)
    return session.execute(newest.order_by(AuditEntry.id.desc()).limit(1)).one_or_none()


def append(
    session: Session,
    key: Key,
    previous: str,
    action: Action,
    thing: str,
    *,
    by_id: int | None,
    diff: dict[str, Any],
) -> AuditEntry:
    """Add the entry that follows the one with the hash ``previous``. The lock must be held."""
    if not isinstance(action, Action):
        raise ValueError(f"the audit log knows no action {action!r}")
    entry = AuditEntry(
        at=clock.now(),
        by_id=by_id,
        action=action.value,
        thing=thing,
        diff=_as_stored(diff),
        previous=previous,
        key_id=key.id,
        salt=(salt := seal.new_salt()),
    )
    entry.facts_digest = seal.seal_facts(key, salt, entry.diff)
    entry.hash = entry.sealed(key)
    session.add(entry)
    session.flush()
    return entry


def entries_by_id(session: Session) -> Iterator[AuditEntry]:
    """Every entry from the first on, without holding all of them at once."""
    some, after = select(AuditEntry).order_by(AuditEntry.id).limit(AT_ONCE), 0
    while entries := session.scalars(some.where(AuditEntry.id > after)).all():
        after = entries[-1].id
        yield from entries


def _as_stored(diff: dict[str, Any]) -> dict[str, Any]:
    """What will be read back: keys are texts, tuples lists; NUL, which PostgreSQL cannot hold, is gone."""
    written = json.dumps(diff, ensure_ascii=False, allow_nan=False)
    stored: dict[str, Any] = json.loads(written.replace("\\u0000", "\ufffd"))
    return stored
