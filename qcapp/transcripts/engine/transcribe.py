"""Recordings in, transcripts out: windows of all channels of all waiting calls share batches."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from qcapp.calls.audio import Audio, open_audio
from qcapp.core.errors import Refused, Unavailable
from qcapp.core.i18n import _
from qcapp.core.storage import answering
from qcapp.transcripts.engine.listening import HeardChapter, HeardWindow, hear
from qcapp.transcripts.engine.model_files import find_model
from qcapp.transcripts.engine.phantoms import went_astray
from qcapp.transcripts.engine.stopwatch import Stopwatch
from qcapp.transcripts.engine.turns import Side, judged, without_phantoms, words_in_recording
from qcapp.transcripts.engine.types import (
    AUTO,
    Failure,
    Job,
    JobResult,
    Progress,
    RecognisedSegment,
    Removed,
    Span,
    Speaker,
    Transcript,
)
from qcapp.transcripts.engine.whisper import Decoding, Prompt, Recognition, Whisper

log = logging.getLogger(__name__)

POOL = 2  # batches' worth of windows that wait, so that each batch finds windows of like length
UNFINISHED = 0.99  # progress before the last batch is through: a call is never reported done early


@dataclass
class _Call:
    """A recording on its way through."""

    job: Job
    language: str
    complete: bool = False  # read to its end
    read: float = 0.0  # share that has been read
    open_windows: int = 0
    all_windows: int = 0
    duration: float = 0.0
    lost_s: float = 0.0
    failure: Failure | None = None
    sides: dict[int, Side] = field(default_factory=dict)
    segments: list[RecognisedSegment] = field(default_factory=list)
    removed: list[Removed] = field(default_factory=list)
    spans: dict[int, list[Span]] = field(default_factory=lambda: defaultdict(list))

    @property
    def prompt(self) -> Prompt:
        return Prompt(self.language, self.job.hotwords)

    @property
    def progress(self) -> float:
        return min(self.read * (1 - self.open_windows / self.all_windows), UNFINISHED)

    def add(self, heard: HeardWindow, recognition: Recognition) -> "list[_Waiting]":
        """Take in what was recognised; what has to be recognised again comes back in smaller windows.

        Some music among the speech is enough to make the model repeat one sound until the window ends: then its
        halves. And sometimes it stops before the end or skips a sentence: then the gap.
        """
        words, opinion = recognition.words, recognition.opinion
        again = heard.halves() if went_astray(words, opinion) else []
        if not again:
            again = heard.gaps(words)
            placed = words_in_recording(words, heard.window)
            segments, removed = judged(placed, opinion, self.sides[heard.channel], doubted=heard.second_look)
            self.segments += segments
            self.removed += removed
        self.open_windows += len(again) - 1
        self.all_windows += len(again)
        return [_Waiting(self, part) for part in again]

    def outcome(self) -> JobResult:
        segments = tuple(sorted(self.segments, key=lambda segment: (segment.start, segment.channel)))
        removed = tuple(sorted(self.removed, key=lambda piece: (piece.start, piece.channel)))
        spans = {
            channel: without_phantoms(found, *_of_channel(channel, removed, segments))
            for channel, found in sorted(self.spans.items())
        }
        language = "" if self.language == AUTO else self.language
        return JobResult(self.job, Transcript(self.duration, segments, removed, self.lost_s, spans, language))


def _of_channel(
    channel: int, removed: Iterable[Removed], segments: Iterable[RecognisedSegment]
) -> tuple[list[Removed], list[RecognisedSegment]]:
    return [piece for piece in removed if piece.channel == channel], [
        part for part in segments if part.channel == channel
    ]


@dataclass(frozen=True, slots=True)
class _Waiting:
    call: _Call
    heard: HeardWindow


class WhisperEngine:
    """faster-whisper on the CPU: one engine a process, one thread an engine (docs/decisions)."""

    def __init__(
        self, model: str, data_dir: Path, threads: int = 1, decoding: Decoding | None = None
    ) -> None:
        self._folder = find_model(model, data_dir)
        self._threads = threads
        self.decoding = decoding or Decoding()
        self.stopwatch = Stopwatch()
        self.name = f"faster-whisper {self._folder.name} {self.decoding.compute_type}"

    @cached_property
    def whisper(self) -> Whisper:
        return Whisper(self._folder, self._threads, self.decoding, self.stopwatch)

    def transcribe(self, jobs: Iterable[Job], progress: Progress | None = None) -> Iterator[JobResult]:
        """Outcomes as they get ready. `jobs` is read as fast as the recogniser works: it may be a queue."""
        tell = progress or _tell_nobody
        pool: list[_Waiting] = []
        for job in jobs:
            call = _Call(job, job.language)
            chapters = self._chapters(call)
            while not call.failure and (chapter := _next(chapters, call)):
                pool += _windows(call, chapter)
                yield from self._work(pool, tell, keep_s=POOL * self.decoding.batch_s)
            if call.failure:
                pool = [waiting for waiting in pool if waiting.call is not call]
                yield JobResult(job, call.failure)
            elif not call.open_windows:
                yield call.outcome()
        yield from self._work(pool, tell, keep_s=0)

    def _chapters(self, call: _Call) -> Iterator[HeardChapter]:
        job = call.job
        with open_audio(job.path, name=job.name) as audio:
            for chapter in hear(audio, self.decoding.window_s, self.stopwatch):
                call.sides = call.sides or _sides(audio, job, chapter)
                call.read = min(chapter.until / audio.expected_s, 1.0) if audio.expected_s else 0.5
                if call.language == AUTO and chapter.windows:
                    longest = max(chapter.windows, key=lambda heard: heard.window.length)
                    call.language = self.whisper.detect_language(longest.sound)
                yield chapter
            call.duration, call.lost_s = audio.decoded_s, audio.lost_s
        call.read, call.complete = 1.0, True

    def _work(self, pool: list[_Waiting], tell: Progress, keep_s: float) -> Iterator[JobResult]:
        """Recognise until no more than so many seconds wait."""
        while sum(waiting.heard.seconds for waiting in pool) > keep_s:
            batch = self._batch(pool)
            taken = {id(waiting) for waiting in batch}
            pool[:] = [waiting for waiting in pool if id(waiting) not in taken]
            found = self.whisper.recognise([waiting.heard.sound for waiting in batch], batch[0].call.prompt)
            for waiting, recognition in zip(batch, found, strict=True):
                pool += waiting.call.add(waiting.heard, recognition)
            for call in {id(waiting.call): waiting.call for waiting in batch}.values():
                tell(call.job, call.progress)
                if call.complete and not call.open_windows:
                    yield call.outcome()

    def _batch(self, pool: list[_Waiting]) -> list[_Waiting]:
        """The window that has waited longest, and those most like it in length: the longest sets the price."""
        first = pool[0]
        alike = sorted(
            (waiting for waiting in pool if waiting.call.prompt == first.call.prompt),
            key=lambda waiting: abs(waiting.heard.seconds - first.heard.seconds),
        )
        batch: list[_Waiting] = []
        longest = 0.0
        for waiting in alike:
            longest = max(longest, waiting.heard.seconds)
            if batch and longest * (len(batch) + 1) > self.decoding.batch_s:
                break
            batch.append(waiting)
        return batch


def _next(chapters: Iterator[HeardChapter], call: _Call) -> HeardChapter | None:
    """The next chapter; None at the end, or when the recording turns out to be unusable."""
    try:
        with answering():
            return next(chapters, None)
    except Refused as refusal:
        call.failure = Failure(str(refusal))
    except Unavailable as fault:
        call.failure = Failure(str(fault), fault)
    except (OSError, ValueError, ArithmeticError, MemoryError):
        log.exception("a recording could not be read", extra={"job": call.job.key})
        call.failure = Failure(_("The recording could not be read. Try again, or look into the log."))
    return None


def _windows(call: _Call, chapter: HeardChapter) -> list[_Waiting]:
    call.open_windows += len(chapter.windows)
    call.all_windows += len(chapter.windows)
    for channel, spans in chapter.spans.items():
        call.spans[channel] += spans
    return [_Waiting(call, heard) for heard in chapter.windows]


def _sides(audio: Audio, job: Job, chapter: HeardChapter) -> dict[int, Side]:
    """Whose voice each channel holds. A single sound, even if saved in two channels, is everybody's."""
    channels = 1 if chapter.one_sound else audio.channels
    if channels == 1 or job.manager_channel not in (0, 1):
        return {channel: Side(channel, Speaker.UNKNOWN) for channel in range(channels)}
    speakers = {job.manager_channel: Speaker.MANAGER, 1 - job.manager_channel: Speaker.CLIENT}
    return {channel: Side(channel, speakers[channel]) for channel in range(channels)}


def _tell_nobody(job: Job, share: float) -> None:
    """The progress callback of those who did not ask."""
