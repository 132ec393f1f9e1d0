"""When a review can be disputed, what a decision makes of an answer, and what never changes by it."""

import itertools
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qcapp.checklists.card import Critical
from qcapp.checklists.scoring import Answer, Score, score, share
from qcapp.reviews.disputes.rules import (
    Decision,
    Obstacle,
    Settled,
    becomes,
    between,
    counted,
    decision_of,
    may_open,
    proposable,
    steps,
    summarise,
    window_ends,
)
from tests.checklists import cards

PUBLISHED = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("now", "published", "hours", "disputed", "expected"),
    [
        (PUBLISHED, PUBLISHED, 48, False, None),
        (PUBLISHED + 48 * HOUR, PUBLISHED, 48, False, None),
        (PUBLISHED + 48 * HOUR + timedelta(seconds=1), PUBLISHED, 48, False, Obstacle.TOO_LATE),
        (PUBLISHED, PUBLISHED, 48, True, Obstacle.ALREADY),
        (PUBLISHED + 99 * HOUR, PUBLISHED, 48, True, Obstacle.ALREADY),
        (PUBLISHED, PUBLISHED, 0, False, Obstacle.NEVER),
        (PUBLISHED, None, 48, False, Obstacle.NOT_PUBLISHED),
    ],
)
def test_a_review_can_be_disputed_once_within_the_window(
    now: datetime, published: datetime | None, hours: int, disputed: bool, expected: Obstacle | None
) -> None:
    assert may_open(now, published, hours, disputed=disputed) is expected


@given(hours=st.integers(1, 500), later=st.integers(-10_000, 100_000))
def test_the_window_ends_when_the_page_says_so(hours: int, later: int) -> None:
    now = PUBLISHED + timedelta(minutes=later)
    open_ = may_open(now, PUBLISHED, hours, disputed=False) is None
    assert open_ == (now <= window_ends(PUBLISHED, hours))


@given(st.integers(), st.integers(0, 500))
def test_once_disputed_a_review_stays_closed_for_ever(minutes: int, hours: int) -> None:
    now = PUBLISHED + timedelta(minutes=minutes % 10**6)
    assert may_open(now, PUBLISHED, hours, disputed=True) is Obstacle.ALREADY


@pytest.mark.parametrize(
    ("decisions", "expected"),
    [
        ([Decision.ACCEPTED, Decision.ACCEPTED], Decision.ACCEPTED),
        ([Decision.REJECTED], Decision.REJECTED),
        ([Decision.PARTLY], Decision.PARTLY),
        ([Decision.ACCEPTED, Decision.REJECTED], Decision.PARTLY),
        ([Decision.PARTLY, Decision.REJECTED], Decision.PARTLY),
    ],
)
def test_the_whole_is_what_all_its_answers_agree_on(decisions: list[Decision], expected: Decision) -> None:
    assert decision_of(decisions) is expected


def test_what_may_be_proposed_is_every_other_answer() -> None:
    assert proposable(cards.item("a", na=True), "no") == ("yes", "na")
    assert proposable(cards.item("a"), "no") == ("yes",)
    assert proposable(cards.scale("b", 2, 4), "2") == ("4", "3")
    assert proposable(cards.text("c"), "said") == ()


def test_in_part_is_neither_the_given_nor_the_proposed_answer() -> None:
    voice = cards.scale("voice", 2, 5)
    assert between(voice, "2", "5") == ("4", "3")
    assert becomes(Decision.PARTLY, voice, "2", "5", "3") == "3"
    for wrong in ("2", "5", "7", ""):
        assert becomes(Decision.PARTLY, voice, "2", "5", wrong) is None
    assert becomes(Decision.ACCEPTED, voice, "2", "5", "") == "5"
    assert becomes(Decision.REJECTED, voice, "2", "5", "3") == "2"


@given(st.data())
def test_changes_lead_step_by_step_from_the_old_score_to_the_new_one(data: st.DataObject) -> None:
    card, answers = data.draw(cards.answered_cards())
    new = {key: answer.value for key, answer in data.draw(cards.answers_to(card)).items() if answer.value}
    wanted = {key: value for key, value in new.items() if data.draw(st.booleans())}
    made = steps(card, answers, wanted)
    assert {step.item for step in made} == {
        key for key, value in wanted.items() if value != answers[key].value
    }
    for one, next_ in itertools.pairwise(made):
        assert one.score_after == next_.score_before
    if made:
        end = answers | {key: Answer(value) for key, value in wanted.items()}
        assert made[0].score_before == score(card, answers)
        assert made[-1].score_after == score(card, end)


@given(st.data())
def test_a_change_in_one_section_leaves_every_other_section_as_it_was(data: st.DataObject) -> None:
    card, answers = data.draw(cards.answered_cards())
    section = data.draw(st.sampled_from(card.sections))
    key = data.draw(st.sampled_from(section.items)).key
    wanted = data.draw(cards.answers_to(card))[key].value
    if not wanted:
        return
    for step in steps(card, answers, {key: wanted}):
        before = {each.key: each.share for each in step.score_before.sections if each.key != section.key}
        after = {each.key: each.share for each in step.score_after.sections if each.key != section.key}
        assert before == after


@given(st.data())
def test_whatever_is_decided_no_score_of_item_section_or_call_becomes_lower(data: st.DataObject) -> None:
    card, answers = data.draw(cards.answered_cards())
    decided = {key: answer.value for key, answer in data.draw(cards.answers_to(card)).items() if answer.value}
    kept = counted(card, answers, decided)
    assert kept.items() <= decided.items()
    after = {key: Answer(kept.get(key, answer.value)) for key, answer in answers.items()}
    old = score(card, answers)
    assert not costs(old, score(card, after))
    for item in card.items():
        mark, earlier = share(item, after[item.key].value), share(item, answers[item.key].value)
        assert mark is None or mark >= (earlier if earlier is not None else 1)
    again = counted(card, after, {key: value for key, value in decided.items() if key not in kept})
    for key, value in again.items():  # nothing that does no harm is left out
        assert costs(old, score(card, after | {key: Answer(value)}))


def costs(before: Score, after: Score) -> bool:
    """Whether the call or a section has fewer points; where it had no score, only full marks are not fewer."""
    sections = zip(before.sections, after.sections, strict=True)
    shares = [(before.total, after.total), *((old.share, new.share) for old, new in sections)]
    return any(new is not None and new < (1 if old is None else old) for old, new in shares)


def test_an_error_found_counts_neither_beside_a_gain_nor_where_the_call_is_zeroed_already() -> None:
    card = cards.card(
        cards.section(
            "all", cards.item("a"), cards.scale("b", 2, 5), cards.item("c", critical=Critical.CALL, na=True)
        )
    )
    given_ = cards.given(a="no", b="4", c="no")
    assert counted(card, given_, {"a": "yes", "b": "3"}) == {"a": "yes"}
    assert counted(card, given_, {"b": "3"}) == {}
    assert counted(card, cards.given(a="yes", b="4", c="na"), {"c": "no", "a": "no"}) == {}


def test_a_section_that_drops_out_does_not_come_back_with_less() -> None:
    """Without «b» nothing applies and there is no score; with «a» there would be one again, far below the first."""
    card = cards.card(
        cards.section(
            "all",
            cards.item("a", na=True, weight=2),
            cards.item("b", na=True),
            cards.item("x", bonus=True, weight=4),
        )
    )
    decided = {"b": "na", "a": "yes"}  # 400 %, then none, then 300 %
    assert counted(card, cards.given(a="na", b="no", x="yes"), decided) == {"b": "na"}


def test_an_answer_that_is_put_right_by_a_step_or_was_missing_counts() -> None:
    card = cards.card(cards.section("all", cards.item("a"), cards.scale("b", 2, 5)))
    assert counted(card, cards.given(a="yes", b="3"), {"b": "4"}) == {"b": "4"}
    assert counted(card, cards.given(b="3"), {"a": "yes"}) == {"a": "yes"}


def test_an_answer_that_lowers_its_section_alone_does_not_count() -> None:
    """A bonus has lifted the section above 100 per cent: full marks for one item more bring it down."""
    card = cards.card(
        cards.section("all", cards.item("a"), cards.item("more", na=True), cards.item("x", bonus=True))
    )
    assert counted(card, cards.given(a="yes", more="na", x="yes"), {"more": "yes"}) == {}


def test_statistics_count_every_answer_and_take_the_median_of_time() -> None:
    whole = summarise(
        [
            Settled(Decision.ACCEPTED, 1 * HOUR),
            Settled(Decision.PARTLY, 3 * HOUR),
            Settled(Decision.REJECTED, 40 * HOUR),
        ]
    )
    assert (whole.n, whole.accepted, whole.partly, whole.took) == (3, 1, 1, 3 * HOUR)
    assert whole.share == float(Fraction(200, 3))
