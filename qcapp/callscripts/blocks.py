"""The parts of a script, in the order of a call."""

from enum import StrEnum


class Block(StrEnum):
    PREPARATION = "preparation"
    GREETING = "greeting"
    GOAL = "goal"
    NEEDS = "needs"
    PRESENTATION = "presentation"
    OBJECTIONS = "objections"
    CLOSING = "closing"


class DraftState(StrEnum):
    WRITING = "writing"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
