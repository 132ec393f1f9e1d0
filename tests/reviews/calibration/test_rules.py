"""The comparison itself, on values alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qcapp.reviews.agreement import cohen_kappa, fleiss_kappa, gwet_ac1, pairwise_agreement
from qcapp.reviews.calibration.rules import (
    CalibrationReport,
    CallSpread,
    ItemVerdict,
    Reference,
    ReviewerAgreement,
    SubmittedReview,
    compare,
    distance_of,
    majority,
)
from tests.checklists.cards import card, item, scale, section, text

CARD = card(section("all", item("hello", na=True), scale("voice", 2, 5, na=True), text("remark")))
RIGHT = {"hello": "yes", "voice": "5"}


def report(*answers: dict[str, str], enough: int = 3) -> CalibrationReport:
    """One call, one reviewer an answer sheet; scores fall by ten points a reviewer."""
    scored = [SubmittedReview(place, 1, 90.0 - 10 * place, each) for place, each in enumerate(answers)]
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
    assert (worst.verdict, worst.n) == (ItemVerdict.REWRITE, 3)
    assert worst.share == pytest.approx(1 / 3)
    assert worst.mistake is not None
    assert (worst.mistake.given, worst.mistake.right, worst.mistake.times) == ("3", "5", 2)


def test_too_few_answers_give_no_verdict() -> None:
    found = report({"hello": "no", "voice": "2"}, {"hello": "no", "voice": "2"})
    assert {each.verdict for each in found.items} == {ItemVerdict.FEW}


def test_scores_are_compared_in_points_and_a_missing_one_leaves_the_count() -> None:
    found = report(RIGHT, RIGHT, RIGHT)
    assert (found.n, found.distance) == (3, 10.0)
    assert found.within == pytest.approx(2 / 3)
    assert [each.difference for each in found.reviewers] == [0.0, -10.0, -20.0]
    assert found.calls[0].spread == 20.0
    nothing = compare(CARD, [Reference(1, None, {})], [SubmittedReview(0, 1, None, {})], [0], 1)
    assert (nothing.n, nothing.within, nothing.items) == (0, None, ())


HELLO, VOICE, _REMARK = CARD.items()
TWO_CALLS = [Reference(1, 90.0, RIGHT | {"remark": ""}), Reference(2, None, {"hello": "no", "voice": "3"})]
BY_THREE = [
    SubmittedReview(7, 1, 70.0, {"hello": "yes", "voice": "4", "remark": "Бодро"}),
    SubmittedReview(8, 1, 95.0, {"hello": "no", "voice": "2"}),
    SubmittedReview(7, 2, 40.0, {"hello": "no", "voice": "3"}),
    SubmittedReview(8, 2, 50.0, {"voice": "3"}),
    SubmittedReview(9, 2, None, {"hello": "yes", "voice": "3"}),
    SubmittedReview(7, 3, 10.0, {"hello": "yes", "voice": "2"}),  # nothing was agreed about this call
]


def test_an_item_is_compared_with_the_reference_by_its_steps_and_among_reviewers_call_by_call() -> None:
    found = {each.item.key: each for each in compare(CARD, TWO_CALLS, BY_THREE, [7, 8, 9], 1).items}
    pairs = [("4", "5"), ("2", "5"), ("3", "3"), ("3", "3"), ("3", "3")]
    rows = [["4", "2"], ["3", "3", "3"]]
    voice = found["voice"]
    assert (voice.n, voice.share) == (5, 3 / 5)
    assert voice.kappa == cohen_kappa(pairs, distance_of(VOICE)) != cohen_kappa(pairs)
    assert voice.ac1 == gwet_ac1(pairs, VOICE.answers()) != gwet_ac1(pairs)
    assert (voice.among, voice.fleiss) == (pairwise_agreement(rows), fleiss_kappa(rows))
    hello = found["hello"]
    assert (hello.n, hello.share) == (4, 2 / 4)
    assert hello.among == pairwise_agreement([["yes", "no"], ["no", None, "yes"]])


def test_a_reviewer_is_compared_where_both_have_said_something() -> None:
    report = compare(CARD, TWO_CALLS, BY_THREE, [7, 8, 9], 1)
    assert report.reviewers == (
        ReviewerAgreement(7, n=1, difference=-20.0, distance=20.0, within=0.0, answers=4, share=3 / 4),
        ReviewerAgreement(8, n=1, difference=5.0, distance=5.0, within=1.0, answers=3, share=1 / 3),
        ReviewerAgreement(9, n=0, difference=None, distance=None, within=None, answers=2, share=1 / 2),
    )
    assert report.calls == (
        CallSpread(1, 90.0, {7: 70.0, 8: 95.0}, 25.0),
        CallSpread(2, None, {7: 40.0, 8: 50.0, 9: None}, 10.0),
    )
    alone = compare(CARD, TWO_CALLS[:1], BY_THREE[:1], [7], 1)
    assert alone.calls == (CallSpread(1, 90.0, {7: 70.0}, None),)


def test_four_of_five_are_clear_enough() -> None:
    found = report(*[RIGHT] * 4, {"hello": "no", "voice": "5"})
    assert [(each.item.key, each.share, each.verdict) for each in found.items] == [
        ("hello", 0.8, ItemVerdict.FINE),
        ("voice", 1.0, ItemVerdict.FINE),
    ]


def test_the_lower_agreement_stands_first_then_the_lower_ac1_and_last_what_nobody_answered() -> None:
    """Alike and mixed are both answered right in four of six cases; of alike nearly every answer is the same."""
    asked = card(section("all", *(item(key) for key in ("silent", "alike", "mixed", "wrong"))))
    right = dict.fromkeys(("silent", "alike", "wrong"), "yes")
    references = [Reference(1, None, right | {"mixed": "no"}), Reference(2, None, right | {"mixed": "yes"})]
    mixed = {1: ("no", "yes", "no"), 2: ("yes", "yes", "no")}
    scored = [
        SubmittedReview(place, call, None, {"alike": alike, "mixed": mixed[call][place], "wrong": wrong})
        for call in (1, 2)
        for place, (alike, wrong) in enumerate([("yes", "no"), ("yes", "no"), ("no", "yes")])
    ]
    found = compare(asked, references, scored, [], enough=99).items
    assert [each.item.key for each in found] == ["wrong", "mixed", "alike", "silent"]
    assert found[1].share == found[2].share
    assert {each.verdict for each in found} == {ItemVerdict.FEW}


def test_kappa_is_told_to_mislead_where_nearly_everybody_says_the_same() -> None:
    answers = [RIGHT] * 9 + [{"hello": "no", "voice": "5"}]
    hello, voice = sorted(report(*answers).items, key=lambda each: each.item.key)
    assert hello.verdict is ItemVerdict.FINE
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
    verdicts = [each.verdict is ItemVerdict.REWRITE for each in report(*answers).items]
    assert verdicts == sorted(verdicts, reverse=True)
