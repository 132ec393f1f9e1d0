"""What the audit log records of scripts, in words."""

from qcapp.core.audit import Action
from qcapp.core.i18n import lazy
from qcapp.people.audit_words import AuditWords
from qcapp.terms import N_


class ScriptAction(Action):
    """What the audit log records of scripts."""

    SCRIPT_BEGUN = "script_begun", N_("Draft of a script begun")
    SCRIPT_DISCARDED = "script_discarded", N_("Draft of a script removed")
    SCRIPT_SUBMITTED = "script_submitted", N_("Draft of a script handed in")
    SCRIPT_COMMENTED = "script_commented", N_("Comment on a script")
    SCRIPT_RETURNED = "script_returned", N_("Draft of a script returned")
    SCRIPT_APPROVED = "script_approved", N_("Draft of a script approved")
    EXPORT_SCRIPT = "export_script", N_("Script exported")


AUDITED = AuditWords(
    actions=ScriptAction,
    kinds={
        "script_draft": lazy("Draft of a script"),
    },
    fields={
        "draft": lazy("Draft"),
        "block": lazy("Block of the script"),
        "starter": lazy("Began from"),
    },
)
