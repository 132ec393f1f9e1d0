"""What transcripts tell the features above."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TranscriptReady:
    """A call's transcript has been saved."""

    call_id: int


@dataclass(frozen=True)
class TranscriptChanged:
    """A person corrected the text or the speakers of a transcript."""

    call_id: int
