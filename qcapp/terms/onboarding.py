"""Terms of the onboarding that other features speak too."""

from qcapp.terms.term import N_, Term


class ConditionKind(Term):
    """What a stage of the onboarding may ask for."""

    SPVE = "spve", N_("SPVE table")
    """The SPVE table is accepted, with ``count`` rows."""
    REASONS = "reasons", N_("Reasons to buy")
    """``count`` reasons to buy are accepted."""
    LESSONS = "lessons", N_("Lessons")
    """Every lesson of the stage is confirmed."""
    SCRIPT = "script", N_("Own script")
    """A draft of the own script is approved."""
    EXAM = "exam", N_("Exam")
    """The last exam has the mark ``mark`` or better, and no critical error."""
    SCORED_CALLS = "scored_calls", N_("Scored calls")
    """``count`` calls of the stage are scored."""
    SALE = "sale", N_("Sale")
    """``count`` sales are confirmed."""
    SCORE = "score", N_("Average score")
    """The average of the ``last`` scored calls is ``score`` per cent or better."""
    NO_CRITICAL = "no_critical", N_("Without critical errors")
    """None of the ``last`` scored calls has a critical error."""


class ClearanceVerdict(Term):
    """What was decided about clearance for hot leads."""

    GRANTED = "granted", N_("clearance granted")
    REFUSED = "refused", N_("clearance refused")
    REVOKED = "revoked", N_("clearance taken away")
    DECLARED = "declared", N_("declared staff")
    """Of somebody without an onboarding here: was on the staff already."""
