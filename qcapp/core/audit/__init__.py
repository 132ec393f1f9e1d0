"""The audit log: append-only, keyed, and verifiable although personal facts can be erased from it."""

from qcapp.core.audit.actions import Action, LogAction
from qcapp.core.audit.attempts import RECORDED, LeftOut, record_attempt, record_left_out
from qcapp.core.audit.checking import AuditFault, AuditFaultKind, Checked, check
from qcapp.core.audit.entries import AuditEntry, change, changes, lock
from qcapp.core.audit.erasing import ERASED, FACTS_ERASED, erase_facts
from qcapp.core.audit.heads import Head, forget_head, holds, holds_hash, last_head, note_head, noted_head
from qcapp.core.audit.keys import AuditKeeper, demand_key
from qcapp.core.audit.recording import record
from qcapp.core.audit.sealing import seal_anew, seal_former

__all__ = [
    "ERASED",
    "FACTS_ERASED",
    "RECORDED",
    "Action",
    "AuditEntry",
    "AuditFault",
    "AuditFaultKind",
    "AuditKeeper",
    "Checked",
    "Head",
    "LeftOut",
    "LogAction",
    "change",
    "changes",
    "check",
    "demand_key",
    "erase_facts",
    "forget_head",
    "holds",
    "holds_hash",
    "last_head",
    "lock",
    "note_head",
    "noted_head",
    "record",
    "record_attempt",
    "record_left_out",
    "seal_anew",
    "seal_former",
]
