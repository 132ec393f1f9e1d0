"""Between a card as a value and its rows: ``fill`` writes a version's rows, ``card_of`` reads them back."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from qcapp.checklists import documents, models
from qcapp.checklists.card import AppliesTo, Card, Example, Guide, Item, Option, Reason, Section
from qcapp.checklists.models import ChecklistVersion


def card_of(version: ChecklistVersion) -> Card:
    """The card as this version words it; its purpose is the checklist's own.

    A draft in the editor is what its document shows, which need not be sound; ``service.settle`` sees to that.
    """
    if version.document is not None and (edited := documents.shown(version.document)):
        return edited
    return Card(
        key=version.checklist.key,
        title=version.title,
        purpose=version.checklist.purpose,
        applies_to=AppliesTo.of(version.applies_to),
        sections=tuple(
            Section(row.key, row.title, _exact(row.weight), tuple(_item_of(item) for item in row.items))
            for row in version.sections
        ),
    )


def fill(version: ChecklistVersion, card: Card) -> None:
    """Make the version's rows those of the card; the session must have flushed the removal of older rows."""
    version.title = dict(card.title)
    version.applies_to = card.applies_to.keys()
    version.sections = [
        models.Section(
            position=position,
            key=section.key,
            title=dict(section.title),
            weight=float(section.weight),
            items=[_row_of(item, place) for place, item in enumerate(section.items)],
        )
        for position, section in enumerate(card.sections)
    ]


def _item_of(row: models.Item) -> Item:
    item = Item(
        key=row.key,
        title=row.title,
        kind=row.kind,
        weight=_exact(row.weight),
        scale_min=row.scale_min,
        scale_max=row.scale_max,
        options=tuple(Option(each["key"], each["title"], _exact(each["points"])) for each in row.options),
        critical=row.critical,
        critical_below=_exact_or_none(row.critical_below),
        bonus=row.bonus,
        na=row.na_allowed,
        required=row.required,
        comment_below=_exact_or_none(row.comment_below),
        reasons=tuple(Reason(each["key"], each["title"]) for each in row.reasons),
        applies_to=AppliesTo.of(row.applies_to),
        hints=tuple(row.hints),
    )
    return replace(item, guide=_guide_of(item, row.guide))


def _guide_of(item: Item, stored: Mapping[str, Any]) -> Guide:
    """In the order people read answers: a database may give the keys of JSON back in any order."""
    answers = stored["answers"]
    return Guide(
        answers={answer: answers[answer] for answer in item.answers() if answer in answers},
        examples=tuple(Example(each["answer"], each["quote"]) for each in stored["examples"]),
    )


def _row_of(item: Item, position: int) -> models.Item:
    return models.Item(
        position=position,
        key=item.key,
        title=dict(item.title),
        kind=item.kind,
        weight=float(item.weight),
        scale_min=item.scale_min,
        scale_max=item.scale_max,
        options=[
            {"key": each.key, "title": dict(each.title), "points": float(each.points)}
            for each in item.options
        ],
        critical=item.critical,
        critical_below=None if item.critical_below is None else float(item.critical_below),
        bonus=item.bonus,
        na_allowed=item.na,
        required=item.required,
        comment_below=None if item.comment_below is None else float(item.comment_below),
        reasons=[{"key": each.key, "title": dict(each.title)} for each in item.reasons],
        guide={
            "answers": {answer: dict(text) for answer, text in item.guide.answers.items()},
            "examples": [{"answer": each.answer, "quote": dict(each.quote)} for each in item.guide.examples],
        },
        applies_to=item.applies_to.keys(),
        hints=list(item.hints),
    )


def _exact(stored: float) -> Decimal:
    """The number as it was written: floats of up to three decimals come back through their shortest text."""
    return Decimal(repr(stored)) if stored != int(stored) else Decimal(int(stored))


def _exact_or_none(stored: float | None) -> Decimal | None:
    return None if stored is None else _exact(stored)
