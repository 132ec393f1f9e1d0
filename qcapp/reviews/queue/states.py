"""Kinds of plans, periods, states of a call in the queue; apart from the tables, so that pure rules use them."""

from enum import StrEnum


class PlanKind(StrEnum):
    CALLS = "calls"
    """So many calls of every manager."""
    CONTACTS = "contacts"
    """So many clients of every manager, with all their calls of the period."""


class Period(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class AssignmentState(StrEnum):
    WAITING = "waiting"
    """In the queue of ``reviewer``, or of anybody."""
    TAKEN = "taken"
    """Its reviewer is at it."""
    DONE = "done"
    REMOVED = "removed"


OPEN = (AssignmentState.WAITING, AssignmentState.TAKEN)


class Shortage(StrEnum):
    """Why a manager has fewer calls (or clients) in a draw than were wanted."""

    NO_CALLS = "no_calls"
    """He had no call in the period."""
    NONE_FIT = "none_fit"
    """He had calls, but none within the conditions."""
    NOT_TRANSCRIBED = "not_transcribed"
    """Some that fit have no transcript yet; they may still come."""
    USED_UP = "used_up"
    """All that fit are scored, in the queue or being calibrated already."""
