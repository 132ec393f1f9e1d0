"""What the audit log records of the installation, in words."""

from qcapp.core.audit import Action
from qcapp.core.i18n import lazy
from qcapp.people.audit_words import AuditWords
from qcapp.terms import N_


class OperationAction(Action):
    """What the audit log records of the installation."""

    BACKUP_RESTORED = "backup_restored", N_("Backup restored")
    INSTALLATION_MOVED = "installation_moved", N_("Installation moved to another database")
    FILE_MENDED = "file_mended", N_("Stored file put right")
    FILE_REMOVED = "file_removed", N_("Unknown stored file deleted")


AUDITED = AuditWords(
    actions=OperationAction,
    kinds={
        "file": lazy("Stored file"),
    },
    fields={
        "fault": lazy("What was wrong"),
        "database_rows": lazy("Rows of the database"),
        "noted_entry": lazy("Last entry noted"),
    },
    values={
        "fault": {
            "missing": lazy("not in the storage"),
            "changed": lazy("its bytes have changed"),
            "unreadable": lazy("cannot be read"),
            "unknown": lazy("no row names it"),
        },
    },
)
