"""Whether the log is what was written: every entry follows from the one before, and every fact is as recorded."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy.orm import Session

from qcapp.core.audit import keys, seal
from qcapp.core.audit.entries import AuditEntry, entries_by_id
from qcapp.core.audit.erasing import FACTS_ERASED
from qcapp.core.audit.heads import Head
from qcapp.core.audit.seal import GENESIS, Key
from qcapp.core.errors import Refused
from qcapp.core.i18n import _


class AuditFaultKind(StrEnum):
    """What is wrong with an entry."""

    BROKEN = "broken"
    """Changed, inserted, or after a gap."""
    FACTS = "facts"
    """Its facts are not those it was written with."""
    ERASED = "erased"
    """Facts are missing, and no recorded erasure says so."""


@dataclass(frozen=True)
class AuditFault:
    kind: AuditFaultKind
    entry_id: int
    line: str
    """Time, action and thing."""


@dataclass
class Checked:
    """What a check came to. ``erased``: number of entries with erased facts, by what erased them."""

    last: Head | None = None
    faults: list[AuditFault] = field(default_factory=list)
    erased: Counter[str] = field(default_factory=Counter)


def check(session: Session) -> Checked:
    """Read the whole log. Refused without the key, or while it is not sealed yet.

    Entries cut off at the end leave a sound chain: compare ``last`` with what was noted elsewhere.
    """
    checked = Checked()
    key = keys.key_of(session)
    previous = GENESIS
    erased: dict[int, AuditEntry] = {}
    recorded: dict[int, tuple[str, str]] = {}
    for entry in entries_by_id(session):
        if key is None:
            raise Refused(_("The audit log is not sealed yet. Run: qcapp db upgrade"))
        sealed = entry.key_id == key.id and entry.hash == entry.sealed(key)
        whole = _facts_are_sealed(entry, key)
        if not sealed or entry.previous != previous:
            checked.faults.append(_fault(AuditFaultKind.BROKEN, entry))
        elif entry.erasure is not None:
            erased[entry.id] = entry
        elif not whole:
            checked.faults.append(_fault(AuditFaultKind.FACTS, entry))
        if sealed and whole and entry.action == FACTS_ERASED:
            recorded |= {int(row): (entry.thing, rest) for row, rest in entry.diff["rows"].items()}
        previous = entry.hash
        checked.last = Head(entry=entry.id, at=entry.at, hash=entry.hash)
    for number, entry in erased.items():
        if recorded.get(number) == (entry.erasure, seal.digest_of_rest(entry.diff)):
            checked.erased[entry.erasure or ""] += 1
        else:
            checked.faults.append(_fault(AuditFaultKind.ERASED, entry))
    return checked


def _facts_are_sealed(entry: AuditEntry, key: Key) -> bool:
    return entry.salt is not None and entry.facts_digest == seal.seal_facts(key, entry.salt, entry.diff)


def _fault(kind: AuditFaultKind, entry: AuditEntry) -> AuditFault:
    line = f"{entry.at.isoformat(timespec='seconds')} {entry.action} {entry.thing}"
    return AuditFault(kind, entry.id, line)
