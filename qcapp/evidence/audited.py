"""What the audit log records of the list of forbidden phrases, in words."""

from qcapp.core.audit import Action
from qcapp.core.i18n import lazy
from qcapp.people.audit_words import AuditWords
from qcapp.terms import N_


class EvidenceAction(Action):
    """What the audit log records of the list of forbidden phrases."""

    PHRASE_ADDED = "phrase_added", N_("Forbidden phrase listed")
    PHRASE_RETIRED = "phrase_retired", N_("Forbidden phrase taken off the list")


AUDITED = AuditWords(
    actions=EvidenceAction,
    kinds={
        "phrase": lazy("Forbidden phrase"),
    },
    fields={
        "phrase": lazy("Phrase"),
    },
)
