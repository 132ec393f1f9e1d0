"""The comparison itself, on values alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qcapp.reviews.calibration.rules import (
    Reference,
    Report,
    Scored,
    Verdict,
    compare,
    distance_of,
    majority,
)
from tests.checklists.cards import card, item, scale, section, text

CARD = card(section("all", item("hello", na=True), scale("voice", 2, 5, na=True), text("remark")))
RIGHT = {"hello": "yes", "voice": "5"}


def report(*answers: dict[str, str], enough: int = 3) -> Report:
    """One call, one reviewer an answer sheet; scores fall by ten points a reviewer."""
    scored = [Scored(place, 1, 90.0 - 10 * place, each) for place, each in enumerate(answers)]
    return compare(CARD, [Reference(1, 90.0, RIGHT)], scored, [each.reviewer_id for each in scored], enough)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["yes", "yes", "no"], "yes"),
        (["yes", "no"], None),
        ([], None),
        (["", "", "no"], "no"),
        (["a", "b", "c"], None),
    ],
)
def test_the_majority_is_what_more_people_said_than_anything_else(
    values: list[str], expected: str | None
) -> None:
    assert majority(values) == expected


def test_items_with_the_lowest_agreement_stand_on_top_with_their_usual_mistake() -> None:
    found = report(
        {"hello": "yes", "voice": "3"}, {"hello": "yes", "voice": "3"}, {"hello": "no", "voice": "5"}
    )
    assert [each.item.key for each in found.items] == ["voice", "hello"]
    worst = found.items[0]
    assert (worst.verdict, worst.n) == (Verdict.REWRITE, 3)
    assert worst.share == pytest.approx(1 / 3)
    assert worst.mistake is not None
    assert (worst.mistake.given, worst.mistake.right, worst.mistake.times) == ("3", "5", 2)


def test_too_few_answers_give_no_verdict() -> None:
    found = report({"hello": "no", "voice": "2"}, {"hello": "no", "voice": "2"})
    assert {each.verdict for each in found.items} == {Verdict.FEW}


def test_scores_are_compared_in_points_and_a_missing_one_leaves_the_count() -> None:
    found = report(RIGHT, RIGHT, RIGHT)
    assert (found.n, found.distance) == (3, 10.0)
    assert found.within == pytest.approx(2 / 3)
    assert [each.difference for each in found.reviewers] == [0.0, -10.0, -20.0]
    assert found.calls[0].spread == 20.0
    nothing = compare(CARD, [Reference(1, None, {})], [Scored(0, 1, None, {})], [0], 1)
    assert (nothing.n, nothing.within, nothing.items) == (0, None, ())


def test_kappa_is_told_to_mislead_where_nearly_everybody_says_the_same() -> None:
    answers = [RIGHT] * 9 + [{"hello": "no", "voice": "5"}]
    hello, voice = sorted(report(*answers).items, key=lambda each: each.item.key)
    assert hello.verdict is Verdict.FINE
    assert hello.kappa == 0
    assert hello.misleading
    assert voice.kappa is None
    assert voice.ac1 == 1
    assert not voice.misleading  # a dash says it already


def test_on_a_scale_a_near_miss_is_nearer_than_a_far_one_and_na_is_far_from_all() -> None:
    distance = distance_of(scale("voice", 2, 5, na=True))
    assert [distance("5", each) for each in ("5", "4", "2", "na")] == [0, 1, 3, 3]
    assert distance("na", "na") == 0
    assert distance_of(item("hello"))("yes", "na") == 1


values = st.fixed_dictionaries(
    {"hello": st.sampled_from(["yes", "no", "na"]), "voice": st.sampled_from(["2", "3", "4", "5", "na"])}
)


@given(st.lists(values, min_size=1, max_size=8))
def test_the_order_of_reviewers_changes_no_figure_of_an_item(answers: list[dict[str, str]]) -> None:
    there, back = report(*answers), report(*reversed(answers))
    for one, other in zip(there.items, back.items, strict=True):
        assert (one.item.key, one.n, one.share, one.verdict) == (
            other.item.key,
            other.n,
            other.share,
            other.verdict,
        )
        assert one.kappa == pytest.approx(other.kappa)
        assert one.ac1 == pytest.approx(other.ac1)


@given(st.lists(values, min_size=1, max_size=8))
def test_items_to_rewrite_stand_first_and_in_order(answers: list[dict[str, str]]) -> None:
    verdicts = [each.verdict is Verdict.REWRITE for each in report(*answers).items]
    assert verdicts == sorted(verdicts, reverse=True)
