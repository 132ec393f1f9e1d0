"""What makes a card unusable although each field is well formed: contradictions, doubles, empty weights.

Pure, and the same for files and for the editor; ``problems`` turns faults into sentences.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from qcapp.checklists.card import CRM, NOT_APPLICABLE, AppliesTo, Card, Critical, Item, ItemKind, Section

Path = tuple[str | int, ...]
LARGEST_SCALE = 101


class CardFaultKind(StrEnum):
    NO_SECTIONS = "no_sections"
    NO_ITEMS = "no_items"
    DOUBLE_SECTION = "double_section"
    DOUBLE_ITEM = "double_item"
    DOUBLE_OPTION = "double_option"
    DOUBLE_REASON = "double_reason"
    SECTIONS_WEIGH_NOTHING = "sections_weigh_nothing"
    ITEMS_WEIGH_NOTHING = "items_weigh_nothing"
    NO_SCALE = "no_scale"
    SCALE_UPSIDE_DOWN = "scale_upside_down"
    SCALE_TOO_LONG = "scale_too_long"
    TOO_FEW_OPTIONS = "too_few_options"
    OPTIONS_EARN_NOTHING = "options_earn_nothing"
    RESERVED_KEY = "reserved_key"
    NOT_FOR_THIS_KIND = "not_for_this_kind"
    BONUS_AND_CRITICAL = "bonus_and_critical"
    NOT_CRITICAL = "not_critical"
    BELOW_NEVER = "below_never"
    BELOW_OUT_OF_RANGE = "below_out_of_range"
    NO_SUCH_ANSWER = "no_such_answer"
    NEVER_ASKED = "never_asked"


@dataclass(frozen=True, slots=True)
class CardFault:
    """One fault, where it is, and the values its sentence names."""

    path: Path
    kind: CardFaultKind
    values: dict[str, str] = field(default_factory=dict)


def faults(card: Card) -> list[CardFault]:
    """Everything wrong with the card, in its own order."""
    found = [
        *_doubles(
            (("sections", n, "key") for n in range(len(card.sections))),
            card.sections,
            CardFaultKind.DOUBLE_SECTION,
        )
    ]
    if not card.sections:
        found.append(CardFault(("sections",), CardFaultKind.NO_SECTIONS))
    elif not any(section.weight for section in card.sections):
        found.append(CardFault(("sections",), CardFaultKind.SECTIONS_WEIGH_NOTHING))
    places: list[Path] = [
        ("sections", s, "items", i)
        for s, section in enumerate(card.sections)
        for i in range(len(section.items))
    ]
    found.extend(_doubles(((*path, "key") for path in places), card.items(), CardFaultKind.DOUBLE_ITEM))
    for number, section in enumerate(card.sections):
        found.extend(_section_faults(("sections", number), section))
    for path, item in zip(places, card.items(), strict=True):
        found.extend(_item_faults(path, item))
        found.extend(_never_asked(path, card.applies_to, item.applies_to))
    return found


def _section_faults(path: Path, section: Section) -> Iterator[CardFault]:
    if not section.items:
        yield CardFault((*path, "items"), CardFaultKind.NO_ITEMS)
        return
    counting = [item for item in section.items if item.kind is not ItemKind.TEXT and not item.bonus]
    counts = section.weight or section.key == CRM  # whose per cent is wanted even if it weighs nothing
    if counts and not any(item.weight for item in counting):
        yield CardFault((*path, "items"), CardFaultKind.ITEMS_WEIGH_NOTHING)


def _item_faults(path: Path, item: Item) -> Iterator[CardFault]:
    yield from _foreign_fields(path, item)
    if item.kind is ItemKind.SCALE:
        yield from _scale_faults(path, item)
    if item.kind is ItemKind.CHOICE:
        yield from _choice_faults(path, item)
    yield from _doubles(
        ((*path, "reasons", n, "key") for n in range(len(item.reasons))),
        item.reasons,
        CardFaultKind.DOUBLE_REASON,
    )
    if item.bonus and item.critical is not Critical.NONE:
        yield CardFault((*path, "bonus"), CardFaultKind.BONUS_AND_CRITICAL)
    yield from _threshold_faults(path, item)
    yield from _guide_faults(path, item)


def _foreign_fields(path: Path, item: Item) -> Iterator[CardFault]:
    """Fields that mean nothing for this kind: silently ignoring them would hide a mistake."""
    is_text = item.kind is ItemKind.TEXT
    given = {
        "scale": item.kind is not ItemKind.SCALE
        and (item.scale_min is not None or item.scale_max is not None),
        "options": item.kind is not ItemKind.CHOICE and bool(item.options),
        "critical": is_text and item.critical is not Critical.NONE,
        "bonus": is_text and item.bonus,
        "na": is_text and item.na,
        "comment_below": is_text and item.comment_below is not None,
        "reasons": is_text and bool(item.reasons),
        "required": not is_text and not item.required,
    }
    for name, wrong in given.items():
        if wrong:
            yield CardFault(
                (*path, name), CardFaultKind.NOT_FOR_THIS_KIND, {"field": name, "kind": item.kind.value}
            )


def _scale_faults(path: Path, item: Item) -> Iterator[CardFault]:
    if item.scale_min is None or item.scale_max is None:
        yield CardFault(path, CardFaultKind.NO_SCALE)
    elif item.scale_min >= item.scale_max:
        yield CardFault((*path, "scale"), CardFaultKind.SCALE_UPSIDE_DOWN)
    elif item.scale_max - item.scale_min >= LARGEST_SCALE:
        yield CardFault((*path, "scale"), CardFaultKind.SCALE_TOO_LONG, {"most": str(LARGEST_SCALE)})


def _choice_faults(path: Path, item: Item) -> Iterator[CardFault]:
    if len(item.options) < 2:
        yield CardFault((*path, "options"), CardFaultKind.TOO_FEW_OPTIONS)
    elif not any(option.points for option in item.options):
        yield CardFault((*path, "options"), CardFaultKind.OPTIONS_EARN_NOTHING)
    paths = [(*path, "options", n, "key") for n in range(len(item.options))]
    yield from _doubles(paths, item.options, CardFaultKind.DOUBLE_OPTION)
    for place, option in zip(paths, item.options, strict=True):
        if option.key == NOT_APPLICABLE:
            yield CardFault(place, CardFaultKind.RESERVED_KEY, {"key": NOT_APPLICABLE})


def _threshold_faults(path: Path, item: Item) -> Iterator[CardFault]:
    bounds = _bounds(item)
    if item.critical_below is not None and item.critical is Critical.NONE:
        yield CardFault((*path, "critical_below"), CardFaultKind.NOT_CRITICAL)
    if bounds is None:
        return
    low, high = bounds
    span = {"low": str(low), "high": str(high)}
    if item.critical_below is not None and item.critical_below <= low:
        yield CardFault((*path, "critical_below"), CardFaultKind.BELOW_NEVER, span)
    for name, value in (("critical_below", item.critical_below), ("comment_below", item.comment_below)):
        if value is not None and (value > high or (name == "comment_below" and value < low)):
            yield CardFault((*path, name), CardFaultKind.BELOW_OUT_OF_RANGE, {"field": name, **span})


def _bounds(item: Item) -> tuple[Decimal, Decimal] | None:
    """The lowest and the highest answer as numbers; None where the item has none (yet)."""
    match item.kind:
        case ItemKind.YES_NO:
            return Decimal(0), Decimal(1)
        case ItemKind.SCALE if item.scale_min is not None and item.scale_max is not None:
            return Decimal(item.scale_min), Decimal(item.scale_max)
        case ItemKind.CHOICE if item.options:
            points = [option.points for option in item.options]
            return min(points), max(points)
    return None


def _guide_faults(path: Path, item: Item) -> Iterator[CardFault]:
    allowed = item.answers()
    for answer in item.guide.answers:
        if answer not in allowed:
            yield CardFault((*path, "guide", answer), CardFaultKind.NO_SUCH_ANSWER, {"answer": answer})
    for number, example in enumerate(item.guide.examples):
        if example.answer not in allowed:
            place = (*path, "guide", "examples", number, "answer")
            yield CardFault(place, CardFaultKind.NO_SUCH_ANSWER, {"answer": example.answer})


def _never_asked(path: Path, card: AppliesTo, item: AppliesTo) -> Iterator[CardFault]:
    for name in AppliesTo.__slots__:
        of_card, of_item = set(getattr(card, name)), set(getattr(item, name))
        if of_card and of_item and not of_card & of_item:
            yield CardFault((*path, "applies_to", name), CardFaultKind.NEVER_ASKED, {"field": name})


def _doubles(paths: Iterable[Path], things: Iterable[object], kind: CardFaultKind) -> Iterator[CardFault]:
    seen: set[str] = set()
    for path, thing in zip(paths, things, strict=True):
        key: str = getattr(thing, "key")  # noqa: B009 (sections, items, options and reasons all have one)
        if key in seen:
            yield CardFault(path, kind, {"key": key})
        seen.add(key)
