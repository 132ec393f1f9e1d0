"""``record``: the only way to add to the audit log."""

from typing import Any

from sqlalchemy.orm import Session

from qcapp.core.audit import keys, sealing
from qcapp.core.audit.actions import Action
from qcapp.core.audit.entries import AuditEntry, append, last_row, lock
from qcapp.core.audit.seal import GENESIS


def record(session: Session, action: Action, thing: str, *, by_id: int | None, **diff: Any) -> AuditEntry:
    """Append an entry. ``diff`` holds plain JSON values, changes as ``change(before, after)``; never a secret.

    Refused when the key of the log is not there. Writers are queued until their commit: by BEGIN IMMEDIATE on SQLite,
    by an advisory lock on PostgreSQL.
    """
    lock(session)
    session.flush()
    key = keys.key_of(session) or sealing.seal_former(session)
    last = last_row(session)
    return append(session, key, last.hash if last else GENESIS, action, thing, by_id=by_id, diff=diff)
