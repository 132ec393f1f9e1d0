"""Forbidden phrases are found in any form of their words, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qcapp.core import text_search
from qcapp.evidence.phrases import PhraseHit, find, key_of
from qcapp.evidence.speech import SpokenWord


def said(text: str, step_s: float = 0.5) -> list[list[SpokenWord]]:
    return [[SpokenWord(word, number * step_s) for number, word in enumerate(text.split())]]


@pytest.mark.parametrize(
    ("phrase", "talk", "words"),
    [
        ("перезвоните нам", "Хорошо, мы перезвоним завтра.", "перезвоним"),
        ("много лет на рынке", "У нас много лет работы на рынке, да.", "много лет работы на рынке,"),
        ("большая скидка", "Скидка большая! С большими, как бы, скидками.", "большими, как бы, скидками."),
        ("ещё дешевле", "Сделаем еще дешевле!", "еще дешевле!"),
        ("супер-предложение", "Это супер предложение", "супер предложение"),
        ("вы нам", "Вы, кстати, нам", "Вы, кстати, нам"),
    ],
)
def test_a_phrase_is_found_in_other_forms_and_with_a_word_between(phrase: str, talk: str, words: str) -> None:
    assert [found.text for found in find([phrase], said(talk))] == [words]


@pytest.mark.parametrize(
    ("phrase", "talk"),
    [
        ("большой опыт", "Опыт у студии большой."),  # the other way round
        ("большой опыт", "Большой магазин, а продавцы без опыта."),  # too far apart
        ("не знаю", "Я знаю точно."),
        ("без предоплаты", "Нужна предоплата."),
        ("!", "Да!"),
    ],
)
def test_a_phrase_is_not_found_where_it_was_not_said(phrase: str, talk: str) -> None:
    assert find([phrase], said(talk)) == []


def test_the_second_is_that_of_the_first_word_and_a_pause_ends_a_phrase() -> None:
    turns = [
        [SpokenWord("Большой", 3.5)],
        [SpokenWord("опыт", 5.0)],
        [SpokenWord("Большой", 9.0)],
        [SpokenWord("опыт", 60.0)],
    ]
    assert find(["цена", "большой опыт"], turns) == [PhraseHit(1, 3.5, "Большой опыт")]


def test_what_has_no_word_times_is_found_at_its_beginning() -> None:
    assert find(["большой опыт"], [[SpokenWord("У нас большой опыт и цены.", 7.0)]]) == [
        PhraseHit(0, 7.0, "У нас большой опыт и цены.")
    ]


WORDS = st.text("абвгдежз", min_size=1, max_size=6)
LINES = st.lists(WORDS, min_size=1, max_size=5).map(" ".join)


@given(LINES, LINES, LINES)
def test_a_phrase_said_word_for_word_is_found_whatever_stands_around_it(
    before: str, phrase: str, after: str
) -> None:
    found = find([phrase], said(f"{before} {phrase} {after}"))
    assert found
    assert [each.at for each in found] == sorted({each.at for each in found})


@given(st.lists(LINES, max_size=4), LINES)
def test_whatever_is_found_has_every_word_of_the_phrase_in_order(phrases: list[str], talk: str) -> None:
    for found in find(phrases, said(talk)):
        stems = iter(text_search.stems(found.text))
        assert all(key in stems for key in key_of(phrases[found.phrase]))
