"""States and kinds of onboarding; apart from the tables, so that pure rules use them."""

from enum import StrEnum

from qcapp.terms import N_, Term


class ProgramState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class Result(StrEnum):
    """How a stage was left."""

    PASSED = "passed"
    FAILED = "failed"
    """The exam: everything is learnt again from the first stage."""
    REPEATED = "repeated"
    """By decision, after the time was over."""
    PARTED = "parted"
    BEGUN_ANEW = "begun_anew"
    """Interrupted; after coming back another onboarding was begun instead."""
    GRANTED = "granted"
    """For staff, by a decision about clearance."""
    MOVED = "moved"
    """By hand, with a reason, although something was not met."""
    REVOKED = "revoked"
    """Of staff: the clearance was taken away."""


class DeliverableKind(Term):
    """What a trainee hands in on the first day."""

    SPVE = "spve", N_("SPVE table")
    REASONS = "reasons", N_("Reasons to buy")


class WorkState(StrEnum):
    WRITING = "writing"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"


class SaleState(StrEnum):
    ENTERED = "entered"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


class Overdue(StrEnum):
    """What is decided when a stage takes longer than it may."""

    PROLONG = "prolong"
    REPEAT = "repeat"
    PART = "part"
