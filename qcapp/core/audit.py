"""The audit log: append-only, each row carries the hash of the one before, so that a changed past shows.

The hash of row n is SHA-256 over the hash of row n−1 and the row's own fields in canonical JSON.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, event, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from qcapp.core import clock
from qcapp.core.db import Base, Id

GENESIS = "0" * 64
AT_ONCE = 1000
_LOCK = 0x71636170  # any constant: one advisory lock for all writers of the chain


class AuditEntry(Base):
    """Who did what to which thing, and what changed."""

    __tablename__ = "audit_entry"

    id: Mapped[Id]
    at: Mapped[datetime] = mapped_column(index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True, doc="None: the product")
    action: Mapped[str] = mapped_column(String(64), index=True)
    thing: Mapped[str] = mapped_column(String(100), doc="kind and id, such as review:17")
    diff: Mapped[dict[str, Any]]
    previous: Mapped[str] = mapped_column(String(64), unique=True, doc="hash of the row before")
    hash: Mapped[str] = mapped_column(String(64), unique=True)

    def digest(self) -> str:
        """The hash this row must carry."""
        fields = {
            "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "by": self.by_id,
            "action": self.action,
            "thing": self.thing,
            "diff": self.diff,
        }
        canonical = json.dumps(fields, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256((self.previous + canonical).encode()).hexdigest()


@event.listens_for(AuditEntry, "before_update")
@event.listens_for(AuditEntry, "before_delete")
def _keep(_mapper: object, _connection: object, entry: AuditEntry) -> None:
    raise RuntimeError(f"audit entry {entry.id} may not be changed or removed")


def record(session: Session, action: str, thing: str, *, by_id: int | None, **diff: Any) -> AuditEntry:
    """Append an entry. ``diff`` holds plain JSON values, changes as ``[before, after]``; never a secret.

    Writers are queued until their commit: by BEGIN IMMEDIATE on SQLite, by an advisory lock on PostgreSQL.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    session.flush()
    last = session.scalar(select(AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1))
    entry = AuditEntry(
        at=clock.now(),
        by_id=by_id,
        action=action,
        thing=thing,
        diff=_as_stored(diff),
        previous=last or GENESIS,
    )
    entry.hash = entry.digest()
    session.add(entry)
    session.flush()
    return entry


def broken_links(session: Session) -> Iterator[AuditEntry]:
    """The entries that do not follow from the one before: changed, inserted, or after a gap.

    Entries cut off at the end leave a sound chain: keep the last hash elsewhere and ask ``holds_hash``.
    """
    previous = GENESIS
    for entry in _all(session):
        if entry.previous != previous or entry.hash != entry.digest():
            yield entry
        previous = entry.hash


def _all(session: Session) -> Iterator[AuditEntry]:
    """Every entry from the first on, without holding all of them at once."""
    some, after = select(AuditEntry).order_by(AuditEntry.id).limit(AT_ONCE), 0
    while entries := session.scalars(some.where(AuditEntry.id > after)).all():
        yield from entries
        after = entries[-1].id


def last_entry(session: Session) -> AuditEntry | None:
    return session.scalar(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1))


def holds_hash(session: Session, known: str) -> bool:
    """Whether an entry with this hash, seen earlier, is still there."""
    return session.scalar(select(AuditEntry.id).where(AuditEntry.hash == known)) is not None


def _as_stored(diff: dict[str, Any]) -> dict[str, Any]:
    """What will be read back: keys are texts, tuples lists; NUL, which PostgreSQL cannot hold, is gone."""
    written = json.dumps(diff, ensure_ascii=False, allow_nan=False)
    stored: dict[str, Any] = json.loads(written.replace("\\u0000", "\ufffd"))
    return stored
