"""What reviews tell the features above."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ReviewPublished:
    """A reviewer has made a score visible to the manager."""

    review_id: int
    call_id: int
