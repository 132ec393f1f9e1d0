"""Runs the engine over recordings with known truth and says how far off it is, beside the plain run."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from qcapp.core.errors import Refused
from qcapp.transcripts.engine.types import Engine, Job, RecognisedSegment, Speaker, Transcript
from qcapp.transcripts.evaluation.measures import (
    Errors,
    TruthTurn,
    is_phantom,
    letter_errors,
    speakers_right,
    start_errors,
    text_of_turns,
    text_of_words,
    word_errors,
    words_of,
)
from qcapp.transcripts.evaluation.plain import PlainRun
from qcapp.transcripts.evaluation.truth import KnownCall

SIDES = (Speaker.MANAGER, Speaker.CLIENT)


@dataclass
class CallMeasures:
    """What is counted for one call, or for all of them together."""

    words: dict[Speaker, Errors] = field(default_factory=dict)
    letters: dict[Speaker, Errors] = field(default_factory=dict)
    plain: Errors = field(default_factory=Errors)
    misplaced: Errors = field(default_factory=Errors)
    phantoms: int = 0
    starts: list[float] = field(default_factory=list)

    def __add__(self, other: "CallMeasures") -> "CallMeasures":
        return CallMeasures(
            _summed(self.words, other.words),
            _summed(self.letters, other.letters),
            self.plain + other.plain,
            self.misplaced + other.misplaced,
            self.phantoms + other.phantoms,
            self.starts + other.starts,
        )

    def as_dict(self) -> dict[str, Any]:
        right = self.misplaced.rate
        return {
            "wer": _rounded(_all(self.words).rate),
            "cer": _rounded(_all(self.letters).rate),
            "plain_wer": _rounded(self.plain.rate),
            "speaker_accuracy": _rounded(None if right is None else 1 - right),
            "phantom_segments": self.phantoms,
            "start_error_s": _rounded(median(self.starts) if self.starts else None, 3),
            "by_speaker": {
                speaker.value: {"wer": _rounded(errors.rate), "cer": _rounded(self.letters[speaker].rate)}
                for speaker, errors in sorted(self.words.items())
            },
        }


def evaluate(
    calls: Iterable[KnownCall],
    engine: Engine,
    plain: PlainRun | None,
    done: Callable[[], None],
) -> dict[str, Any]:
    """The report: `overall` and `calls`, rates as fractions. Raises Refused for an unreadable recording."""
    known = {call.id: call for call in calls}
    jobs = (Job(call.path, call.manager_channel, call.language, key=call.id) for call in known.values())
    scores: dict[str, CallMeasures] = {}
    for outcome in engine.transcribe(jobs):
        if not isinstance(outcome.result, Transcript):
            raise Refused(f"{outcome.job.key}: {outcome.result.reason}")
        call = known[outcome.job.key]
        scores[call.id] = score(call, outcome.result)
        if plain:
            scores[call.id].plain = _plain_errors(call, plain)
        done()
    overall = sum(scores.values(), CallMeasures())
    return {
        "overall": overall.as_dict(),
        "calls": [{"id": call_id} | scores[call_id].as_dict() for call_id in known],
    }


def score(call: KnownCall, transcript: Transcript) -> CallMeasures:
    found = CallMeasures(phantoms=sum(is_phantom(segment, call.turns) for segment in transcript.segments))
    two_sides = any(side in SIDES for side in _sides(transcript.segments))
    for side in SIDES if two_sides else (Speaker.UNKNOWN,):
        words = words_of(transcript.segments, side)
        truth, said = text_of_turns(call.turns, side), text_of_words(words)
        found.words[side] = word_errors(truth, said)
        found.letters[side] = letter_errors(truth, said)
        found.starts += start_errors(words, _turns_of(call.turns, side))
    if two_sides:
        found.misplaced = speakers_right(transcript.segments, call.turns)
    return found


def _plain_errors(call: KnownCall, plain: PlainRun) -> Errors:
    segments = plain.transcribe(call.path, call.manager_channel, call.language)
    sides = SIDES if any(side in SIDES for side in _sides(segments)) else (Speaker.UNKNOWN,)
    return sum(
        (
            word_errors(text_of_turns(call.turns, side), text_of_words(words_of(segments, side)))
            for side in sides
        ),
        Errors(),
    )


def _sides(segments: Iterable[RecognisedSegment]) -> set[Speaker]:
    return {segment.speaker for segment in segments}


def _turns_of(turns: Iterable[TruthTurn], side: Speaker) -> list[TruthTurn]:
    return [turn for turn in turns if side in (turn.speaker, Speaker.UNKNOWN)]


def _all(errors: dict[Speaker, Errors]) -> Errors:
    return sum(errors.values(), Errors())


def _summed(first: dict[Speaker, Errors], second: dict[Speaker, Errors]) -> dict[Speaker, Errors]:
    return {side: first.get(side, Errors()) + second.get(side, Errors()) for side in first | second}


def _rounded(value: float | None, digits: int = 4) -> float | None:
    return None if value is None else round(value, digits)
