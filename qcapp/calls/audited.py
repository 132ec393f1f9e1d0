"""What the audit log records of calls and imports, in words."""

from qcapp.core.audit import Action
from qcapp.core.i18n import lazy
from qcapp.people.audit_words import AuditWords, labels_of
from qcapp.terms import N_, Direction, LeadSource


class CallAction(Action):
    """What the audit log records of calls and imports."""

    CALLS_IMPORTED = "calls_imported", N_("Calls imported")
    CALL_CORRECTED = "call_corrected", N_("Facts of a call corrected")
    SCORED_CALL_CORRECTED = "scored_call_corrected", N_("Facts of a scored call corrected")
    IMPORT_MOVED = "import_moved", N_("Import moved to another time zone")
    MANAGERS_FOUND = "managers_found", N_("Managers of calls found")
    EXPORT_IMPORT_REPORT = "export_import_report", N_("Report of an import exported")
    EXPORT_RECORDING = "export_recording", N_("Recording exported")
    PLACE_MANAGER = "place_manager", N_("Sides of a call swapped")


AUDITED = AuditWords(
    actions=CallAction,
    kinds={
        "call": lazy("Call"),
        "import": lazy("Import"),
    },
    fields={
        "source": lazy("Source"),
        "manager_channel": lazy("Channel of the manager"),
        "contact_no": lazy("Contact"),
        "imported": lazy("imported"),
        "duplicate": lazy("known already"),
        "refused": lazy("refused"),
        "cdr_without_audio": lazy("CDR without a recording"),
        "audio_without_cdr": lazy("recording without a CDR"),
        "without_manager": lazy("call without a manager"),
        "time_kept": lazy("time left as it was"),
        "timezone": lazy("Time zone"),
        "notice": lazy("to be checked"),
    },
    values={
        "lead_source": labels_of(LeadSource),
        "direction": labels_of(Direction),
    },
)
