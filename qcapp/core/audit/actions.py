"""What the audit log can record."""

from qcapp.terms import N_, Term


class Action(Term):
    """Something done, as the log names it. Every feature lists its own in its module ``audited``."""


class LogAction(Action):
    """What the log records of itself, and of those who were turned away."""

    REFUSED = "refused", N_("Attempt refused")
    AUDIT_SEALED = "audit_sealed", N_("Audit log sealed with a key")
    AUDIT_REKEYED = "audit_rekeyed", N_("Key of the audit log lost, a new one made")
    AUDIT_FACTS_ERASED = "audit_facts_erased", N_("Personal facts erased from the audit log")
    ATTEMPTS_LEFT_OUT = "attempts_left_out", N_("Refused attempts left out of the log")
