"""Cards as files: the shipped ones, the way there and back, and what is said about bad ones."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given

from qcapp.checklists.card import CRM, LANGUAGES, AppliesTo, Card, Critical, Example, Guide, ItemKind, Reason
from qcapp.checklists.card_files import parse_card, read_card, write_card
from qcapp.checklists.faults import faults
from qcapp.core.errors import Refused
from tests.checklists.cards import card, cards, choice, item, scale, section, text

SHIPPED = sorted((Path(__file__).parents[2] / "checklists").glob("*.yaml"))
SMALL = """\
key: small
title: {ru: Малая карта, en: Small card}
purpose: Проверить чтение
sections:
  - key: greeting
    title: Приветствие
    weight: 10
    items:
      - key: hello
        title: Поздоровался
"""


def said(content: str | bytes) -> list[str]:
    """What is said about a file called card.yaml."""
    with pytest.raises(Refused) as refused:
        parse_card(content.encode() if isinstance(content, str) else content, name="card.yaml")
    return list(refused.value.reasons)


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_a_shipped_card_is_in_order_and_short_enough_for_a_three_minute_call(file: Path) -> None:
    shipped = read_card(file)
    assert shipped.key == file.stem
    talk = [each for each in shipped.sections if each.key != CRM]
    assert 12 <= sum(len(each.items) for each in talk) <= 16
    assert sum(each.weight for each in talk) == 100
    selling = ["goal", "presentation", "objections", "close"]
    inside = ["decision_maker", "interest", "data"] if shipped.key == "research_call" else selling
    before = ["preparation"] if shipped.key == "exam" else []
    assert [each.key for each in talk] == [*before, "greeting", *inside, "manners"]


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_a_shipped_card_says_everything_in_both_languages(file: Path) -> None:
    shipped = read_card(file)
    texts = [shipped.title, shipped.purpose, *(each.title for each in shipped.sections)]
    for each_item in shipped.items():
        texts += [each_item.title, *each_item.guide.answers.values()]
        texts += [each.title for each in (*each_item.options, *each_item.reasons)]
    assert [text for text in texts if set(text) != set(LANGUAGES)] == []


@pytest.mark.parametrize(
    "file", [each for each in SHIPPED if each.stem != "exam"], ids=lambda file: file.stem
)
def test_a_shipped_card_ends_with_the_record_in_the_crm_which_costs_the_talk_nothing(file: Path) -> None:
    crm = read_card(file).sections[-1]
    assert (crm.key, crm.weight) == (CRM, 0)
    assert 3 <= len(crm.items) <= 5
    assert {"crm_next_step", "crm_source", "crm_outcome"} <= {each.key for each in crm.items}
    assert all(each.kind is ItemKind.YES_NO and each.na for each in crm.items)


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_a_shipped_card_speaks_both_languages_and_guides_every_answer(file: Path) -> None:
    shipped = read_card(file)
    titles = [shipped.title, shipped.purpose, *(each.title for each in shipped.sections)]
    for each in shipped.items():
        titles += [each.title, *(option.title for option in each.options)]
        titles += [reason.title for reason in each.reasons]
        answers = {*each.choices(), *(("na",) if each.na else ())}
        assert answers <= set(each.guide.answers), each.key
    assert all(set(title) == {"ru", "en"} for title in titles)


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_a_shipped_card_survives_export_and_reading(file: Path) -> None:
    shipped = read_card(file)
    assert parse_card(write_card(shipped).encode(), name="again") == shipped


def test_cards_for_selling_for_research_and_for_the_exam_are_shipped() -> None:
    assert [file.stem for file in SHIPPED] == [
        "cold_first_contact",
        "exam",
        "hot_site_lead",
        "repeat_contact",
        "research_call",
    ]


def test_every_field_survives_the_way_there_and_back() -> None:
    everything = card(
        section(
            "s",
            scale(
                "a",
                0,
                10,
                weight=Decimal("2.125"),
                critical=Critical.CALL,
                critical_below=Decimal("2.5"),
                comment_below=Decimal(7),
                na=True,
                reasons=(Reason("slow", {"ru": "Медленно: очень", "en": "Slow"}),),
                guide=Guide(
                    {"10": {"ru": "да\n\nконечно # не примечание"}, "na": {"ru": "нет"}},
                    (Example("0", {"ru": "«yes» и 'no': — «5»"}),),
                ),
                applies_to=AppliesTo(direction=("out",), contact_no=(1,)),
                hints=("как бы", "5", "true", "no", "- тире"),
            ),
            choice("b", {"none": "0", "half": "0.5"}, bonus=True),
            text("c", required=True),
            item("d", weight=Decimal(0), comment_below=Decimal(0)),
            weight="12.5",
        ),
        purpose={"ru": "Проверить"},
        applies_to=AppliesTo(
            lead_source=("cold", "hot"), contact_no=(1, 2), stage=("exam",), role=("seller",)
        ),
    )
    assert faults(everything) == []
    assert parse_card(write_card(everything).encode(), name="again") == everything


@given(cards())
def test_any_card_without_faults_survives_the_way_there_and_back(made: Card) -> None:
    sound = replace(made, purpose={"ru": "Цель"})
    if not faults(sound):
        assert parse_card(write_card(sound).encode(), name="again") == sound


def test_what_is_left_out_has_its_default() -> None:
    read = parse_card(SMALL.encode(), name="small")
    hello = next(read.items())
    assert (hello.kind, hello.weight, hello.critical, hello.na) == (
        ItemKind.YES_NO,
        Decimal(1),
        Critical.NONE,
        False,
    )
    assert hello.title == {"ru": "Поздоровался"}


def test_a_byte_order_mark_does_no_harm() -> None:
    assert parse_card(b"\xef\xbb\xbf" + SMALL.encode(), name="small").key == "small"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"gone\.yaml: the file cannot be read"):
        read_card(tmp_path / "gone.yaml")


def test_another_encoding_is_named_with_its_line() -> None:
    assert said(SMALL.encode("cp1251")) == [
        "card.yaml, line 2: the file is not in UTF-8 (perhaps windows-1251). "
        "Save it again in the encoding UTF-8."
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "card.yaml: the file is empty."),
        ("# nothing but a remark\n", "card.yaml: the file is empty."),
        ("- a\n- b\n", "card.yaml, line 1: a checklist begins with fields such as key: and title:."),
        ("just words\n", "card.yaml, line 1: a checklist begins with fields such as key: and title:."),
        ("key: a\n\ttitle: b\n", "card.yaml, line 2: a tab is used for indentation; use spaces."),
        (
            "key: a\n---\nkey: b\n",
            "card.yaml, line 2: the file holds several documents (---); keep one checklist a file.",
        ),
        (
            "key: &a x\ntitle: *a\n",
            "card.yaml, line 1: anchors and references (& and *) are not supported; write the text out.",
        ),
        ("key: !!python/name:os.system x\n", "is not allowed here; write plain text and numbers."),
        ("? [a, b]\n: c\n", "card.yaml, line 1: a name of a field was expected here."),
        ("key: a\x07\n", "card.yaml, line 1: the file holds a character that YAML does not allow."),
        ("key: [a\n", "card.yaml, line 2: this is not valid YAML"),
        ("[" * 5000, "card.yaml, line 1: the file is nested too deeply."),
        ("a" * 250_001, "card.yaml: the file is larger than 250 kB"),
        ("- a\n" * 50_000, "line 9999: the file has too many fields"),
        ("key: " + "9" * 200_000, "line 1: this number is too long"),
        ("key: -" + "9" * 5000, "line 1: this number is too long"),
        ("key: 1e999", "line 1: this number is too long or too large"),
    ],
    ids=lambda value: value[:12] if len(value) < 100 else "long",
)
def test_what_is_no_card_at_all_is_refused_in_one_sentence(content: str, sentence: str) -> None:
    (only,) = said(content)
    assert sentence in only


def test_a_field_written_twice_is_refused() -> None:
    assert said(SMALL + "        title: Снова\n") == [
        "card.yaml, line 11: “title” is written twice here; keep one of the two."
    ]


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("key: small\n", "", "card.yaml, line 1: key: this field is missing."),
        ("key: small", "key: Малая", "line 1: key: “Малая” is no key; use small Latin letters"),
        (
            "weight: 10",
            "wieght: 10",
            "line 7: section greeting, wieght: unknown field “wieght”; perhaps “weight” is meant.",
        ),
        ("weight: 10", "weight: many", "line 7: section greeting, weight: here must be a number."),
        ("weight: 10", "weight: -1", "line 7: section greeting, weight: this number must be at least 0."),
        ("weight: 10", "weight: 0.12345", "weight: this number may have at most 3 decimals."),
        (
            "title: Поздоровался",
            "title: 5",
            "item hello, title: here must be a text, or texts by language (ru, en).",
        ),
        (
            "title: Поздоровался",
            "title: {de: Guten Tag}",
            "item hello, title, de: unknown language; write ru or en.",
        ),
        ("title: Поздоровался", "title: ''", "item hello, title, ru: this text is empty."),
        (
            "title: Поздоровался",
            "title: Да\n        kind: maybe",
            "kind: “maybe” is not possible here; write one of: yes_no, scale, choice, text.",
        ),
        (
            "sections:",
            "applies_to: {direction: [up]}\nsections:",
            "applies_to, direction, 1: “up” is not possible here; write one of: in, out.",
        ),
        (
            "sections:",
            "applies_to: {contact_no: one}\nsections:",
            "applies_to, contact_no: here must be a list.",
        ),
        (
            "title: Поздоровался",
            "title: Да\n        reasons: [{key: a}]",
            "item hello, reason a, title: this field is missing.",
        ),
        (
            "title: Поздоровался",
            "title: Да\n        na: perhaps",
            "item hello, na: here must be true or false.",
        ),
    ],
)
def test_a_field_of_the_wrong_form_is_named_by_line_and_item(before: str, after: str, sentence: str) -> None:
    sentences = said(SMALL.replace(before, after, 1))
    assert any(sentence in each for each in sentences), sentences


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    broken = SMALL.replace("key: small", "key: 5").replace("weight: 10", "weight: -1") + "        extra: 1\n"
    assert [each.split(":")[0] for each in said(broken)] == [
        "card.yaml, line 1",
        "card.yaml, line 7",
        "card.yaml, line 11",
    ]


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("weight: 10", "weight: 0", "line 4: sections: the weights of the sections add up to 0"),
        (
            SMALL[SMALL.index("sections:") :],
            "sections: []\n",
            "card.yaml, line 4: sections: a checklist needs at least one section.",
        ),
        (
            SMALL[SMALL.index("    items:") :],
            "    items: []\n",
            "line 8: section greeting, items: a section needs at least one item.",
        ),
        (
            "title: Поздоровался",
            "title: Да\n        weight: 0",
            "line 8: section greeting, items: the weights of the items that count add up to 0",
        ),
        (
            "title: Поздоровался",
            "title: Да\n        kind: scale",
            "item hello: an item of kind scale needs scale: {min: …, max: …}.",
        ),
        (
            "title: Поздоровался",
            "title: Да\n        kind: scale\n        scale: {min: 5, max: 2}",
            "line 12: section greeting, item hello, scale: the scale's min must be less than its max.",
        ),
        (
            "title: Поздоровался",
            "title: Да\n        kind: choice\n        options: []",
            "item hello, options: an item of kind choice needs at least two options.",
        ),
        (
            "title: Поздоровался",
            "title: Да\n        bonus: true\n        critical: call",
            "item hello, bonus: a bonus item cannot be critical",
        ),
        (
            "title: Поздоровался",
            "title: Да\n        critical_below: 1",
            "critical_below: “critical_below” is set, but the item is not critical",
        ),
        (
            "title: Поздоровался",
            "title: Да\n        critical: call\n        critical_below: 0",
            "critical_below: no answer is below this",
        ),
        (
            "title: Поздоровался",
            "title: Да\n        comment_below: 3",
            "comment_below: “comment_below” must lie between 0 and 1",
        ),
        (
            "title: Поздоровался",
            "title: Да\n        guide: {maybe: Иногда}",
            "line 11: section greeting, item hello, guide, maybe: “maybe” is no answer of this item.",
        ),
        (
            "title: Поздоровался",
            "title: Да\n        guide: {na: Нечего}",
            "guide, na: “na” is no answer of this item.",
        ),
        (
            "title: Поздоровался",
            "title: Да\n        options: [{key: a, title: A, points: 1}]",
            "options: “options” means nothing for an item of kind yes_no; remove it.",
        ),
        (
            "title: Поздоровался",
            "title: Да\n      - key: hello\n        title: Опять",
            "line 11: section greeting, item hello, key: another item "
            "of this checklist has the key “hello” too",
        ),
    ],
)
def test_a_contradiction_is_named_by_line_and_item(before: str, after: str, sentence: str) -> None:
    sentences = said(SMALL.replace(before, after, 1))
    assert any(sentence in each for each in sentences), sentences


def test_options_need_points_and_keys_of_their_own() -> None:
    options = (
        "title: Да\n        kind: choice\n        options:\n"
        "          - {key: na, title: A, points: 0}\n"
        "          - {key: b, title: B, points: 0}\n"
        "          - {key: b, title: C, points: 0}"
    )
    assert said(SMALL.replace("title: Поздоровался", options)) == [
        "card.yaml, line 12: section greeting, item hello, options: all options have 0 points; "
        "give at least the best one some.",
        "card.yaml, line 13: section greeting, item hello, option na, key: the key “na” is reserved for "
        "“not applicable”; choose another.",
        "card.yaml, line 15: section greeting, item hello, option "
        "b, key: another option of this item has the "
        "key “b” too; keys must differ.",
    ]


def test_an_item_the_card_itself_excludes_is_refused() -> None:
    clash = SMALL.replace("sections:", "applies_to: {direction: [out]}\nsections:")
    assert said(clash + "        applies_to: {direction: [in]}\n") == [
        "card.yaml, line 12: section greeting, item hello, applies_to, direction: "
        "the checklist itself excludes these values, so the item would never be asked."
    ]
