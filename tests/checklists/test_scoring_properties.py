"""What must hold for every card and every answer."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import TypeVar

from hypothesis import assume, given
from hypothesis import strategies as st

from qcapp.checklists.card import CRM, Card, Critical, Item, ItemKind, Section
from qcapp.checklists.scoring import Answer, missing, score
from tests.checklists.cards import answered_cards, cards, choice, scale
from tests.checklists.cards import item as yes_no

T = TypeVar("T")
Answered = tuple[Card, dict[str, Answer]]


@given(answered_cards(), st.randoms(use_true_random=False))
def test_order_of_items_sections_and_answers_changes_nothing(answered: Answered, random: Random) -> None:
    asked, answers = answered
    mixed = replace(asked, sections=_mixed_sections(asked, random))
    before, after = score(asked, answers), score(mixed, dict(_mixed(answers.items(), random)))
    assert (before.total, before.before_critical, before.complete) == (
        after.total,
        after.before_critical,
        after.complete,
    )
    assert {each.key: each.share for each in before.sections} == {
        each.key: each.share for each in after.sections
    }


@given(answered_cards(), st.data())
def test_na_never_changes_another_section(answered: Answered, data: st.DataObject) -> None:
    asked, answers = answered
    section = data.draw(st.sampled_from(asked.sections))
    item = data.draw(st.sampled_from(section.items))
    before, after = score(asked, answers), score(asked, {**answers, item.key: Answer("na")})
    others = [
        (one, two) for one, two in zip(before.sections, after.sections, strict=True) if one.key != section.key
    ]
    assert all(one == two for one, two in others)


@given(answered_cards(), answered_cards(plain=True))
def test_a_section_that_weighs_nothing_has_a_per_cent_of_its_own_and_leaves_the_score_alone(
    answered: Answered, aside: Answered
) -> None:
    asked, answers = answered
    crm = replace(aside[0].sections[0], key=CRM, weight=Decimal(0))
    crm = replace(crm, items=tuple(replace(each, key=f"crm_{each.key}") for each in crm.items))
    filled = {f"crm_{key}": answer for key, answer in aside[1].items()}
    before = score(asked, answers)
    after = score(replace(asked, sections=(*asked.sections, crm)), {**answers, **filled})
    assert (after.total, after.zeroed_by, after.sections[:-1]) == (
        before.total,
        before.zeroed_by,
        before.sections,
    )
    alone = score(replace(asked, sections=(replace(crm, weight=Decimal(1)),)), filled)
    assert after.sections[-1].share == alone.total


@given(answered_cards())
def test_na_is_the_same_as_not_asking(answered: Answered) -> None:
    asked, answers = answered
    sections = tuple(
        replace(each, items=tuple(item for item in each.items if answers[item.key].value != "na"))
        for each in asked.sections
    )
    assert score(replace(asked, sections=sections), answers).total == score(asked, answers).total


@given(answered_cards(plain=True))
def test_without_bonus_everything_lies_between_nothing_and_all(answered: Answered) -> None:
    result = score(*answered)
    for share in (result.total, *(each.share for each in result.sections)):
        assert share is None or 0 <= share <= 1


@given(answered_cards())
def test_a_total_is_never_negative_and_never_above_what_bonus_allows(answered: Answered) -> None:
    asked, answers = answered
    result = score(asked, answers)
    assert result.total is None or result.total >= 0
    assert result.total is None or result.before_critical is None or result.total <= result.before_critical


@given(answered_cards(), st.data())
def test_a_better_answer_never_lowers_the_score(answered: Answered, data: st.DataObject) -> None:
    asked, answers = answered
    graded = [item for item in asked.items() if answers[item.key].value in item.choices()]
    assume(graded)
    item = data.draw(st.sampled_from(graded))
    at = item.choices().index(answers[item.key].value)
    better = {**answers, item.key: Answer(data.draw(st.sampled_from(item.choices()[at:])))}
    before, after = score(asked, answers).total, score(asked, better).total
    assert before is None or after is None or before <= after


@given(cards(plain=True))
def test_all_best_answers_make_a_hundred_per_cent(asked: Card) -> None:
    best = {item.key: Answer(item.choices()[-1] if item.choices() else "") for item in asked.items()}
    result = score(asked, best)
    assert result.complete
    assert result.total == (1 if result.possible else None)


@given(cards())
def test_all_na_gives_no_score_and_nothing_is_missing(asked: Card) -> None:
    answers = {item.key: Answer("na") for item in asked.items() if item.kind is not ItemKind.TEXT}
    result = score(asked, answers)
    assert result.total is None
    assert result.complete
    assert missing(asked, answers) == ()


@given(
    answered_cards(),
    st.sampled_from([yes_no("fatal"), scale("fatal", 0, 3), choice("fatal", {"bad": "0", "good": "2"})]),
)
def test_a_failed_call_critical_item_always_means_zero(answered: Answered, fatal: Item) -> None:
    """One at least: ``fatal`` is added to the first section."""
    asked, answers = answered
    first, *others = asked.sections
    first = replace(first, items=(*first.items, replace(fatal, critical=Critical.CALL)))
    asked, answers = (
        replace(asked, sections=(first, *others)),
        answers | {"fatal": Answer(fatal.choices()[0])},
    )
    failed = {
        item.key
        for item in asked.items()
        if item.critical is Critical.CALL and item.choices() and answers[item.key].value == item.choices()[0]
    }
    result = score(asked, answers)
    assert result.total == Fraction(0)
    assert failed <= set(result.zeroed_by)


@given(answered_cards())
def test_the_total_is_what_its_parts_add_up_to(answered: Answered) -> None:
    result = score(*answered)
    counted = [each for each in result.sections if each.share is not None]
    assert result.possible == sum(each.weight for each in counted)
    if not result.zeroed_by:
        assert result.earned == sum((each.weight * (each.share or 0) for each in counted), Fraction(0))
        assert result.total == (result.earned / result.possible if result.possible else None)


def _mixed_sections(asked: Card, random: Random) -> tuple[Section, ...]:
    return tuple(
        _mixed([replace(each, items=tuple(_mixed(each.items, random))) for each in asked.sections], random)
    )


def _mixed(parts: Iterable[T], random: Random) -> list[T]:
    shuffled = list(parts)
    random.shuffle(shuffled)
    return shuffled
