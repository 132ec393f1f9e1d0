"""The parts of a script, in the order of a call, and which of them a section of a card asks about."""

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


_ASKED = {
    "greeting": (Block.GREETING,),
    "goal": (Block.GOAL, Block.NEEDS),
    "needs": (Block.NEEDS,),
    "presentation": (Block.PRESENTATION,),
    "objections": (Block.OBJECTIONS,),
    "close": (Block.CLOSING,),
    "closing": (Block.CLOSING,),
}


def blocks_of(section: str) -> tuple[Block, ...]:
    """What of a script answers the items of the section with this key, the closest first; empty: nothing does."""
    return _ASKED.get(section, ())
