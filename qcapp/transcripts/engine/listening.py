"""Reads a recording piece by piece and finds the windows worth recognising in it, with bounded memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from qcapp.calls.audio import Audio
from qcapp.transcripts.engine.crosstalk import leaked, same_sound
from qcapp.transcripts.engine.levels import FRAME, FRAMES_PER_S, RATE, Levels, Sound, frame_levels, spread
from qcapp.transcripts.engine.packing import Stretch, Window, pack
from qcapp.transcripts.engine.speech import (
    LISTEN_AROUND,
    Probabilities,
    choose_threshold,
    padded,
    speech,
    speech_probabilities,
    worth_listening,
)
from qcapp.transcripts.engine.stopwatch import Phase, Stopwatch
from qcapp.transcripts.engine.types import Span, Word

CHAPTER_S = 300  # a chapter of two channels takes 40 MB
CUT_WITHIN_S = 60  # a chapter ends at the quietest place of its last minute
BLOCK_S = 30.0
LONGEST = int(29 * FRAMES_PER_S)  # frames in a window; the model takes 30 s, and wants silence at the end
GAP_S = 1.5  # without a word; pauses are hardly longer, for windows hold stretches of speech only
QUIET_FRAMES = 16  # half a second


@dataclass(frozen=True, slots=True)
class HeardWindow:
    """A window of one channel with its sound. Its stretches count frames from the start of the recording."""

    channel: int
    window: Window
    sound: Sound

    second_look: bool = False

    @property
    def seconds(self) -> float:
        return len(self.sound) / RATE

    def halves(self) -> "list[HeardWindow]":
        """The window in two, parted between stretches; nothing if it is a single stretch."""
        if (middle := self.window.middle()) is None:
            return []
        return [self._part(0, middle), self._part(middle, self.window.length)]

    def gaps(self, words: Sequence[Word]) -> "list[HeardWindow]":
        """Where somebody speaks and no word was recognised: at times the model stops or skips a sentence."""
        if not words or self.second_look:
            return []
        starts = [*(word.start for word in words), self.seconds]
        ends = [0.0, *(word.end for word in words)]
        return [
            replace(self._part(int(end * FRAMES_PER_S), int(start * FRAMES_PER_S)), second_look=True)
            for end, start in zip(ends, starts, strict=True)
            if start - end > GAP_S
        ]

    def _part(self, start: int, end: int) -> "HeardWindow":
        sound = self.sound[start * FRAME : end * FRAME]
        return HeardWindow(self.channel, self.window.part(start, end), sound, self.second_look)


@dataclass(frozen=True, slots=True)
class HeardChapter:
    until: float  # seconds of the recording read so far
    windows: tuple[HeardWindow, ...]
    spans: dict[int, tuple[Span, ...]]
    one_sound: bool  # both channels carry the same


def hear(audio: Audio, window_s: float, stopwatch: Stopwatch) -> Iterator[HeardChapter]:
    """The chapters of a recording. A mono recording saved in two channels is heard once."""
    one_sound: bool | None = None
    first = 0  # frame at which the chapter starts
    for sound in _chapters(audio, stopwatch):
        if one_sound is None and audio.channels == 2 and np.any(sound):
            one_sound = same_sound(sound[0], sound[1])
        with stopwatch(Phase.SPEECH):
            windows, spans = _hear_chapter(
                sound[:1] if one_sound else sound, first, int(window_s * FRAMES_PER_S)
            )
        first += sound.shape[1] // FRAME
        yield HeardChapter(first / FRAMES_PER_S, windows, spans, bool(one_sound))


def _chapters(audio: Audio, stopwatch: Stopwatch) -> Iterator[Sound]:
    """Pieces of about CHAPTER_S, cut between frames where all channels are quiet."""
    held: list[Sound] = []
    blocks = audio.blocks(rate=RATE, seconds=BLOCK_S)
    while True:
        with stopwatch(Phase.DECODING):
            block = next(blocks, None)
        if block is None:
            break
        held.append(block)
        if sum(piece.shape[1] for piece in held) >= CHAPTER_S * RATE:
            sound = np.concatenate(held, axis=1)
            cut = _quiet_place(sound)
            yield sound[:, :cut]
            held = [sound[:, cut:].copy()]
    if held:
        yield np.concatenate(held, axis=1)


def _quiet_place(sound: Sound) -> int:
    late = sound[:, -CUT_WITHIN_S * RATE :]
    levels = np.max([frame_levels(channel) for channel in late], axis=0)
    loudness = np.convolve(levels, np.ones(QUIET_FRAMES) / QUIET_FRAMES, mode="valid")
    middle = int(np.argmin(loudness)) + QUIET_FRAMES // 2
    place = sound.shape[1] - late.shape[1] + middle * FRAME
    return int(place // FRAME * FRAME)


def _hear_chapter(
    sound: Sound, first: int, wanted: int
) -> tuple[tuple[HeardWindow, ...], dict[int, tuple[Span, ...]]]:
    levels = [frame_levels(channel) for channel in sound]
    windows: list[HeardWindow] = []
    spans: dict[int, tuple[Span, ...]] = {}
    for channel, mine in enumerate(sound):
        other = levels[1 - channel] if len(levels) == 2 else None
        probabilities, threshold = _judge(mine, levels[channel], other)
        found = speech(probabilities, threshold)
        spans[channel] = tuple(
            Span((first + part.start) / FRAMES_PER_S, (first + part.end) / FRAMES_PER_S) for part in found
        )
        for window in pack(padded(found, len(probabilities)), probabilities.tolist(), wanted, LONGEST):
            heard = np.concatenate([mine[part.start * FRAME : part.end * FRAME] for part in window.stretches])
            moved = Window(tuple(Stretch(first + part.start, first + part.end) for part in window.stretches))
            windows.append(HeardWindow(channel, moved, heard))
    return tuple(windows), spans


def _judge(sound: Sound, levels: Levels, other: Levels | None) -> tuple[Probabilities, float]:
    """How probable speech of this side is in each frame, and from which probability on to believe it."""
    listen = worth_listening(levels)
    leak = leaked(levels, other) if other is not None else np.zeros(len(levels), dtype=np.bool_)
    probabilities = speech_probabilities(sound, levels, listen & spread(~leak, LISTEN_AROUND))
    probabilities[leak] = 0.0
    return probabilities, choose_threshold(probabilities, np.where(leak, levels.min(), levels))
