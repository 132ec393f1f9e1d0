"""What goes into an engine and what comes out. All times are seconds from the start of the recording."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from qcapp.core.errors import Unavailable


class Speaker(StrEnum):
    MANAGER = "manager"
    CLIENT = "client"
    UNKNOWN = "unknown"


class RemovalReason(StrEnum):
    """Why a piece of recognised text is not part of the transcript."""

    KNOWN_PHANTOM = "known_phantom"  # a phrase whisper is known to write where nobody speaks
    REPETITION = "repetition"  # the same words again and again
    NO_SPEECH = "no_speech"  # the model itself doubts that anybody speaks
    UNLIKELY = "unlikely"  # too improbable word by word
    TOO_FAST = "too_fast"  # more words than anybody can say in that time
    BY_HAND = "by_hand"  # a person took it out afterwards


AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Job:
    """One recording to transcribe. `key` is the caller's own handle and comes back with the result."""

    path: Path
    manager_channel: int | None = None
    language: str = "ru"  # AUTO: let the model detect it
    hotwords: str = ""
    key: str = ""
    name: str = (
        ""  # the file's own name where `path` is a storage key: headerless formats are known by extension
    )


@dataclass(frozen=True, slots=True)
class Span:
    start: float
    end: float

    @property
    def length(self) -> float:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Word:
    start: float
    end: float
    word: str
    probability: float


@dataclass(frozen=True, slots=True)
class RecognisedSegment:
    channel: int
    speaker: Speaker
    start: float
    end: float
    text: str
    words: tuple[Word, ...]
    confidence: float  # mean probability of the words


@dataclass(frozen=True, slots=True)
class Removed:
    """Text the model wrote and the checks took out; kept so that a person can look."""

    channel: int
    speaker: Speaker
    start: float
    end: float
    text: str
    reason: RemovalReason


@dataclass(frozen=True, slots=True)
class Transcript:
    duration: float  # decoded length, not what the header claims
    segments: tuple[RecognisedSegment, ...] = ()
    removed: tuple[Removed, ...] = ()
    lost_s: float = 0.0  # sound in broken packets that could not be decoded
    spans: Mapping[int, tuple[Span, ...]] = field(
        default_factory=dict
    )  # speech by channel, for speech metrics
    language: str = "ru"


@dataclass(frozen=True, slots=True)
class Failure:
    """A recording that gave no transcript; `reason` is a sentence for a person.

    `fault`: the recording could not be read to its end where it lies, which says nothing about it.
    """

    reason: str
    fault: Unavailable | None = None


@dataclass(frozen=True, slots=True)
class JobResult:
    job: Job
    result: Transcript | Failure


Progress = Callable[[Job, float], None]  # called with a share from 0 to 1


class Engine(Protocol):
    """A recogniser. Jobs are read lazily; outcomes come as they get ready, in any order."""

    name: str

    def transcribe(self, jobs: Iterable[Job], progress: Progress | None = None) -> Iterator[JobResult]: ...
