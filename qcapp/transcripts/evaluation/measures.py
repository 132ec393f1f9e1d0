"""How far a transcript is from the truth. Pure; texts are compared in the form of `comparable_words`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from qcapp.transcripts.engine.types import RecognisedSegment, Speaker, Word
from qcapp.transcripts.evaluation.words import comparable_words

NEAR_S = 0.5  # a word this close to a turn is taken to belong to it


@dataclass(frozen=True, slots=True)
class TruthTurn:
    speaker: Speaker
    start: float
    end: float
    text: str


@dataclass(frozen=True, slots=True)
class Errors:
    """Edit distance and what it is a share of; sums give the rate of a whole set."""

    wrong: int = 0
    total: int = 0

    def __add__(self, other: "Errors") -> "Errors":
        return Errors(self.wrong + other.wrong, self.total + other.total)

    @property
    def rate(self) -> float | None:
        return self.wrong / self.total if self.total else None


def word_errors(truth: str, said: str) -> Errors:
    expected = comparable_words(truth)
    return Errors(Levenshtein.distance(expected, comparable_words(said)), len(expected))


def letter_errors(truth: str, said: str) -> Errors:
    expected = " ".join(comparable_words(truth))
    return Errors(Levenshtein.distance(expected, " ".join(comparable_words(said))), len(expected))


def text_of_turns(turns: Iterable[TruthTurn], speaker: Speaker) -> str:
    """What one side said, in order of time; with UNKNOWN, what everybody said."""
    chosen = [turn for turn in turns if speaker in (turn.speaker, Speaker.UNKNOWN)]
    return " ".join(turn.text for turn in sorted(chosen, key=lambda turn: turn.start))


def words_of(segments: Iterable[RecognisedSegment], speaker: Speaker) -> list[Word]:
    chosen = (word for segment in segments if segment.speaker == speaker for word in segment.words)
    return sorted(chosen, key=lambda word: word.start)


def text_of_words(words: Iterable[Word]) -> str:
    return " ".join(word.word.strip() for word in words)


def speakers_right(segments: Iterable[RecognisedSegment], turns: Sequence[TruthTurn]) -> Errors:
    """Of the words at whose time somebody spoke: how many stand with one who did not."""
    wrong = total = 0
    for segment in segments:
        for word in segment.words:
            speaking = {turn.speaker for turn in turns if _during(word, turn)}
            if speaking:
                total += 1
                wrong += segment.speaker not in speaking
    return Errors(wrong, total)


def is_phantom(segment: RecognisedSegment, turns: Sequence[TruthTurn]) -> bool:
    """Most of its words stand where nobody speaks."""
    missed = sum(not any(_during(word, turn) for turn in turns) for word in segment.words)
    return missed * 2 > len(segment.words)


def _during(word: Word, turn: TruthTurn) -> bool:
    middle = (word.start + word.end) / 2
    return turn.start - NEAR_S <= middle <= turn.end + NEAR_S


def start_errors(words: Sequence[Word], turns: Sequence[TruthTurn]) -> list[float]:
    """For each turn whose first word was recognised, rightly or not: how far its start is from the turn's."""
    expected = [
        (part, turn if first else None) for turn in _in_order(turns) for part, first in _parts(turn.text)
    ]
    heard = [(part, word) for word in words for part in comparable_words(word.word)]
    operations = Levenshtein.opcodes([part for part, _ in expected], [part for part, _ in heard])
    found = []
    for step in operations:
        if step.tag not in ("equal", "replace"):
            continue
        pairs = zip(range(step.src_start, step.src_end), range(step.dest_start, step.dest_end), strict=False)
        for theirs, ours in pairs:
            turn = expected[theirs][1]
            if turn is not None:
                found.append(abs(heard[ours][1].start - turn.start))
    return found


def _in_order(turns: Iterable[TruthTurn]) -> list[TruthTurn]:
    return sorted(turns, key=lambda turn: turn.start)


def _parts(text: str) -> list[tuple[str, bool]]:
    return [(part, index == 0) for index, part in enumerate(comparable_words(text))]
