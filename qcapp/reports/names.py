"""What the parts of cards are called, through all their versions: the newest wording stands for every one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from qcapp.checklists.card import CRM, Card, Critical, Item, Text
from qcapp.checklists.models import ChecklistVersion
from qcapp.checklists.queries import card_of
from qcapp.reports.item_rules import failing_values


@dataclass(frozen=True, slots=True)
class ItemHistory:
    """An item through the versions of its checklist, newest first: (row id, item) of each, and its newest wording."""

    newest: Item
    versions: tuple[tuple[int, Item], ...]

    def reason_titles(self) -> dict[str, Text]:
        """The newest wording of every reason, also of those that have been dropped."""
        items = [self.newest, *(item for _row_id, item in self.versions)]
        return {reason.key: reason.title for item in reversed(items) for reason in item.reasons}


@dataclass(frozen=True, slots=True)
class Named:
    """A checklist: its key and title, its sections and their items by key; in the newest order, dropped ones last."""

    key: str
    title: Text
    sections: Mapping[str, Text]
    parts: Mapping[str, Mapping[str, ItemHistory]]

    @property
    def talk(self) -> dict[str, Text]:
        """The sections about the talk itself; how well the CRM is filled in is told apart from them."""
        return {key: title for key, title in self.sections.items() if key != CRM}


Cards = Sequence[tuple[ChecklistVersion, Card]]


def cards_of(versions: Iterable[ChecklistVersion]) -> Cards:
    """Each version with the card it is."""
    return [(version, card_of(version)) for version in versions]


def name_all(cards: Cards) -> dict[int, Named]:
    """The checklists of these versions, which come in the order of their numbers, by checklist id."""
    by_checklist: dict[int, list[tuple[ChecklistVersion, Card]]] = {}
    for version, card in cards:
        by_checklist.setdefault(version.checklist_id, []).append((version, card))
    return {key: _name(list(reversed(known))) for key, known in by_checklist.items()}


@dataclass(frozen=True, slots=True)
class Failing:
    """What makes a critical error: answers (item row id, value), and keys of the sections one may zero."""

    answers: tuple[tuple[int, str], ...]
    sections: frozenset[str]


def failing_of(cards: Cards) -> Failing:
    """The critical errors these versions know."""
    answers: list[tuple[int, str]] = []
    sections: set[str] = set()
    for version, card in cards:
        answers += [
            (row_id, value) for row_id, item in _rows(version, card) for value in failing_values(item)
        ]
        sections |= {
            part.key
            for part in card.sections
            if any(item.critical is Critical.SECTION for item in part.items)
        }
    return Failing(tuple(answers), frozenset(sections))


def _name(newest_first: Cards) -> Named:
    sections: dict[str, Text] = {}
    items: dict[str, list[tuple[int, Item]]] = {}
    places: dict[str, str] = {}
    for version, card in newest_first:
        for section in card.sections:
            sections.setdefault(section.key, section.title)
            for item in section.items:
                places.setdefault(item.key, section.key)
        for row_id, item in _rows(version, card):
            items.setdefault(item.key, []).append((row_id, item))
    newest = newest_first[0][1]
    return Named(
        newest.key,
        newest.title,
        sections,
        {
            section: {
                key: ItemHistory(items[key][0][1], tuple(items[key]))
                for key, at in places.items()
                if at == section
            }
            for section in sections
        },
    )


def _rows(version: ChecklistVersion, card: Card) -> Iterator[tuple[int, Item]]:
    for row_section, section in zip(version.sections, card.sections, strict=True):
        for row, item in zip(row_section.items, section.items, strict=True):
            yield row.id, item
