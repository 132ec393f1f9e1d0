"""The measures on transcripts small enough to count by hand."""

import pytest

from qcapp.transcripts.engine.types import RecognisedSegment, Speaker, Word
from qcapp.transcripts.evaluation.measures import (
    Errors,
    TruthTurn,
    is_phantom,
    letter_errors,
    speakers_right,
    start_errors,
    text_of_turns,
    word_errors,
)

TURNS = (
    TruthTurn(Speaker.CLIENT, 0.5, 1.5, "Алло, слушаю."),
    TruthTurn(Speaker.MANAGER, 2.0, 4.0, "Добрый день, это Ольга."),
)


def segment(speaker: Speaker, *words: tuple[float, str]) -> RecognisedSegment:
    timed = tuple(Word(start, start + 0.3, f" {word}", 0.9) for start, word in words)
    return RecognisedSegment(0, speaker, timed[0].start, timed[-1].end, "", timed, 0.9)


def test_word_errors_count_edits_against_the_truth() -> None:
    assert word_errors("раз два три четыре", "раз два четыре пять") == Errors(2, 4)
    assert Errors(2, 4).rate == 0.5
    assert Errors().rate is None


def test_letter_errors_count_letters() -> None:
    assert letter_errors("мама", "рама") == Errors(1, 4)


def test_a_word_with_the_silent_side_is_misplaced() -> None:
    right = segment(Speaker.MANAGER, (2.1, "Добрый"), (2.6, "день"))
    wrong = segment(Speaker.CLIENT, (3.2, "Ольга"))
    assert speakers_right([right, wrong], TURNS) == Errors(1, 3)


def test_a_word_where_nobody_speaks_is_a_phantom() -> None:
    assert is_phantom(segment(Speaker.CLIENT, (7.0, "Продолжение"), (7.5, "следует")), TURNS)
    assert not is_phantom(segment(Speaker.CLIENT, (0.6, "Алло")), TURNS)


def test_starts_are_compared_where_the_first_word_was_recognised() -> None:
    words = segment(Speaker.MANAGER, (2.25, "Добрый"), (2.6, "день"), (3.0, "это"), (3.4, "Ольга")).words
    assert start_errors(words, TURNS[1:]) == [pytest.approx(0.25)]


def test_the_unknown_speaker_said_what_everybody_said() -> None:
    assert text_of_turns(TURNS, Speaker.UNKNOWN) == "Алло, слушаю. Добрый день, это Ольга."
    assert text_of_turns(TURNS, Speaker.CLIENT) == "Алло, слушаю."
