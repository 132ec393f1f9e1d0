"""Who may score whom, which saves are taken, and what is worth improving."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qcapp.checklists.card import Critical
from qcapp.checklists.scoring import Answer, score
from qcapp.reviews.rules import (
    Comparison,
    Relation,
    compare,
    honest_seconds,
    losses,
    relation,
    to_improve,
)
from tests.checklists import cards


@pytest.mark.parametrize(
    ("teams", "manager", "team", "expected"),
    [
        ((), 1, None, Relation.HIMSELF),
        ((7,), 2, 7, Relation.OWN_TEAM),
        ((7,), 2, 8, None),
        ((7,), 2, None, None),
        ((7,), None, None, None),
    ],
)
def test_a_reviewer_is_related_to_himself_and_his_team(
    teams: tuple[int, ...], manager: int | None, team: int | None, expected: Relation | None
) -> None:
    assert relation(1, teams, manager, team) is expected


def test_seconds_spent_never_shrink_and_never_exceed_the_clock() -> None:
    assert honest_seconds(10, 60, since_begun=100) == 60
    assert honest_seconds(10, 600, since_begun=100) == 100
    assert honest_seconds(10, 5, since_begun=100) == 10


def test_losses_name_critical_errors_first_then_the_dearest() -> None:
    card = cards.card(
        cards.section("a", cards.item("cheap"), cards.item("dear", weight=3), weight=50),
        cards.section(
            "b", cards.item("grave", critical=Critical.CALL), cards.scale("voice", 2, 5), weight=50
        ),
    )
    found = losses(card, cards.given(cheap="no", dear="no", grave="no", voice="4"))
    assert [(loss.item.key, loss.critical) for loss in found] == [
        ("grave", True),
        ("dear", False),
        ("cheap", False),
        ("voice", False),
    ]
    assert [loss.points for loss in found[1:]] == [Fraction(75, 2), Fraction(25, 2), Fraction(25, 3)]


def test_what_to_improve_leaves_out_good_answers_and_names_three_at_most() -> None:
    card = cards.card(
        cards.section("a", *(cards.item(f"i{n}", weight=n) for n in range(1, 6)), cards.scale("voice", 2, 5))
    )
    answers = cards.given(i1="no", i2="no", i3="no", i4="no", i5="yes", voice="4")
    assert [loss.item.key for loss in to_improve(card, answers)] == ["i4", "i3", "i2"]


def test_nothing_is_lost_by_what_is_not_applicable_or_unanswered() -> None:
    card = cards.card(cards.section("a", cards.item("one", na=True), cards.item("two"), cards.text("three")))
    assert losses(card, {"one": Answer("na")}) == []
    beside = cards.card(
        cards.section("a", cards.item("one", na=True), cards.item("two"), cards.item("extra", bonus=True))
    )
    assert losses(beside, cards.given(one="na", two="yes", extra="no")) == []


@given(st.data())
def test_losses_and_score_add_up_to_the_full_mark(data: st.DataObject) -> None:
    card = data.draw(cards.cards(plain=True))
    answers = data.draw(cards.answers_to(card))
    total = score(card, answers).total
    if total is not None:
        assert 100 * total + sum(loss.points for loss in losses(card, answers)) == 100


def test_two_cards_are_compared_on_the_calls_that_have_both_scores() -> None:
    assert compare([(None, 50.0), (80.0, None)]) is None
    assert compare([(80.0, 70.0), (60.0, 71.0), (None, 3.0)]) == Comparison(2, 70.0, 70.5, 1)
