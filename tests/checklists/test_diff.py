"""What changed between two versions: every change is named, and nothing that did not change."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from qcapp.checklists import diff_words
from qcapp.checklists.card import AppliesTo, Card, Critical, Example, Guide, Item, ItemKind, Option, Reason
from qcapp.checklists.card_files import read_card
from qcapp.checklists.diff import CardChange, CardPart, Difference, diff
from tests.checklists.cards import card, cards, item, section

SHIPPED = Path(__file__).parents[2] / "checklists"
CHANGES: dict[str, Callable[[Item], Item]] = {
    "title": lambda one: replace(one, title={"ru": "Иначе"}),
    "kind": lambda one: replace(one, kind=ItemKind.TEXT if one.kind is not ItemKind.TEXT else ItemKind.SCALE),
    "weight": lambda one: replace(one, weight=one.weight + 1),
    "scale": lambda one: replace(one, scale_max=(one.scale_max or 0) + 1),
    "options.new": lambda one: replace(one, options=(*one.options, Option("new", {"ru": "Ещё"}, Decimal(1)))),
    "critical": lambda one: replace(
        one, critical=Critical.CALL if one.critical is not Critical.CALL else Critical.NONE
    ),
    "critical_below": lambda one: replace(one, critical_below=Decimal(99)),
    "bonus": lambda one: replace(one, bonus=not one.bonus),
    "na": lambda one: replace(one, na=not one.na),
    "required": lambda one: replace(one, required=not one.required),
    "comment_below": lambda one: replace(one, comment_below=Decimal(99)),
    "reasons.new": lambda one: replace(one, reasons=(Reason("new", {"ru": "Повод"}),)),
    "guide.yes": lambda one: replace(one, guide=Guide({"yes": {"ru": "Да"}})),
    "examples": lambda one: replace(one, guide=Guide({}, (Example("yes", {"ru": "«Да»"}),))),
    "applies_to.direction": lambda one: replace(one, applies_to=AppliesTo(direction=("in",))),
    "hints": lambda one: replace(one, hints=("алло",)),
}


@given(cards())
def test_a_card_does_not_differ_from_itself(made: Card) -> None:
    assert diff(made, made) == []


@given(cards(), st.sampled_from(sorted(CHANGES)), st.data())
def test_every_changed_field_of_an_item_is_named_and_no_other(
    made: Card, field: str, data: st.DataObject
) -> None:
    one = data.draw(st.sampled_from(list(made.items())))
    changed = CHANGES[field](one)
    sections = tuple(
        replace(each, items=tuple(changed if old is one else old for old in each.items))
        for each in made.sections
    )
    (found,) = diff(made, replace(made, sections=sections))
    assert (found.thing, found.key, found.change, found.field) == (
        CardPart.ITEM,
        one.key,
        CardChange.CHANGED,
        field,
    )


@given(cards(), st.data())
def test_items_in_another_order_are_moved_and_nothing_else(made: Card, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(made.sections) - 1))
    before = made.sections[place]
    after = replace(before, items=tuple(data.draw(st.permutations(before.items))))
    found = diff(made, replace(made, sections=(*made.sections[:place], after, *made.sections[place + 1 :])))
    assert {each.change for each in found} <= {CardChange.MOVED}
    assert bool(found) == (before.items != after.items)
    assert len(found) < max(len(before.items), 1)


def test_sections_and_items_that_come_go_and_move() -> None:
    old = card(
        section("s", item("a"), item("b"), item("c")), section("t", item("d")), section("u", item("e"))
    )
    new = card(section("t", item("d"), item("a")), section("s", item("c"), item("b"), item("n")))
    assert set(diff(old, new)) == {
        Difference(CardPart.SECTION, "s", CardChange.MOVED),
        Difference(CardPart.SECTION, "u", CardChange.REMOVED),
        Difference(CardPart.ITEM, "a", CardChange.MOVED, "section", "s", "t"),
        Difference(CardPart.ITEM, "b", CardChange.MOVED),
        Difference(CardPart.ITEM, "n", CardChange.ADDED, after="s"),
        Difference(CardPart.ITEM, "e", CardChange.REMOVED, before="u"),
    }


def test_the_changes_are_told_in_words(app: Flask) -> None:
    old = read_card(SHIPPED / "cold_first_contact.yaml")
    goal = old.sections[1]
    first = replace(goal.items[0], critical=Critical.CALL, guide=Guide({"yes": {"ru": "Назвал"}}), na=False)
    sections = (
        old.sections[0],
        replace(goal, weight=Decimal(30), items=(*goal.items[1:], first)),
        replace(old.sections[2], items=(item("price", weight=Decimal("2.5")),)),
        *old.sections[3:],
    )
    with app.test_request_context():
        blocks = diff_words.blocks(old, replace(old, sections=sections), "ru")
        told = {
            block.heading: [(line.what, line.before, line.after) for line in block.lines] for block in blocks
        }
    assert told["Section “Цель звонка”"] == [("Weight", "25", "30")]
    stated = told["Item “Назвал цель звонка”"]
    assert ("moved", None, None) in stated
    assert ("became critical for the call", None, None) in stated
    assert ("may not be answered “not applicable” any more", None, None) in stated
    assert any(what == "What counts as “Yes”" and after == "Назвал" for what, _before, after in stated)
    assert told["Item “price”"] == [("added to the section “Презентация”", None, None)]
    assert told["Item “Показал выгоду для клиента”"] == [
        ("removed from the section “Презентация”", None, None)
    ]


@pytest.mark.parametrize("name", ["hot_site_lead", "repeat_contact"])
def test_any_two_cards_can_be_told_apart_in_words(app: Flask, name: str) -> None:
    with app.test_request_context():
        blocks = diff_words.blocks(
            read_card(SHIPPED / "cold_first_contact.yaml"), read_card(SHIPPED / f"{name}.yaml"), "ru"
        )
    assert all(line.what for block in blocks for line in block.lines)
