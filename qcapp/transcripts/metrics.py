"""Figures of the speech in a call, from who spoke when and what was said: rules without a database.

They are hints for a person, never a score. All times are seconds from the start of the recording.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from qcapp.core.text_search import words as letters

BACKCHANNEL_S = 1.0
"""Shorter speech of the listener («угу», «да-да») neither interrupts nor ends a monologue."""
SILENCE_S = 3.0
"""Both quiet for longer than this is a silence."""
ENOUGH_SPEECH_S = 10.0
"""Below this a pace in words a minute says nothing."""

FILLERS = (
    "ну", "короче", "типа", "ээ", "эм", "мм", "эээ", "эмм", "ммм", "вообще-то",
    "как бы", "так сказать", "в общем", "в принципе", "это самое", "как его", "скажем так", "как говорится", "ну вот",
)  # fmt: skip

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker said in one piece; ``starts`` are the moments of its words."""

    text: str
    start: float
    end: float
    words: int


@dataclass(frozen=True, slots=True)
class SpeechFigures:
    """What was measured; None where it cannot be known. See the columns of SpeechMetrics."""

    talk_share: float | None
    longest_monologue_s: float | None
    interruptions_by_manager: int | None
    interruptions_by_client: int | None
    silences: int
    silence_s: float
    pace_wpm: float | None
    questions: int | None
    fillers: int | None
    first_word_s: float | None


def measure(manager: Sequence[Span], client: Sequence[Span], said: Sequence[Turn]) -> SpeechFigures:
    """The figures of a call whose sides are known; ``said`` are the manager's turns in order."""
    ours, theirs = merged(manager), merged(client)
    quiet = silences(ours + theirs)
    ours_s, theirs_s = total(ours), total(theirs)
    by_manager, by_client = interruptions(ours, theirs)
    spoken = sum(turn.words for turn in said)
    return SpeechFigures(
        talk_share=ours_s / (ours_s + theirs_s) if ours_s + theirs_s else None,
        longest_monologue_s=longest_monologue(ours, theirs),
        interruptions_by_manager=by_manager,
        interruptions_by_client=by_client,
        silences=len(quiet),
        silence_s=total(quiet),
        pace_wpm=spoken / ours_s * 60 if ours_s >= ENOUGH_SPEECH_S else None,
        questions=sum(questions(turn.text) for turn in said),
        fillers=sum(fillers(turn.text) for turn in said),
        first_word_s=min((turn.start for turn in said), default=None),
    )


def measure_unknown(speech: Sequence[Span]) -> SpeechFigures:
    """What can be said while nobody knows who is who: the silences."""
    quiet = silences(merged(speech))
    return SpeechFigures(None, None, None, None, len(quiet), total(quiet), None, None, None, None)


def merged(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, those that touch or overlap made one; empty and backward ones dropped."""
    joined: list[Span] = []
    for start, end in sorted(span for span in spans if span[1] > span[0]):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def total(spans: Iterable[Span]) -> float:
    """Seconds in spans that do not overlap."""
    return sum(end - start for start, end in spans)


def silences(speech: Iterable[Span]) -> list[Span]:
    """Where nobody speaks for more than ``SILENCE_S``, between the first word and the last."""
    spans = merged(speech)
    gaps = [(before[1], after[0]) for before, after in pairwise(spans)]
    return [gap for gap in gaps if gap[1] - gap[0] > SILENCE_S]


def interruptions(ours: Sequence[Span], theirs: Sequence[Span]) -> tuple[int, int]:
    """How often each side came in while the other spoke, both then speaking for more than a second."""
    by_us = by_them = 0
    for our in ours:
        for their in theirs:
            if min(our[1], their[1]) - max(our[0], their[0]) > BACKCHANNEL_S:
                if our[0] > their[0]:
                    by_us += 1
                else:
                    by_them += 1
    return by_us, by_them


def longest_monologue(ours: Sequence[Span], theirs: Sequence[Span]) -> float | None:
    """The longest time one side held the floor: from first to last word, backchannels aside, no silence inside."""
    others = [span for span in theirs if total([span]) > BACKCHANNEL_S]
    longest, run = None, None
    for span in ours:
        if run and span[0] - run[1] <= SILENCE_S and not any(run[0] < other[0] < span[0] for other in others):
            run = (run[0], span[1])
        else:
            run = span
        longest = max(longest or 0.0, run[1] - run[0])
    return longest


def questions(text: str) -> int:
    """Question marks, several in a row being one question."""
    return sum(sign == "?" and text[at + 1 : at + 2] != "?" for at, sign in enumerate(text))


def fillers(text: str) -> int:
    """Words and sayings that fill a pause; the longer saying counts once."""
    spoken = " " + "  ".join(letters(text)) + " "
    found = 0
    for filler in sorted(FILLERS, key=len, reverse=True):
        phrase = " " + "  ".join(letters(filler)) + " "
        found += spoken.count(phrase)
        spoken = spoken.replace(phrase, "  ")
    return found
