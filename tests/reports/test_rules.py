"""Averages with their n, cohorts apart, nothing below the minimum: for any reviews in any order."""

from itertools import groupby
from math import fsum, isclose

from hypothesis import given
from hypothesis import strategies as st

from qcapp.reports.rules import (
    Average,
    Board,
    Cohort,
    Key,
    ReviewTally,
    Sum,
    added,
    average,
    boards,
    change,
    fitting,
    over_time,
    tone,
    unbroken,
    with_sections,
)
from qcapp.terms import Group

per_cents = st.none() | st.floats(0, 120)
cohorts = st.builds(
    Cohort,
    st.integers(1, 2),
    st.sampled_from([None, "hot", "cold"]),
    st.sampled_from(["manager", "head"]),
    st.sampled_from(Group),
)
keys = st.tuples(st.integers(1, 4), cohorts)
sums = st.integers(0, 9).flatmap(lambda n: st.builds(Sum, st.just(n), st.floats(0, 100 * n)))
tallies = st.builds(ReviewTally, sums, st.integers(0, 9), st.integers(0, 9), sums)
parts = st.dictionaries(st.sampled_from(["greeting", "goal"]), sums)
reviews = st.dictionaries(keys, tallies, max_size=20)
earlier = st.dictionaries(keys, sums, max_size=20)
minimums = st.integers(1, 5)
HOT, COLD = Cohort(1, "hot", "manager"), Cohort(1, "cold", "manager")


def made(now: dict[Key, ReviewTally], enough: int, before: dict[Key, Sum] | None = None) -> tuple[Board, ...]:
    return boards(now, before=before or {}, critical=dict.fromkeys(now, 1), enough=enough)


def scored(n: int, total: float, **fields: int) -> ReviewTally:
    return ReviewTally(Sum(n, total), **fields)


@given(reviews, earlier, minimums, st.randoms(use_true_random=False))
def test_the_order_of_reviews_changes_nothing(now, before, enough, random):
    shuffled = list(now.items())
    random.shuffle(shuffled)
    assert made(now, enough, before) == made(dict(shuffled), enough, before)


@given(reviews, earlier, minimums, st.dictionaries(st.integers(1, 4), parts))
def test_no_number_of_too_few_ever_leaves(now, before, enough, sections):
    for board in made(now, enough, before):
        told = with_sections(board, sections, enough)
        for line in (told.whole, *(line for _manager, line in told.lines)):
            for shown in (line.score, *line.sections.values()):
                assert (shown.value is None) == (shown.n < enough)
            if line.score.value is None:
                assert (line.sections, line.change, line.critical, line.outcomes) == ({}, None, 0, 0)
        assert all(n < enough for _manager, n in told.few)


@given(reviews, minimums)
def test_every_scored_review_is_counted_once(now, enough):
    for board in made(now, enough):
        parts = [line.score.n for _manager, line in board.lines] + [n for _manager, n in board.few]
        mine = {manager: tally for (manager, cohort), tally in now.items() if cohort == board.cohort}
        assert sum(parts) == board.whole.score.n == sum(tally.scores.n for tally in mine.values())
        shown = [manager for manager, _line in board.lines] + [manager for manager, _n in board.few]
        assert sorted(shown) == sorted(mine)


@given(reviews, earlier, minimums)
def test_nobody_is_compared_with_other_conditions(now, before, enough):
    together = {board.cohort: board for board in made(now, enough, before)}
    assert set(together) == {cohort for _manager, cohort in now}
    for cohort, board in together.items():
        alone = {key: tally for key, tally in now.items() if key[1] == cohort}
        assert made(alone, enough, before) == (board,)
        values = [line.score.value for _manager, line in board.lines]
        assert values == sorted(values, reverse=True)


@given(st.lists(per_cents), minimums)
def test_an_average_lies_among_its_values_and_skips_what_was_not_applicable(values, enough):
    known = [value for value in values if value is not None]
    found = average(values, enough)
    assert found == average(known, enough) == average(values[::-1], enough)
    assert found.n == len(known)
    if found.value is not None:
        assert isclose(found.value * found.n, fsum(known), abs_tol=1e-6)


@given(st.lists(sums), st.randoms(use_true_random=False))
def test_sums_add_up_in_any_order(values, random):
    shuffled = random.sample(values, len(values))
    assert added(values) == added(shuffled)
    assert added(values).n == sum(value.n for value in values)


@given(reviews, st.integers(0, 30))
def test_boards_are_whole_while_there_is_room_and_the_first_one_always(now, room):
    shown = made(now, 1)
    whole = fitting(shown, room)
    sizes = [len(board.lines) + len(board.few) for board in shown]
    assert whole == len(shown) or sum(sizes[: whole + 1]) > room
    assert whole <= 1 or sum(sizes[:whole]) <= room
    assert whole >= min(1, len(shown))


def test_sections_have_averages_of_their_own():
    board = boards({(1, HOT): scored(2, 150.0), (2, HOT): scored(1, 50.0)}, before={}, critical={}, enough=2)[
        0
    ]
    sections = {1: {"goal": Sum(2, 100.0), "end": Sum(0, 0.0)}, 2: {"goal": Sum(1, 80.0)}}
    told = with_sections(board, sections, 2)
    assert told.lines[0][1].sections == {"goal": Average(2, 50.0)}
    assert told.whole.sections == {"goal": Average(3, 60.0)}
    assert told.few == ((2, 1),)


def test_a_change_needs_enough_in_both_periods():
    assert change(Average(5, 80.0), Average(5, 70.0)) == 10.0
    assert change(Average(5, 80.0), Average(2, None)) is None
    assert change(Average(2, None), Average(5, 70.0)) is None


def test_the_change_is_against_the_same_cohort_before():
    before = {(1, HOT): Sum(2, 120.0), (1, COLD): Sum(2, 20.0), (2, HOT): Sum(1, 90.0)}
    (board,) = made({(1, HOT): scored(2, 170.0), (2, HOT): scored(2, 140.0)}, 2, before)
    assert [(manager, line.change) for manager, line in board.lines] == [(1, 25.0), (2, None)]
    assert board.whole.change == 77.5 - 70.0


def test_the_group_with_most_reviews_comes_first_and_the_best_of_it():
    hot, cold = made({(1, COLD): scored(1, 50.0), (1, HOT): scored(1, 10.0), (2, HOT): scored(1, 20.0)}, 1)
    assert (hot.cohort, cold.cohort) == (HOT, COLD)
    assert [manager for manager, _line in hot.lines] == [2, 1]


def test_critical_errors_and_leads_in_work_are_added_up():
    (board,) = made(
        {(1, HOT): scored(1, 5.0, outcomes=2, in_work=1), (2, HOT): scored(1, 5.0, outcomes=1)}, 1
    )
    assert (board.whole.critical, board.whole.in_work, board.whole.outcomes) == (2, 1, 3)


def test_tones_begin_at_their_thresholds():
    assert [tone(value) for value in (100, 80, 79.9, 60, 59.9, 0)] == [
        "good",
        "good",
        "warn",
        "warn",
        "bad",
        "bad",
    ]


steps = st.lists(st.tuples(st.integers(0, 5), per_cents))


@given(steps, minimums)
def test_a_line_over_time_counts_everything_and_breaks_where_there_is_little(values, enough):
    points = over_time(values, 6, enough)
    assert sum(point.n for point in points) == sum(value is not None for _step, value in values)
    drawn = [step for stretch in unbroken(points) for step, _value in stretch]
    assert drawn == [step for step, point in enumerate(points) if point.value is not None]
    for stretch in unbroken(points):
        numbers = [step - place for place, (step, _value) in enumerate(stretch)]
        assert len(list(groupby(numbers))) == 1
