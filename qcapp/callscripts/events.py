"""What scripts tell the features above."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DraftSubmitted:
    """A manager has handed in a draft of the own script."""

    draft_id: int


@dataclass(frozen=True)
class DraftDecided:
    """A draft has been approved or returned."""

    draft_id: int
