"""What changed between two wordings of a card: a list of changes, empty for a card and itself. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from qcapp.checklists.card import AppliesTo, Card, Item, Section


class CardChange(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    CHANGED = "changed"


class CardPart(StrEnum):
    CARD = "card"
    SECTION = "section"
    ITEM = "item"


@dataclass(frozen=True, slots=True)
class Difference:
    """One change of one thing.

    ``field`` names what changed in it, as in a file (with the answer or the key behind a dot: "guide.yes");
    ``before`` and ``after`` are the values, of a moved item the sections' keys, None where there was nothing.
    """

    thing: CardPart
    key: str
    change: CardChange
    field: str = ""
    before: Any = None
    after: Any = None


class _Keyed(Protocol):
    @property
    def key(self) -> str: ...


K = TypeVar("K", bound=_Keyed)


def diff(old: Card, new: Card) -> list[Difference]:
    """Every change that makes the new card out of the old one, in the order of the new card."""
    return [
        *_fields(
            CardPart.CARD, new.key, {"title": (old.title, new.title), "purpose": (old.purpose, new.purpose)}
        ),
        *_conditions(CardPart.CARD, new.key, old.applies_to, new.applies_to),
        *_sections(old, new),
        *_items(old, new),
    ]


def _sections(old: Card, new: Card) -> Iterator[Difference]:
    before, after = _by_key(old.sections), _by_key(new.sections)
    moved = _moved(before, after)
    for key, section in after.items():
        if key not in before:
            yield Difference(CardPart.SECTION, key, CardChange.ADDED)
            continue
        if key in moved:
            yield Difference(CardPart.SECTION, key, CardChange.MOVED)
        pairs = {
            "title": (before[key].title, section.title),
            "weight": (before[key].weight, section.weight),
        }
        yield from _fields(CardPart.SECTION, key, pairs)
    for key in (each for each in before if each not in after):
        yield Difference(CardPart.SECTION, key, CardChange.REMOVED)


def _items(old: Card, new: Card) -> Iterator[Difference]:
    before, after = _by_key(old.items()), _by_key(new.items())
    was = _homes(old)
    for section in new.sections:
        stayed = {key for key in (item.key for item in section.items) if was.get(key) == section.key}
        order = [item for item in before.values() if item.key in stayed]
        moved = _moved(_by_key(order), _by_key(item for item in section.items if item.key in stayed))
        for item in section.items:
            if item.key not in before:
                yield Difference(CardPart.ITEM, item.key, CardChange.ADDED, after=section.key)
                continue
            if was[item.key] != section.key:
                yield Difference(
                    CardPart.ITEM, item.key, CardChange.MOVED, "section", was[item.key], section.key
                )
            elif item.key in moved:
                yield Difference(CardPart.ITEM, item.key, CardChange.MOVED)
            yield from _item(before[item.key], item)
    for key in (each for each in before if each not in after):
        yield Difference(CardPart.ITEM, key, CardChange.REMOVED, before=was[key])


def _item(old: Item, new: Item) -> Iterator[Difference]:
    plain = (
        "title",
        "kind",
        "weight",
        "critical",
        "critical_below",
        "bonus",
        "na",
        "required",
        "comment_below",
    )
    pairs: dict[str, tuple[Any, Any]] = {name: (getattr(old, name), getattr(new, name)) for name in plain}
    pairs["scale"] = ((old.scale_min, old.scale_max), (new.scale_min, new.scale_max))
    for name in ("options", "reasons"):
        pairs |= _parts(name, getattr(old, name), getattr(new, name))
    pairs |= {
        f"guide.{answer}": (old.guide.answers.get(answer), new.guide.answers.get(answer))
        for answer in dict.fromkeys((*old.guide.answers, *new.guide.answers))
    }
    pairs["examples"] = (old.guide.examples, new.guide.examples)
    pairs["hints"] = (old.hints, new.hints)
    yield from _fields(CardPart.ITEM, new.key, pairs)
    yield from _conditions(CardPart.ITEM, new.key, old.applies_to, new.applies_to)


def _parts(name: str, old: Sequence[K], new: Sequence[K]) -> dict[str, tuple[Any, Any]]:
    """Options or reasons one by one, and their order where nothing but that changed."""
    before, after = _by_key(old), _by_key(new)
    pairs = {f"{name}.{key}": (before.get(key), after.get(key)) for key in {**after, **before}}
    common = [[each.key for each in side if each.key in before and each.key in after] for side in (old, new)]
    return pairs | {f"{name}_order": (common[0], common[1])}


def _conditions(thing: CardPart, key: str, old: AppliesTo, new: AppliesTo) -> Iterator[Difference]:
    names = (each.name for each in fields(AppliesTo))
    yield from _fields(
        thing, key, {f"applies_to.{name}": (getattr(old, name), getattr(new, name)) for name in names}
    )


def _fields(thing: CardPart, key: str, pairs: Mapping[str, tuple[Any, Any]]) -> Iterator[Difference]:
    for name, (before, after) in pairs.items():
        if before != after:
            yield Difference(thing, key, CardChange.CHANGED, name, before, after)


def _by_key(things: Iterable[K]) -> dict[str, K]:
    return {thing.key: thing for thing in things}


def _homes(card: Card) -> dict[str, str]:
    """Item key → key of its section."""
    return {item.key: section.key for section in card.sections for item in section.items}


def _moved(before: Mapping[str, Item | Section], after: Mapping[str, Item | Section]) -> set[str]:
    """The fewest keys whose moving explains the new order: all but a longest run that kept its order."""
    places = {key: place for place, key in enumerate(before)}
    common = [key for key in after if key in places]
    runs: list[list[str]] = [[]]  # the longest run that ends with each key, after the empty one
    for key in common:
        fitting = [run for run in runs if not run or places[run[-1]] < places[key]]
        kept: list[str] = max(fitting, key=len)
        runs.append([*kept, key])
    longest: list[str] = max(runs, key=len)
    return set(common) - set(longest)
