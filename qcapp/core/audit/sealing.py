"""Sealing what was written before: by versions without a key, or with a key that is lost.

The chain is made anew over all entries; a last one says what the old chain came to and whether it was sound.
"""

from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from qcapp.core.audit import heads, keys, seal
from qcapp.core.audit.actions import Action, LogAction
from qcapp.core.audit.entries import AT_ONCE, AuditEntry, append, entries_by_id, last_row, lock
from qcapp.core.audit.seal import GENESIS, Key
from qcapp.core.errors import Refused
from qcapp.core.i18n import _

SEALED = LogAction.AUDIT_SEALED
REKEYED = LogAction.AUDIT_REKEYED


def seal_former(session: Session) -> Key:
    """Seal entries of versions that had no key, once, however many processes start; returns the key, made if need be.

    Later an entry without a seal is a forgery, so it is not sealed where sealed entries have been noted before.
    """
    lock(session)
    if key := keys.key_of(session):
        return key
    keeper, last = keys.keeper_of(session), last_row(session)
    if last is None:
        return keeper.make()
    if heads.noted_head(session):
        raise Refused(_("Entries of the audit log have lost their seal: somebody has changed the database."))
    key = keeper.make()
    _seal_all(session, key, SEALED)
    return key


def seal_anew(session: Session) -> AuditEntry:
    """Go on with another key, because the one before is lost. The last entry says so, for good."""
    lock(session)
    last, key = last_row(session), keys.keeper_of(session).make()
    if last is None or last.key_id in (None, key.id):
        raise Refused(_("The key fits the audit log; there is nothing to do."))
    noted = heads.forget_head(session)
    return _seal_all(session, key, REKEYED, noted_entry_found=noted and heads.holds(session, noted))


def _seal_all(session: Session, key: Key, action: Action, **facts: object) -> AuditEntry:
    former, previous, sound, count = GENESIS, GENESIS, True, 0
    rows: list[dict[str, Any]] = []
    for entry in entries_by_id(session):
        sound = sound and entry.previous == former and _was_sound(entry)
        former = entry.hash
        rows.append(row := _sealed(entry, key, previous))
        previous, count = row["hash"], count + 1
        if len(rows) == AT_ONCE:
            session.execute(update(AuditEntry), rows)
            rows = []
    if rows:
        session.execute(update(AuditEntry), rows)
    facts |= {"entries": count, "former_hash": former, "sound": sound}
    return append(session, key, previous, action, "audit", by_id=None, diff=facts)


def _was_sound(entry: AuditEntry) -> bool:
    """Of an entry with a lost key only its link to the one before can be told."""
    return entry.key_id is not None or entry.hash == seal.unkeyed_hash(
        previous=entry.previous,
        at=entry.at,
        by_id=entry.by_id,
        action=entry.action,
        thing=entry.thing,
        diff=entry.diff,
    )


def _sealed(entry: AuditEntry, key: Key, previous: str) -> dict[str, Any]:
    """The columns of the entry under this key. What was erased keeps the digest of what it was."""
    salt = entry.salt if entry.erasure or entry.salt else seal.new_salt()
    digest = seal.seal_facts(key, salt, entry.diff) if salt else entry.facts_digest or ""
    return {
        "id": entry.id,
        "previous": previous,
        "key_id": key.id,
        "salt": salt,
        "facts_digest": digest,
        "hash": seal.seal_entry(
            key,
            previous=previous,
            at=entry.at,
            by_id=entry.by_id,
            action=entry.action,
            thing=entry.thing,
            facts_digest=digest,
        ),
    }
