"""The rule of scoring, example by example."""

from decimal import Decimal
from fractions import Fraction

from qcapp.checklists.card import Critical, Reason
from qcapp.checklists.scoring import Answer, Lack, Unfinished, is_bad, missing, percent, score
from tests.checklists.cards import card, choice, given, item, scale, section, text

HALF = Fraction(1, 2)


def test_item_weights_count_within_the_section_and_section_weights_in_the_total() -> None:
    asked = card(
        section("greeting", item("hello", weight=Decimal(3)), item("name"), weight=20),
        section("close", item("step"), weight=60),
    )
    result = score(asked, given(hello="yes", name="no", step="no"))
    assert [each.share for each in result.sections] == [Fraction(3, 4), 0]
    assert (result.earned, result.possible, result.total) == (Fraction(15), Fraction(80), Fraction(3, 16))


def test_na_leaves_the_denominator() -> None:
    asked = card(section("s", item("a"), item("b", na=True, weight=Decimal(9))))
    assert score(asked, given(a="yes", b="na")).total == 1


def test_a_section_with_nothing_applicable_drops_out() -> None:
    asked = card(section("s", item("a"), weight=10), section("objections", item("b", na=True), weight=90))
    result = score(asked, given(a="yes", b="na"))
    assert result.total == 1
    assert result.sections[1].share is None


def test_a_call_with_nothing_applicable_has_no_score() -> None:
    asked = card(section("s", item("a", na=True)))
    result = score(asked, given(a="na"))
    assert result.total is None
    assert result.complete


def test_a_failed_critical_item_zeroes_its_section_only() -> None:
    asked = card(section("s", item("a", critical=Critical.SECTION), item("b")), section("t", item("c")))
    result = score(asked, given(a="no", b="yes", c="yes"))
    assert result.sections[0].share == 0
    assert result.sections[0].zeroed_by == ("a",)
    assert (result.total, result.before_critical) == (HALF, Fraction(3, 4))


def test_a_failed_critical_item_zeroes_the_call_and_leaves_the_sections_readable() -> None:
    asked = card(section("s", item("a", critical=Critical.CALL), item("b")), section("t", item("c")))
    result = score(asked, given(a="no", b="yes", c="yes"))
    assert (result.total, result.earned, result.zeroed_by) == (Fraction(0), Fraction(0), ("a",))
    assert [each.share for each in result.sections] == [HALF, 1]


def test_a_critical_item_that_is_not_applicable_or_unanswered_zeroes_nothing() -> None:
    asked = card(section("s", item("a", critical=Critical.CALL, na=True), item("b")))
    assert score(asked, given(a="na", b="yes")).total == 1
    assert score(asked, given(b="yes")).total == 1


def test_a_failed_critical_item_counts_even_where_nothing_else_applies() -> None:
    asked = card(
        section("s", item("a", critical=Critical.SECTION, weight=Decimal(0)), item("b", na=True)),
        section("t", item("c")),
    )
    assert score(asked, given(a="no", b="na", c="yes")).total == HALF


def test_a_critical_scale_fails_at_its_lowest_value_unless_a_threshold_is_set() -> None:
    lowest = card(section("s", scale("a", 2, 5, critical=Critical.CALL)))
    below = card(section("s", scale("a", 2, 5, critical=Critical.CALL, critical_below=Decimal(4))))
    assert score(lowest, given(a="2")).zeroed_by == ("a",)
    assert score(lowest, given(a="3")).zeroed_by == ()
    assert score(below, given(a="3")).zeroed_by == ("a",)
    assert score(below, given(a="4")).zeroed_by == ()


def test_a_critical_choice_fails_at_its_lowest_option() -> None:
    asked = card(section("s", choice("a", {"rude": "1", "dry": "2", "kind": "3"}, critical=Critical.CALL)))
    assert score(asked, given(a="rude")).total == 0
    assert score(asked, given(a="dry")).total == Fraction(2, 3)


def test_a_scale_is_stretched_from_its_lowest_to_its_highest_value() -> None:
    asked = card(section("s", scale("a", 2, 5)))
    assert [score(asked, given(a=value)).total for value in "2345"] == [0, Fraction(1, 3), Fraction(2, 3), 1]


def test_an_option_earns_its_points_of_the_best_option() -> None:
    asked = card(section("s", choice("a", {"none": "0", "some": "1.5", "all": "2"})))
    assert score(asked, given(a="some")).total == Fraction(3, 4)


def test_bonus_adds_above_a_hundred_and_costs_nothing_when_missed() -> None:
    asked = card(section("s", item("a", weight=Decimal(4)), item("b", bonus=True)))
    assert score(asked, given(a="yes", b="no")).total == 1
    assert score(asked, given(a="yes", b="yes")).total == Fraction(5, 4)


def test_bonus_alone_makes_no_section() -> None:
    asked = card(section("s", item("a", na=True), item("b", bonus=True)))
    assert score(asked, given(a="na", b="yes")).total is None


def test_texts_do_not_count() -> None:
    asked = card(section("s", item("a"), text("b")))
    result = score(asked, given(a="yes", b="говорить медленнее"))
    assert result.total == 1
    assert score(asked, given(a="yes")).complete


def test_unanswered_items_give_the_score_so_far() -> None:
    asked = card(section("s", item("a"), item("b")), section("t", item("c")))
    result = score(asked, given(a="yes"))
    assert result.total == 1
    assert not result.complete
    assert score(asked, {}).total is None


def test_an_answer_the_item_cannot_take_counts_as_none() -> None:
    asked = card(section("s", item("a"), scale("b", 0, 10)))
    result = score(asked, given(a="na", b="11", ghost="no"))
    assert result.total is None
    assert not result.complete


def test_thirds_stay_exact_and_only_the_eye_sees_them_rounded() -> None:
    asked = card(*(section(key, scale(key, 2, 5)) for key in "abc"))
    result = score(asked, given(a="3", b="3", c="3"))
    assert result.total == Fraction(1, 3)
    assert percent(result.total) == 33
    assert percent(result.total, 1) == Decimal("33.3")
    assert percent(Fraction(1, 8), 0) == 13
    assert percent(None) is None


def test_nothing_is_missing_from_full_answers() -> None:
    asked = card(section("s", item("a"), item("b", na=True), text("c")))
    assert missing(asked, given(a="yes", b="na")) == ()


def test_it_names_what_is_unanswered_or_no_answer_in_the_order_of_the_card() -> None:
    asked = card(section("s", item("a"), item("b"), scale("c", 2, 5), text("d", required=True)))
    assert missing(asked, given(b="na", c="1", d="  ")) == (
        Unfinished("a", Lack.UNANSWERED),
        Unfinished("b", Lack.NA_NOT_ALLOWED),
        Unfinished("c", Lack.NOT_AN_ANSWER),
        Unfinished("d", Lack.UNANSWERED),
    )


def test_a_bad_answer_needs_a_comment_and_a_reason_where_reasons_are_listed() -> None:
    reasons = (Reason("ignored", {"ru": "не заметил"}),)
    asked = card(section("s", item("a"), item("b", reasons=reasons)))
    assert missing(asked, given(a="no", b="no")) == (
        Unfinished("a", Lack.COMMENT),
        Unfinished("b", Lack.COMMENT),
        Unfinished("b", Lack.REASON),
    )
    told = {"a": Answer("no", "Не поздоровался"), "b": Answer("no", "Пропустил", "ignored")}
    assert missing(asked, told) == ()
    odd = {"a": Answer("no", "Не поздоровался"), "b": Answer("no", "Пропустил", "weather")}
    assert missing(asked, odd) == (Unfinished("b", Lack.UNKNOWN_REASON),)


def test_bad_means_below_half_unless_the_card_says_otherwise() -> None:
    usual = card(section("s", scale("a", 2, 5), item("b", bonus=True)))
    assert missing(usual, given(a="3", b="no")) == (Unfinished("a", Lack.COMMENT),)
    assert missing(usual, given(a="4", b="no")) == ()
    strict = card(
        section("s", scale("a", 2, 5, comment_below=Decimal(5)), item("b", comment_below=Decimal(0)))
    )
    assert missing(strict, given(a="4", b="no")) == (Unfinished("a", Lack.COMMENT),)


def test_half_a_mark_is_no_bad_answer_and_a_bonus_never_is() -> None:
    steps = choice("steps", {"none": "0", "less": "1", "half": "2", "all": "4"})
    assert [is_bad(steps, value) for value in ("none", "less", "half", "all")] == [True, True, False, False]
    assert not is_bad(item("extra", bonus=True), "no")
