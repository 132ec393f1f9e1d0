"""Corrected words keep the times of what they replace."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from qcapp.transcripts.retiming import SURE, TimedWord, retime

OLD = [
    TimedWord(1.0, 1.3, "Добрый", 0.9),
    TimedWord(1.3, 1.8, "день,", 0.8),
    TimedWord(2.0, 2.4, "это", 0.7),
    TimedWord(2.4, 3.0, "северный", 0.6),
    TimedWord(3.0, 3.5, "сайт.", 0.5),
]


def test_words_that_stay_keep_their_times_and_their_probability():
    new = retime(OLD, "Добрый день, это Северный сайт!", 1.0, 3.5)
    assert [(word.start, word.end, word.probability) for word in new] == [
        (w.start, w.end, w.probability) for w in OLD
    ]
    assert new[4].word == "сайт!"


def test_a_replaced_word_takes_the_place_of_the_old_one():
    new = retime(OLD, "Добрый вечер, это северный сайт.", 1.0, 3.5)
    assert new[1] == TimedWord(1.3, 1.8, "вечер,", SURE)
    assert new[2:] == OLD[2:]


def test_several_words_share_the_time_of_one_by_their_length():
    new = retime(OLD, "Добрый день, это северный са айт.", 1.0, 3.5)
    assert [word.word for word in new[4:]] == ["са", "айт."]
    assert new[4].start == 3.0
    assert new[5].end == 3.5
    assert new[4].end == new[5].start


def test_an_inserted_word_takes_the_pause_between_its_neighbours():
    assert retime(OLD, "Добрый день, алло, это северный сайт.", 1.0, 3.5)[2] == TimedWord(
        1.8, 2.0, "алло,", SURE
    )


def test_an_empty_old_wording_gives_all_the_time_to_the_new_one():
    new = retime([], "да нет", 4.0, 6.0)
    assert (new[0].start, new[-1].end) == (4.0, 6.0)


times = st.floats(0, 30, allow_nan=False)
old_words = st.lists(
    st.builds(TimedWord, times, times, st.text("абв?", min_size=1, max_size=4), st.floats(0, 1)), max_size=12
)
new_text = st.lists(st.text("абвг,.", min_size=1, max_size=5), max_size=15).map(" ".join)


@given(old_words, new_text, times, times)
def test_every_word_is_there_in_order_and_inside_the_segment(old, text, one, other):
    start, end = min(one, other), max(one, other)
    new = retime(old, text, start, end)
    assert [word.word for word in new] == text.split()
    assert all(start <= word.start <= word.end <= end for word in new)
    assert all(before.start <= after.start for before, after in pairwise(new))


@given(
    st.lists(
        st.tuples(st.text("абв", min_size=1, max_size=4), st.floats(0.01, 2), st.floats(0, 1)), max_size=12
    )
)
def test_an_unchanged_wording_changes_nothing(spoken):
    at, old = 0.0, []
    for word, length, probability in spoken:
        old.append(TimedWord(at, at + length, word, probability))
        at += length
    assert retime(old, " ".join(word.word for word in old), 0.0, at) == old
