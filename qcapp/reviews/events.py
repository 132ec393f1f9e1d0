"""What reviews tell the features above."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ReviewPublished:
    """A reviewer has made a score visible to the manager."""

    review_id: int
    call_id: int


@dataclass(frozen=True)
class ReviewSubmitted:
    """A reviewer has finished a review that is not counted: in shadow mode, or for a calibration."""

    review_id: int
    call_id: int
