"""Cards as YAML files: reading with every mistake named by file, line and item; writing without loss."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from qcapp.checklists import faults, problems, yaml_files, yaml_text
from qcapp.checklists.card import (
    LANGUAGES,
    Card,
    Critical,
    Item,
    ItemKind,
    Section,
    Text,
)
from qcapp.checklists.schema import CardForm
from qcapp.core.errors import Refused
from qcapp.core.i18n import _


def read_card(file: Path) -> Card:
    """The card in a file; ``Refused`` lists everything wrong with it."""
    return parse_card(yaml_files.content_of(file), name=str(file))


def parse_card(content: bytes, *, name: str) -> Card:
    """The card in these bytes; ``name`` is what refusals call the file."""
    beginning = _("a checklist begins with fields such as key: and title:.")
    data, lines = yaml_files.fields_of(content, name=name, beginning=beginning)
    try:
        card = CardForm.model_validate(data).value()
    except ValidationError as error:
        raise _refusal(name, problems.of_form(error), data, lines) from error
    if found := faults.faults(card):
        raise _refusal(name, problems.of_faults(found), data, lines)
    return card


def write_card(card: Card) -> str:
    """The card as YAML; ``parse_card`` makes the same card of it."""
    return yaml_text.write(plain(card))


def plain(card: Card) -> dict[str, Any]:
    """The card as plain data in the form of a file, without what equals its default."""
    return {
        "key": card.key,
        "title": _text(card.title),
        "purpose": _text(card.purpose),
        **_filled(applies_to=card.applies_to.keys()),
        "sections": [_section(section) for section in card.sections],
    }


def _refusal(name: str, found: Sequence[problems.Placed], data: Any, lines: yaml_files.Lines) -> Refused:
    told = []
    for path, sentence in found:
        where = problems.place(path, data)
        told.append((path, f"{where}: {sentence}" if where else sentence))
    return yaml_files.refusal(name, told, lines)


def _section(section: Section) -> dict[str, Any]:
    return {
        "key": section.key,
        "title": _text(section.title),
        "weight": _number(section.weight),
        "items": [_item(item) for item in section.items],
    }


def _item(item: Item) -> dict[str, Any]:
    is_text = item.kind is ItemKind.TEXT
    scale = {"min": item.scale_min, "max": item.scale_max} if item.kind is ItemKind.SCALE else None
    return {
        "key": item.key,
        "title": _text(item.title),
        **({} if item.kind is ItemKind.YES_NO else {"kind": item.kind.value}),
        **({} if item.weight == 1 else {"weight": _number(item.weight)}),
        **_filled(
            scale=scale,
            options=[
                {"key": option.key, "title": _text(option.title), "points": _number(option.points)}
                for option in item.options
            ],
        ),
        **({} if item.critical is Critical.NONE else {"critical": item.critical.value}),
        **({} if item.critical_below is None else {"critical_below": _number(item.critical_below)}),
        **_filled(bonus=item.bonus, na=item.na, required=is_text and item.required),
        **({} if item.comment_below is None else {"comment_below": _number(item.comment_below)}),
        **_filled(
            reasons=[{"key": reason.key, "title": _text(reason.title)} for reason in item.reasons],
            guide=_guide(item),
            applies_to=item.applies_to.keys(),
            hints=list(item.hints),
        ),
    }


def _guide(item: Item) -> dict[str, Any]:
    """Best answer first, N/A last: the order people read in, whatever order a database gave."""
    guide = item.guide
    examples = [{"answer": example.answer, "quote": _text(example.quote)} for example in guide.examples]
    answers = {answer: _text(guide.answers[answer]) for answer in item.answers() if answer in guide.answers}
    return {**answers, **_filled(examples=examples)}


def _text(text: Text) -> dict[str, str]:
    return {language: text[language] for language in LANGUAGES if language in text}


def _filled(**fields: Any) -> dict[str, Any]:
    """Without what is empty: it is the default when read."""
    return {name: value for name, value in fields.items() if value}


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)
