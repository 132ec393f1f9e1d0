"""What calls tell the features above."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CallNoted:
    """A call has been written down, recorded or not, or what is known of it has been corrected."""

    call_id: int


@dataclass(frozen=True)
class ScoredCallCorrected:
    """What a published score of the call counts by has been corrected; ``CallNoted`` follows."""

    call_id: int
    correction_id: int


@dataclass(frozen=True)
class ClientCorrected:
    """A call was with another client than had been written down."""

    call_id: int


@dataclass(frozen=True)
class CallImported:
    """A call with a usable recording has been saved."""

    call_id: int


@dataclass(frozen=True)
class SidesSwapped:
    """Somebody said that the manager is on the other channel."""

    call_id: int
