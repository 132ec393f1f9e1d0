"""What reviews tell the features above."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ReviewPublished:
    """A reviewer has made a score visible to the manager."""

    review_id: int
    call_id: int


@dataclass(frozen=True)
class ReviewScheduled:
    """A reviewer has finished a review that will be published at its moment."""

    review_id: int
    call_id: int


@dataclass(frozen=True)
class ReviewWithdrawn:
    """A finished review has become a draft again before its moment came."""

    review_id: int
    call_id: int


@dataclass(frozen=True)
class ReviewSubmitted:
    """A reviewer has finished a review that is not counted: in shadow mode, or for a calibration."""

    review_id: int
    call_id: int


@dataclass(frozen=True)
class DisputeOpened:
    """A manager contests answers of his review."""

    dispute_id: int
    review_id: int


@dataclass(frozen=True)
class DisputeDecided:
    """Somebody impartial has decided a dispute; the score of the review may be another one now."""

    dispute_id: int
    review_id: int


@dataclass(frozen=True)
class AnswersCorrected:
    """A slip of the reviewer was put right after publishing."""

    review_id: int
