"""Which card fits a call, and which items are asked."""

from dataclasses import replace

from qcapp.checklists.applicability import CallFacts, applies, best_first, for_call
from qcapp.checklists.card import AppliesTo, Card
from tests.checklists.cards import card, item, section

COLD = AppliesTo(direction=("out",), lead_source=("cold",), contact_no=(1,))


def test_every_known_fact_must_match() -> None:
    assert applies(COLD, CallFacts(direction="out", lead_source="cold", contact_no=1))
    assert not applies(COLD, CallFacts(direction="in", lead_source="cold", contact_no=1))
    assert not applies(COLD, CallFacts(direction="out", lead_source="cold", contact_no=2))


def test_an_unknown_fact_excludes_nothing() -> None:
    assert applies(COLD, CallFacts())
    assert applies(COLD, CallFacts(direction="out"))


def test_no_conditions_mean_every_call() -> None:
    assert applies(AppliesTo(), CallFacts(direction="in", stage="exam", role="seller"))


def test_the_card_with_most_facts_met_comes_first_then_the_one_with_fewest_unknown() -> None:
    def named(key: str, conditions: AppliesTo) -> Card:
        return replace(card(section("s", item("a")), applies_to=conditions), key=key)

    cards = [
        named("any", AppliesTo()),
        named("exam", AppliesTo(stage=("exam",))),
        named("out", AppliesTo(direction=("out",))),
        named("in", AppliesTo(direction=("in",))),
    ]
    best = best_first(cards, CallFacts(direction="out"))
    assert [each.key for each in best] == ["out", "any", "exam"]


def test_items_not_asked_on_such_a_call_go_and_empty_sections_with_them() -> None:
    only_out = AppliesTo(direction=("out",))
    whole = card(
        section("s", item("a", applies_to=only_out), item("b")), section("t", item("c", applies_to=only_out))
    )
    assert [each.key for each in for_call(whole, CallFacts(direction="in")).items()] == ["b"]
    assert len(for_call(whole, CallFacts(direction="in")).sections) == 1
    assert for_call(whole, CallFacts(direction="out")) == whole
    assert for_call(whole, CallFacts()) == whole
