"""What the audit log records of results, in words."""

from qcapp.core.audit import Action
from qcapp.core.i18n import lazy
from qcapp.people.audit_words import AuditWords
from qcapp.terms import N_


class ReportAction(Action):
    """What the audit log records of results."""

    EXPORT_RESULTS = "export_results", N_("Results exported")


AUDITED = AuditWords(
    actions=ReportAction,
    kinds={
        "results": lazy("Results"),
    },
)
