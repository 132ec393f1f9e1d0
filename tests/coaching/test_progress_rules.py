"""Whether an item has improved since a talk."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qcapp.coaching.progress_rules import WINDOW, Given, ProgressVerdict, progress
from tests.checklists.cards import item, scale

HELD = datetime(2026, 10, 20, 9, tzinfo=UTC)
GOAL = item("goal", na=True)


def calls(*answers: tuple[float, str]) -> list[Given]:
    """Answers to calls made so many days after the talk."""
    return [
        Given(number, number, HELD + timedelta(days=days), GOAL, value)
        for number, (days, value) in enumerate(answers, start=1)
    ]


def test_each_side_has_its_share_and_its_n() -> None:
    found = progress(calls((-3, "no"), (-2, "no"), (-1, "yes"), (1, "yes"), (2, "yes")), HELD, 2)
    assert (found.before.n, found.before.share) == (3, Fraction(1, 3))
    assert (found.after.n, found.after.share) == (2, Fraction(1))
    assert found.verdict is ProgressVerdict.BETTER


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        ("yes", "no", ProgressVerdict.WORSE),
        ("yes", "yes", ProgressVerdict.SAME),
        ("no", "yes", ProgressVerdict.BETTER),
    ],
)
def test_the_verdict_follows_the_direction(before: str, after: str, verdict: ProgressVerdict) -> None:
    assert progress(calls((-1, before), (1, after)), HELD, 1).verdict is verdict


@pytest.mark.parametrize(
    "answers", [[], [(-1, "no")], [(-2, "no"), (-1, "no"), (1, "yes")], [(1, "yes"), (2, "no")]]
)
def test_too_few_calls_on_a_side_are_no_verdict(answers: list[tuple[float, str]]) -> None:
    assert progress(calls(*answers), HELD, 2).verdict is ProgressVerdict.FEW


def test_not_applicable_and_what_is_long_ago_do_not_count() -> None:
    far = WINDOW.days + 1
    found = progress(calls((-far, "no"), (-1, "na"), (1, "na"), (far, "yes")), HELD, 1)
    assert (found.before.n, found.after.n, found.since) == (0, 0, ())


def test_every_version_of_the_item_judges_its_own_answers() -> None:
    old = Given(1, 1, HELD - timedelta(days=1), scale("goal", 2, 5), "5")
    assert progress([old, *calls((1, "yes"))], HELD, 1).verdict is ProgressVerdict.SAME


@st.composite
def histories(draw: st.DrawFn) -> list[Given]:
    """Calls around the talk, at most a year away from it."""
    days = st.floats(-365, 365, allow_nan=False)
    return calls(*draw(st.lists(st.tuples(days, st.sampled_from(["yes", "no", "na"])), max_size=30)))


@given(histories(), st.integers(1, 6))
def test_a_verdict_is_given_only_on_enough_calls(answers: Sequence[Given], enough: int) -> None:
    found = progress(answers, HELD, enough)
    assert (found.verdict is ProgressVerdict.FEW) == (min(found.before.n, found.after.n) < enough)
    assert found.before.n + found.after.n <= len(answers)
    assert len(found.since) == found.after.n
    assert all(each.at > HELD for each in found.since)


@given(histories(), st.integers(1, 6), st.randoms())
def test_the_order_in_which_reviews_were_published_does_not_matter(
    answers: list[Given], enough: int, chance: random.Random
) -> None:
    shuffled = list(answers)
    chance.shuffle(shuffled)
    assert progress(shuffled, HELD, enough) == progress(answers, HELD, enough)


@given(histories(), st.integers(1, 6))
def test_one_more_good_call_never_makes_it_worse(answers: list[Given], enough: int) -> None:
    rank = {ProgressVerdict.WORSE: 0, ProgressVerdict.SAME: 1, ProgressVerdict.BETTER: 2}
    before = progress(answers, HELD, enough)
    more = Given(10**6, 10**6, HELD + timedelta(days=1), GOAL, "yes")
    after = progress([*answers, more], HELD, enough)
    if before.verdict is not ProgressVerdict.FEW:
        assert rank[after.verdict] >= rank[before.verdict]
