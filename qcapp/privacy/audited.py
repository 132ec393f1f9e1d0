"""What the audit log records of clients' data, in words."""

from qcapp.core.audit import Action
from qcapp.core.i18n import lazy
from qcapp.people.audit_words import AuditWords
from qcapp.terms import N_


class PrivacyAction(Action):
    """What the audit log records of clients' data."""

    CLIENT_SEARCHED = "client_searched", N_("Client's data looked for")
    CLIENT_HANDED_OUT = "client_handed_out", N_("Client's data handed out")
    CLIENT_DATA_ERASED = "client_data_erased", N_("Client's data erased")
    CLIENT_DATA_AGED = "client_data_aged", N_("Data erased by age")
    RETENTION_SET = "retention_set", N_("Time of keeping set")
    RETENTION_REMOVED = "retention_removed", N_("Rule of keeping removed")


AUDITED = AuditWords(
    actions=PrivacyAction,
    kinds={
        "erasure": lazy("Erasure"),
        "client": lazy("Client"),
        "retention": lazy("Rule of keeping"),
    },
    fields={
        "clients": lazy("Clients"),
        "sound_days": lazy("Recordings, days"),
        "text_days": lazy("Texts and number, days"),
        "lead_source": lazy("Lead source"),
    },
)
