"""Averages with their n, cohorts apart, nothing below the minimum: for any reviews in any order."""

from itertools import groupby
from math import fsum, isclose

from hypothesis import given
from hypothesis import strategies as st

from qcapp.reports.rules import (
    Average,
    Board,
    Cohort,
    Scored,
    Sum,
    average,
    boards,
    change,
    over_time,
    tone,
    unbroken,
)

per_cents = st.none() | st.floats(0, 120)
cohorts = st.builds(
    Cohort, st.integers(1, 2), st.sampled_from([None, "hot", "cold"]), st.sampled_from(["manager", "head"])
)
reviews = st.builds(
    Scored,
    manager_id=st.integers(1, 4),
    cohort=cohorts,
    score=per_cents,
    sections=st.dictionaries(st.sampled_from(["greeting", "goal"]), per_cents, max_size=2),
    in_work=st.sampled_from([None, True, False]),
)
minimums = st.integers(1, 5)
HOT, COLD = Cohort(1, "hot", "manager"), Cohort(1, "cold", "manager")


def made(rows: list[Scored], enough: int, before: dict | None = None) -> tuple[Board, ...]:
    return boards(rows, before=before or {}, critical={}, enough=enough)


def scored(manager: int, score: float | None, cohort: Cohort = HOT, **fields: object) -> Scored:
    return Scored(manager, cohort, score, {}, **fields)  # type: ignore[arg-type]


@given(
    st.lists(reviews, max_size=30).flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))),
    minimums,
)
def test_the_order_of_reviews_changes_nothing(rows, enough):
    given_order, other_order = rows
    assert made(given_order, enough) == made(other_order, enough)


@given(st.lists(reviews, max_size=30), minimums)
def test_no_number_of_too_few_ever_leaves(rows, enough):
    for board in made(rows, enough):
        for line in (board.whole, *(line for _manager, line in board.lines)):
            for shown in (line.score, *line.sections.values()):
                assert (shown.value is None) == (shown.n < enough)
            if line.score.value is None:
                assert (line.sections, line.change, line.critical, line.outcomes) == ({}, None, 0, 0)
        assert all(n < enough for _manager, n in board.few)


@given(st.lists(reviews, max_size=30), minimums)
def test_every_scored_review_is_counted_once(rows, enough):
    for board in made(rows, enough):
        parts = [line.score.n for _manager, line in board.lines] + [n for _manager, n in board.few]
        assert sum(parts) == board.whole.score.n
        assert board.whole.score.n == sum(
            row.cohort == board.cohort and row.score is not None for row in rows
        )
        shown = [manager for manager, _line in board.lines] + [manager for manager, _n in board.few]
        assert sorted(shown) == sorted({row.manager_id for row in rows if row.cohort == board.cohort})


@given(st.lists(reviews, max_size=20), minimums)
def test_what_was_not_applicable_never_counts(rows, enough):
    nothing = [Scored(row.manager_id, row.cohort, None, dict.fromkeys(row.sections)) for row in rows]
    before = {board.cohort: board.whole.score for board in made(rows, enough)}
    after = {board.cohort: board.whole.score for board in made(rows + nothing, enough)}
    assert before == after


@given(st.lists(reviews, max_size=30), minimums)
def test_nobody_is_compared_with_other_conditions(rows, enough):
    together = {board.cohort: board for board in made(rows, enough)}
    assert len(together) == len({row.cohort for row in rows})
    for cohort, board in together.items():
        assert made([row for row in rows if row.cohort == cohort], enough) == (board,)
        values = [line.score.value for _manager, line in board.lines]
        assert values == sorted(values, reverse=True)


@given(st.lists(per_cents), minimums)
def test_an_average_lies_among_its_values(values, enough):
    known = [value for value in values if value is not None]
    found = average(values, enough)
    assert found.n == len(known)
    if found.value is not None:
        assert isclose(found.value * found.n, fsum(known), abs_tol=1e-6)


def test_a_change_needs_enough_in_both_periods():
    assert change(Average(5, 80.0), Average(5, 70.0)) == 10.0
    assert change(Average(5, 80.0), Average(2, None)) is None
    assert change(Average(2, None), Average(5, 70.0)) is None


def test_the_change_is_against_the_same_cohort_before():
    before = {(1, HOT): Sum(2, 120.0), (1, COLD): Sum(2, 20.0), (2, HOT): Sum(1, 90.0)}
    (board,) = made([scored(1, 80.0), scored(1, 90.0), scored(2, 70.0), scored(2, 70.0)], 2, before)
    assert [(manager, line.change) for manager, line in board.lines] == [(1, 25.0), (2, None)]
    assert board.whole.change == 77.5 - 70.0


def test_the_group_with_most_reviews_comes_first_and_the_best_of_it():
    hot, cold = made([scored(1, 50.0, COLD), scored(1, 10.0), scored(2, 20.0)], 1)
    assert (hot.cohort, cold.cohort) == (HOT, COLD)
    assert [manager for manager, _line in hot.lines] == [2, 1]


def test_leads_in_work_are_counted_where_it_is_known():
    (board,) = made([scored(1, 50.0, in_work=True), scored(1, 50.0, in_work=False), scored(1, 50.0)], 1)
    assert (board.whole.in_work, board.whole.outcomes) == (1, 2)


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
