"""Speech figures, from spans and words alone."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qcapp.transcripts import metrics
from qcapp.transcripts.metrics import Turn, measure


def test_the_talk_share_is_the_managers_part_of_all_speech():
    assert measure([(0, 6)], [(6, 10)], []).talk_share == pytest.approx(0.6)


def test_nobody_speaking_has_no_talk_share_and_no_pace():
    figures = measure([], [], [])
    assert (figures.talk_share, figures.pace_wpm, figures.longest_monologue_s, figures.first_word_s) == (
        None,
    ) * 4


def test_a_short_yes_of_the_client_does_not_end_a_monologue():
    assert metrics.longest_monologue([(0, 20), (21, 40)], [(20.2, 20.8)]) == 40


def test_an_answer_of_the_client_ends_a_monologue():
    assert metrics.longest_monologue([(0, 20), (25, 40)], [(20.5, 24)]) == 20


def test_a_silence_ends_a_monologue():
    assert metrics.longest_monologue([(0, 20), (24, 30)], []) == 20


def test_who_comes_in_while_the_other_speaks_interrupts():
    assert metrics.interruptions([(5, 9)], [(0, 7)]) == (1, 0)
    assert metrics.interruptions([(0, 7)], [(5, 9)]) == (0, 1)


def test_a_second_of_both_is_no_interruption_yet():
    assert metrics.interruptions([(0, 5)], [(4, 9)]) == (0, 0)


def test_silences_are_counted_between_first_and_last_speech_alone():
    figures = measure([(10, 12)], [(20, 21), (23, 24)], [])
    assert (figures.silences, figures.silence_s) == (1, 8)


def test_pace_counts_words_in_a_minute_of_own_speech():
    said = [Turn("раз два три", 0, 15, 3), Turn("четыре пять", 30, 45, 2)]
    assert measure([(0, 15), (30, 45)], [(15, 30)], said).pace_wpm == pytest.approx(10)


def test_questions_are_question_marks():
    assert metrics.questions("Вам удобно? Да?? Хорошо.") == 2


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Ну, короче, мы как бы работаем.", 3),
        ("Нужно позвонить, нулевой пробег", 0),
        ("Ну вот, ну ну", 3),
        ("Как бы, как бы", 2),
        ("В общем-то да", 1),
        ("Как быть?", 0),
    ],
)
def test_fillers_are_whole_words_and_sayings(text, count):
    assert metrics.fillers(text) == count


def test_without_sides_only_silences_are_known():
    figures = metrics.measure_unknown([(0, 1), (9, 10)])
    assert (figures.silences, figures.talk_share, figures.questions) == (1, None, None)


spans = st.lists(
    st.tuples(st.floats(0, 500), st.floats(0, 60)).map(lambda span: (span[0], span[0] + span[1])), max_size=15
)


@given(spans, spans)
def test_figures_stay_in_their_ranges_and_mirror_with_the_sides(ours, theirs):
    one, other = measure(ours, theirs, []), measure(theirs, ours, [])
    assert one.silence_s == pytest.approx(other.silence_s)
    assert (one.interruptions_by_manager, one.interruptions_by_client) <= (200, 200)
    if one.talk_share is not None:
        assert 0 <= one.talk_share <= 1
        assert one.talk_share + other.talk_share == pytest.approx(1)


@given(spans)
def test_merged_spans_are_in_order_and_apart(some):
    joined = metrics.merged(some)
    assert all(before[1] < after[0] for before, after in pairwise(joined))
    assert metrics.total(joined) <= sum(end - start for start, end in some) + 1e-6
