"""Erasing personal facts from entries, the only change the log permits.

The erasure appends an entry of its own that names the changed rows and what is left in each, so that the chain says
what was erased, when and by whom, and nothing else in those rows can be changed under its cover.
"""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from qcapp.core.audit import keys, seal, sealing
from qcapp.core.audit.actions import LogAction
from qcapp.core.audit.entries import AuditEntry, append, last_row, lock
from qcapp.core.db import portions

ERASED = {"erased": True}
"""Stands in place of every erased value."""

FACTS_ERASED = LogAction.AUDIT_FACTS_ERASED


def erase_facts(
    session: Session,
    ids: Iterable[int],
    personal: Callable[[str, Any], bool],
    *,
    erasure: str,
    by_id: int | None,
) -> int:
    """Erase the facts of these entries that ``personal(name, value)`` says are to go; returns how many rows changed.

    ``erasure`` names what ordered it, such as ``erasure:3``. Entries that record an erasure hold nothing personal and
    are left alone.
    """
    lock(session)
    session.flush()
    key = keys.key_of(session) or sealing.seal_former(session)
    rests: dict[str, str] = {}
    wanted = sorted(set(ids))
    for ids_of_some in portions(wanted):
        some = AuditEntry.id.in_(ids_of_some)
        for entry in session.scalars(select(AuditEntry).where(some, AuditEntry.action != FACTS_ERASED)).all():
            rest = {name: ERASED if personal(name, value) else value for name, value in entry.diff.items()}
            if rest != entry.diff:
                _replace(session, entry, rest, erasure)
                rests[str(entry.id)] = seal.digest_of_rest(rest)
    if rests and (last := last_row(session)):
        append(session, key, last.hash, FACTS_ERASED, erasure, by_id=by_id, diff={"rows": rests})
    return len(rests)


def _replace(session: Session, entry: AuditEntry, rest: dict[str, Any], erasure: str) -> None:
    session.execute(
        update(AuditEntry)
        .where(AuditEntry.id == entry.id)
        .values(diff=rest, salt=None, erasure=erasure)
        .execution_options(synchronize_session=False)
    )
    session.expire(entry)
