"""Words and their forms, with no database."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qcapp.core import text_search
from qcapp.core.text_search import Hit, find, parse, stemmed


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("договоры", "договор"),
        ("договор", "по договорам"),
        ("ЁЛКА", "у елки"),
        ("contracts", "the contract"),
        ("цены", "какая цена"),
    ],
)
def test_forms_of_a_word_meet_in_its_stem(asked, said):
    assert set(text_search.stems(asked)) <= set(text_search.stems(said))


def test_numbers_and_signs_are_kept_apart():
    assert text_search.words("2,5 млн – что-то!") == ["2", "5", "млн", "что", "то"]


def test_a_query_is_words_and_quoted_phrases():
    query = parse('договоры "цена вопроса" и')
    assert query.phrases == (("договор",), ("цен", "вопрос"), ("и",))


@pytest.mark.parametrize("text", ["", "  ", '""', '"', "-- !!", "*"])
def test_a_query_of_signs_is_empty(text):
    assert not parse(text)


def test_a_query_cannot_hold_operators_of_the_databases():
    query = parse("a OR b) NEAR/2 'x' & !c | d:*")
    assert set(query.for_fts5()) <= set('abcdefghijklmnopqrstuvwxyz0123456789" AND')
    assert not set(query.for_postgres()) & set("!|*")


def test_hits_are_places_in_the_spoken_words():
    spoken = ["Наши", "договоры,", "то", "есть", "что-то", "договором"]
    assert find(spoken, parse("договор")) == [Hit(1, 1), Hit(5, 5)]
    assert find(spoken, parse('"то есть"')) == [Hit(2, 3)]
    assert find(spoken, parse('"есть что то"')) == [Hit(3, 4)]


@given(
    st.lists(
        st.one_of(
            st.from_regex(r"[А-ЯЁа-яё]{1,9}(ость|ение|нный|ами|ого|ей|ь)?", fullmatch=True),
            st.from_regex(r"[A-Za-z]{1,6}(ing|ies|y|ational|ability|ed|ness|ly)?", fullmatch=True),
            st.sampled_from(["НДС", "ИНН", "ООО", "ёлки", "DYING", "Happy", "skies", "5G", "2026", "1С"]),
        ),
        min_size=1,
        max_size=3,
    ),
    st.sampled_from([str.lower, str.upper, str.title, str.swapcase]),
)
def test_every_text_with_a_hit_matches_the_pattern_whatever_its_case(words, case):
    said = case(" ".join(words))
    for query in (parse(" ".join(words)), parse(f'"{" ".join(words)}"'), parse(said)):
        assert find(said.split(), query)
        assert re.search(query.pattern(), f"так, {said}.")


def test_other_texts_do_not_match_the_pattern():
    assert not re.search(parse('НДС "цена вопроса"').pattern(), "Какая цена с доставкой?")


def test_the_stored_text_is_stems_alone():
    assert stemmed("Договоры, цены?") == "договор цен"


def test_months_are_counted_over_the_turn_of_the_year():
    december = datetime(2026, 12, 31, tzinfo=UTC)
    assert text_search.month_labels(december, 2, newer=True) == ("τ202612", "τ202701")
    january = datetime(2026, 1, 1, tzinfo=UTC)
    assert text_search.month_labels(january, 3, newer=False) == ("τ202601", "τ202512", "τ202511")
    assert text_search.month_label(january) == "τ202601"
