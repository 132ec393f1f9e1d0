"""The editor's document: a card goes in and comes out as it was; what is no card yet is told, not lost."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from qcapp.checklists import documents
from qcapp.checklists.card import CRM, Card
from qcapp.checklists.card_files import parse_card, read_card, write_card
from qcapp.checklists.faults import faults
from qcapp.checklists.keys import key_of
from tests.checklists.cards import cards

SHIPPED = sorted((Path(__file__).parents[2] / "checklists").glob("*.yaml"))


@given(cards())
def test_a_document_of_a_card_is_read_as_the_same_card(made: Card) -> None:
    sound = replace(made, purpose={"ru": "Цель", "en": "Aim"})
    document = documents.document_of(sound)
    if not faults(sound):
        reading = documents.read(document)
        assert reading.problems == []
        assert reading.card == sound
        assert documents.document_of(reading.card) == document


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_a_shipped_card_goes_through_the_editor_and_its_file_without_loss(file: Path) -> None:
    shipped = read_card(file)
    document = documents.document_of(shipped)
    edited = documents.read(document).card
    assert edited == shipped
    assert documents.document_of(edited) == document == documents.tidy(document)
    assert parse_card(write_card(edited).encode(), name="again") == shipped


def test_what_the_page_leaves_empty_has_its_default_and_a_comma_is_a_point() -> None:
    document = documents.blank("small", {"ru": "Малая", "en": "  "})
    document["purpose"] = {"ru": " Проверить ", "en": ""}
    document["applies_to"] = {"direction": [], "contact_no": ["1", "2"]}
    section = document["sections"][0]
    section |= {"title": {"ru": "Цель", "en": "Goal"}, "weight": "12,5"}
    section["items"][0] |= {
        "title": {"ru": "Назвал\x00 цель", "en": ""},
        "comment_below": "",
        "guide": {"yes": {"ru": "", "en": ""}, "no": {"ru": "Нет", "en": ""}, "examples": []},
        "hints": ["звоню", " ", "цель"],
    }
    card = documents.read(document).card
    assert card is not None
    item = next(card.items())
    assert card.title == {"ru": "Малая"}
    assert card.applies_to.contact_no == (1, 2)
    assert str(card.sections[0].weight) == "12.5"
    assert (item.title, item.comment_below, dict(item.guide.answers), item.hints) == (
        {"ru": "Назвал цель"},
        None,
        {"no": {"ru": "Нет"}},
        ("звоню", "цель"),
    )


def test_a_blank_card_says_what_it_lacks_and_where(app: Flask) -> None:
    document = documents.blank("small", {"ru": "Малая"})
    with app.test_request_context():
        reading = documents.read(document)
        told = [(documents.place(path, document, "ru"), sentence) for path, sentence in reading.problems]
    assert reading.card is None
    assert told == [
        ("Purpose", "this text is empty."),
        ("Section 1 › Title", "this text is empty."),
        ("Section 1 › Item 1 › Title", "this text is empty."),
    ]


def test_a_section_about_the_crm_begins_with_no_weight_and_needs_items_that_weigh(app: Flask) -> None:
    document = documents.document_of(read_card(SHIPPED[0]))
    document["sections"][-1] = crm = documents.blank_crm()
    crm["items"][0] |= {"key": "date", "title": {"ru": "Дата внесена"}}
    with app.test_request_context():
        reading = documents.read(document)
        assert reading.problems == []
        assert reading.card is not None
        assert reading.card.sections[-1].key == CRM
        assert reading.card.sections[-1].weight == 0
        crm["items"][0]["weight"] = "0"
        ((path, _sentence),) = documents.read(document).problems
    assert path == ("sections", len(document["sections"]) - 1, "items")


def test_what_is_no_card_yet_is_shown_as_far_as_it_can_be() -> None:
    shown = documents.shown(documents.blank("small", {"ru": "Малая"}))
    assert shown is not None
    assert [each.title for each in (shown.sections[0], *shown.items())] == [{"ru": "…"}, {"ru": "…"}]
    assert documents.shown({"title": "Малая"}) is None


def test_a_contradiction_is_told_with_the_names_of_the_page(app: Flask) -> None:
    document = documents.document_of(read_card(SHIPPED[0]))
    document["sections"][0]["items"][1]["comment_below"] = "7"
    with app.test_request_context():
        ((path, sentence),) = documents.read(document).problems
        assert documents.place(path, document, "ru") == (
            "Приветствие › Спросил, удобно ли говорить › Comment below"
        )
    assert path == ("sections", 0, "items", 1, "comment_below")
    assert sentence.startswith("“Comment below” must lie between 0 and 1")


@given(
    st.recursive(
        st.none() | st.booleans() | st.text(max_size=5) | st.integers(),
        lambda inside: (
            st.lists(inside, max_size=3)
            | st.dictionaries(
                st.sampled_from(["title", "ru", "items", "sections", "guide", "x"]), inside, max_size=3
            )
        ),
    ).map(lambda value: {"sections": value, "title": value})
)
def test_whatever_is_sent_is_read_without_a_crash(sent: dict[str, object]) -> None:
    reading = documents.read(sent)
    assert reading.card is None
    assert reading.problems
    documents.shown(sent)
    assert all(isinstance(documents.place(path, sent, "ru"), str) for path, _told in reading.problems)


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("Назвал цель звонка", "nazval_tsel_zvonka"),
        ("Объём: 5 шт.", "obem_5_sht"),
        ("5 шагов", "card_5_shagov"),
        ("«…»", "card"),
        ("taken", "taken_3"),
    ],
)
def test_a_key_is_the_title_in_latin_letters(title: str, key: str) -> None:
    assert key_of(title, {"taken", "taken_2"}) == key


@given(st.text(max_size=200))
def test_any_title_gives_a_key_a_card_may_have(title: str) -> None:
    document = documents.blank(key_of(title), {"ru": "Карта"})
    assert not [path for path, _told in documents.read(document).problems if path == ("key",)]
