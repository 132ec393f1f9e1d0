"""Recognised words become segments of the recording: times mapped back, invented text taken out. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from qcapp.transcripts.engine.levels import FRAMES_PER_S
from qcapp.transcripts.engine.packing import Window
from qcapp.transcripts.engine.phantoms import Opinion, cut_repetition, why_removed
from qcapp.transcripts.engine.types import RecognisedSegment, RemovalReason, Removed, Span, Speaker, Word

PAUSE_S = 0.8  # a pause that ends a segment
LONG_S = 10.0  # from here on a segment ends with its sentence
LONGEST_S = 20.0  # and here at the next word
SENTENCE_END = (".", "!", "?", "…")


@dataclass(frozen=True, slots=True)
class Side:
    channel: int
    speaker: Speaker


def words_in_recording(words: Sequence[Word], window: Window) -> list[Word]:
    """The words with times of the recording; none reaches beyond the stretch in which it was heard."""
    placed = []
    for word in words:
        index = window.locate((word.start + word.end) / 2 * FRAMES_PER_S)
        start, end = (window.source(at * FRAMES_PER_S, index) / FRAMES_PER_S for at in (word.start, word.end))
        placed.append(Word(round(start, 3), round(max(start, end), 3), word.word, round(word.probability, 3)))
    return placed


def judged(
    words: Sequence[Word], opinion: Opinion, side: Side, *, doubted: bool = False
) -> tuple[list[RecognisedSegment], list[Removed]]:
    """Segments of one window's words, and what was taken out of them.

    `doubted` is a window in which the model had found no word at first: what it finds then must be better founded.
    """
    kept, repeated = cut_repetition(words)
    segments: list[RecognisedSegment] = []
    removed = [_removed(repeated, RemovalReason.REPETITION, side)] if repeated else []
    for part in split(kept):
        if reason := why_removed(part, opinion, doubted=doubted):
            removed.append(_removed(part, reason, side))
        else:
            segments.append(_segment(part, side))
    return segments, removed


def split(words: Sequence[Word]) -> list[list[Word]]:
    """Words that are said in one go."""
    parts: list[list[Word]] = []
    for word in words:
        if parts and not _ends(parts[-1], word):
            parts[-1].append(word)
        else:
            parts.append([word])
    return parts


def _ends(part: Sequence[Word], following: Word) -> bool:
    length = part[-1].end - part[0].start
    if following.start - part[-1].end > PAUSE_S or length > LONGEST_S:
        return True
    return length > LONG_S and part[-1].word.rstrip().endswith(SENTENCE_END)


def without_phantoms(
    spans: Sequence[Span], removed: Sequence[Removed], segments: Sequence[RecognisedSegment]
) -> tuple[Span, ...]:
    """Spans of speech less those whose whole text was taken out: music and tones are no speech."""
    return tuple(
        span
        for span in spans
        if not any(_touch(span, phantom) for phantom in removed)
        or any(_touch(span, segment) for segment in segments)
    )


def _touch(span: Span, other: RecognisedSegment | Removed) -> bool:
    return other.start < span.end and span.start < other.end


def _segment(words: Sequence[Word], side: Side) -> RecognisedSegment:
    sure = sum(word.probability for word in words) / len(words)
    return RecognisedSegment(
        side.channel, side.speaker, words[0].start, words[-1].end, _text(words), tuple(words), round(sure, 3)
    )


def _removed(words: Sequence[Word], reason: RemovalReason, side: Side) -> Removed:
    return Removed(side.channel, side.speaker, words[0].start, words[-1].end, _text(words), reason)


def _text(words: Sequence[Word]) -> str:
    return "".join(word.word for word in words).strip()
