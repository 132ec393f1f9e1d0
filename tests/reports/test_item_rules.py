"""Items: shares of bad answers, N/A apart, reasons by frequency, each version judged by its own rule."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from qcapp.checklists.card import Critical
from qcapp.reports.item_rules import Count, ItemResult, bad_values, failing_values, result
from tests.checklists.cards import choice, item, items, scale, text

YES_NO = item("hello")


@st.composite
def answered(draw: st.DrawFn) -> tuple[object, list[Count]]:
    asked = draw(items("asked"))
    values = st.sampled_from((*asked.choices(), "na", "unknown"))
    reasons = st.sampled_from([None, "a", "b", "c", "d"])
    return asked, draw(st.lists(st.builds(Count, values, reasons, st.integers(1, 9)), max_size=8))


@given(answered(), st.integers(1, 20), st.randoms(use_true_random=False))
def test_neither_order_nor_what_is_not_applicable_changes_a_result(asked, enough, random):
    thing, counts = asked
    shuffled = [*counts, Count("na", None, 7)]
    random.shuffle(shuffled)
    assert result([(thing, counts)], enough) == result([(thing, shuffled)], enough)


@given(answered(), st.integers(1, 20))
def test_below_the_minimum_only_n_is_told(asked, enough):
    thing, counts = asked
    found = result([(thing, counts)], enough)
    known = [count for count in counts if count.value in thing.choices()]
    assert found.n in {0, sum(count.n for count in known)}
    if found.n < enough:
        assert found == ItemResult(found.n)
    else:
        assert 0 <= (found.bad or 0) <= 100
        assert 0 <= (found.average or 0) <= 100
        assert None not in (found.bad, found.average)


@given(answered(), st.integers(1, 20))
def test_a_card_in_two_halves_is_the_card(asked, enough):
    thing, counts = asked
    halves = [(thing, counts[::2]), (thing, counts[1::2])]
    assert result(halves, enough) == result([(thing, counts)], enough)


def test_reasons_of_bad_answers_come_by_frequency():
    counts = [Count("no", "late", 2), Count("no", "rude", 3), Count("no", None, 1), Count("yes", "rude", 9)]
    assert result([(YES_NO, counts)], 5) == ItemResult(15, 40.0, 60.0, (("rude", 3), ("late", 2)))


def test_every_version_judges_its_own_answers():
    strict = scale("voice", 2, 5, comment_below=Decimal(5))
    lenient = scale("voice", 2, 5, comment_below=Decimal(3))
    counts = [Count("4", None, 5)]
    assert result([(strict, counts), (lenient, counts)], 1).bad == 50.0


def test_which_answers_are_bad_and_which_are_critical_errors():
    assert bad_values(YES_NO) == ("no",)
    assert bad_values(scale("voice", 2, 5)) == ("2", "3")
    assert bad_values(text("remark")) == ()
    assert failing_values(YES_NO) == ()
    assert failing_values(item("polite", critical=Critical.CALL)) == ("no",)
    below = choice(
        "ask", {"none": "0", "part": "1", "full": "2"}, critical=Critical.SECTION, critical_below=Decimal(2)
    )
    assert failing_values(below) == ("none", "part")
