"""The mark of an exam on the school scale, critical errors, and what passes."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from qcapp.checklists.card import Card, Critical
from qcapp.checklists.card_files import read_card
from qcapp.checklists.scoring import Answer, fails
from qcapp.onboarding.exams.rules import USUAL, ExamResult, result, rounded, wanted_of
from qcapp.onboarding.program.plan import Condition, StagePlan
from qcapp.terms import ConditionKind
from tests.checklists.cards import answered_cards, card, item, scale, section
from tests.checklists.cards import given as answers

EXAM = read_card(Path(__file__).parents[3] / "checklists" / "exam.yaml")
SMALL = card(
    section(
        "goal", scale("questions", 2, 5, weight=Decimal(3), critical=Critical.SECTION), scale("heard", 2, 5)
    ),
    section("close", scale("step", 2, 5, critical=Critical.CALL)),
)


def of(card: Card, **given: str) -> ExamResult:
    return result(card, answers(**given), USUAL)


def test_the_mark_is_the_weighted_average_of_the_marks() -> None:
    assert of(SMALL, questions="5", heard="3", step="4").mark == pytest.approx((4.5 + 4) / 2)
    assert of(SMALL, questions="5", heard="3", step="4").sections == {"goal": 4.5, "close": 4}


def test_na_leaves_the_denominator_and_a_section_without_anything_drops_out() -> None:
    loose = card(section("goal", scale("asked", 2, 5, na=True), scale("heard", 2, 5)))
    assert of(loose, asked="na", heard="3").mark == 3
    nothing = of(loose, asked="na")
    assert (nothing.mark, nothing.passed, nothing.sections) == (None, False, {"goal": None})


def test_a_three_is_enough_and_a_hair_below_it_is_not() -> None:
    assert of(SMALL, questions="3", heard="3", step="3").passed
    below = of(SMALL, questions="3", heard="2", step="3")
    assert not below.passed
    assert below.mark is not None
    assert rounded(below.mark) == Decimal("2.87")


def test_a_critical_error_fails_the_best_exam_and_leaves_its_mark_alone() -> None:
    failed = of(SMALL, questions="2", heard="5", step="5")
    assert (failed.failed, failed.passed) == (("questions",), False)
    assert failed.mark == pytest.approx((2.75 + 5) / 2)
    assert of(SMALL, questions="3", heard="5", step="5").passed


def test_the_program_may_ask_for_more_than_a_three() -> None:
    strict = Condition(kind=ConditionKind.EXAM, mark=4)
    good, middling = answers(questions="4", heard="4", step="4"), answers(questions="4", heard="3", step="4")
    assert (result(SMALL, good, strict).passed, result(SMALL, middling, strict).passed) == (True, False)


def test_yes_is_a_five_and_no_is_a_two() -> None:
    plain = card(section("goal", item("hello"), item("goodbye")))
    assert of(plain, hello="yes", goodbye="no").mark == 3.5


def test_what_reads_as_a_three_is_one() -> None:
    assert rounded(2.996) == Decimal("2.99")
    assert rounded(3.3) == Decimal("3.30")


@pytest.mark.parametrize("mark", ["2", "3", "4", "5"])
def test_all_marks_alike_make_that_mark_on_the_shipped_card(mark: str) -> None:
    given_ = {each.key: mark for each in EXAM.items()}
    held = of(EXAM, **given_)
    assert held.mark == int(mark)
    assert held.passed == (mark != "2")
    assert set(held.failed) == ({"questions", "next_step", "honest"} if mark == "2" else set())


@given(answered_cards(plain=True))
def test_without_bonus_a_mark_lies_between_two_and_five(answered: tuple[Card, dict[str, Answer]]) -> None:
    held = result(*answered, USUAL)
    for mark in (held.mark, *held.sections.values()):
        assert mark is None or 2 <= mark <= 5


@given(answered_cards())
def test_passed_means_a_mark_that_is_enough_and_no_critical_error(
    answered: tuple[Card, dict[str, Answer]],
) -> None:
    held = result(*answered, USUAL)
    assert held.passed == (held.mark is not None and held.mark >= 3 and not held.failed)
    critical = [each.key for each in answered[0].items() if each.critical is not Critical.NONE]
    assert held.failed == tuple(key for key in critical if fails(_item(answered[0], key), answered[1]))


@given(answered_cards(), st.data())
def test_a_better_answer_never_fails_what_was_passed(
    answered: tuple[Card, dict[str, Answer]], data: st.DataObject
) -> None:
    asked, given_ = answered
    graded = [each for each in asked.items() if given_[each.key].value in each.choices()]
    assume(graded)
    better = data.draw(st.sampled_from(graded))
    at = better.choices().index(given_[better.key].value)
    raised = {**given_, better.key: Answer(data.draw(st.sampled_from(better.choices()[at:])))}
    before, after = result(asked, given_, USUAL), result(asked, raised, USUAL)
    assert after.passed or not before.passed
    assert before.mark is None or (after.mark is not None and after.mark >= before.mark)


@given(answered_cards())
def test_critical_or_not_never_changes_the_mark(answered: tuple[Card, dict[str, Answer]]) -> None:
    asked, given_ = answered
    mild = replace(
        asked,
        sections=tuple(
            replace(each, items=tuple(replace(one, critical=Critical.NONE) for one in each.items))
            for each in asked.sections
        ),
    )
    assert result(asked, given_, USUAL).mark == result(mild, given_, USUAL).mark


def _item(asked: Card, key: str):
    return next(each for each in asked.items() if each.key == key)


def test_what_the_stage_asks_of_its_exam_counts_and_without_a_word_the_usual() -> None:
    said = {"stage": "exam", "title": "Экзамен", "what": "Сдаёт", "exam_card": "exam"}
    strict = StagePlan.model_validate(
        said | {"conditions": [{"kind": "script"}, {"kind": "exam", "mark": 4}]}
    )
    assert wanted_of(strict) is strict.conditions[1]
    assert wanted_of(StagePlan.model_validate(said | {"conditions": [{"kind": "script"}]})) is USUAL
