"""Differences between two versions in words, gathered by the section or item they concern."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from qcapp.checklists import documents, preview
from qcapp.checklists.card import (
    NO,
    NOT_APPLICABLE,
    YES,
    Card,
    Critical,
    Example,
    Item,
    ItemKind,
    Option,
    Reason,
    say,
)
from qcapp.checklists.diff import CardChange, CardPart, Difference, diff
from qcapp.core.i18n import _


@dataclass(frozen=True, slots=True)
class ChangedWording:
    """One change: what, and where there is one to read, the wording before and after."""

    what: str
    before: str | None = None
    after: str | None = None


@dataclass(slots=True)
class ChangedThing:
    """All that changed in one thing; ``tone`` is good for what came, bad for what went."""

    heading: str
    tone: str = ""
    lines: list[ChangedWording] = field(default_factory=list)


def blocks(old: Card, new: Card, language: str) -> list[ChangedThing]:
    """The changes from the old card to the new one, one block a thing, in the order of the new card."""
    made: dict[tuple[CardPart, str], ChangedThing] = {}
    teller = _Teller(old, new, language)
    for difference in diff(old, new):
        place = (difference.thing, difference.key)
        block = made.setdefault(place, ChangedThing(teller.heading(difference)))
        if difference.change in {CardChange.ADDED, CardChange.REMOVED}:
            block.tone = "good" if difference.change is CardChange.ADDED else "bad"
        block.lines.append(teller.line(difference))
    return list(made.values())


class _Teller:
    """Knows both cards, because a change is told with the titles of sections and answers."""

    def __init__(self, old: Card, new: Card, language: str) -> None:
        self.language = language
        self.sections = {each.key: self._say(each.title) for card in (old, new) for each in card.sections}
        self.olds = {each.key: each for each in old.items()}
        self.items = self.olds | {each.key: each for each in new.items()}

    def heading(self, difference: Difference) -> str:
        match difference.thing:
            case CardPart.SECTION:
                return _("Section “%(title)s”", title=self.sections[difference.key])
            case CardPart.ITEM:
                return _("Item “%(title)s”", title=self._say(self.items[difference.key].title))
        return _("The whole checklist")

    def line(self, difference: Difference) -> ChangedWording:
        match difference.change:
            case CardChange.ADDED if difference.thing is CardPart.ITEM:
                return ChangedWording(
                    _("added to the section “%(title)s”", title=self.sections[difference.after])
                )
            case CardChange.REMOVED if difference.thing is CardPart.ITEM:
                return ChangedWording(
                    _("removed from the section “%(title)s”", title=self.sections[difference.before])
                )
            case CardChange.MOVED if difference.field:
                titles = self.sections[difference.before], self.sections[difference.after]
                return ChangedWording(_("moved to another section"), *titles)
            case CardChange.CHANGED:
                return self._changed(difference)
        plain = {CardChange.ADDED: _("added"), CardChange.REMOVED: _("removed"), CardChange.MOVED: _("moved")}
        return ChangedWording(plain[difference.change])

    def _changed(self, difference: Difference) -> ChangedWording:
        name, _dot, part = difference.field.partition(".")
        before, after = difference.before, difference.after
        if name == "critical":
            return ChangedWording(_became_critical()[after])
        if name in {"bonus", "na", "required"}:
            return ChangedWording(_switched()[name, bool(after)])
        if name in {"options_order", "reasons_order"}:
            return ChangedWording(
                _("answers in another order") if name == "options_order" else _("reasons in another order")
            )
        item = self.items.get(difference.key) if difference.thing is CardPart.ITEM else None
        tell = _scale if name == "scale" else self._value
        return ChangedWording(self._label(name, part, item, before or after), tell(before), tell(after))

    def _label(self, name: str, part: str, item: Item | None, value: Any) -> str:
        names = documents.field_names()
        if name == "applies_to":
            return f"{names[name]}: {names[part].lower()}"
        if name == "guide" and item is not None:
            return _("What counts as “%(answer)s”", answer=self._answer(item, part))
        if name in {"options", "reasons"} and isinstance(value, Option | Reason):
            label = _("Answer “%(title)s”") if name == "options" else _("Reason “%(title)s”")
            return label % {"title": self._say(value.title)}
        return names[name]

    def _answer(self, item: Item, answer: str) -> str:
        if answer not in item.answers():  # of the item as it was
            item = self.olds.get(item.key, item)
        fixed = {YES: _("Yes"), NO: _("No")} if item.kind is ItemKind.YES_NO else {}
        titles = {option.key: self._say(option.title) for option in item.options}
        return ({NOT_APPLICABLE: _("N/A")} | fixed | titles).get(answer, answer)

    def _value(self, value: Any) -> str:
        """A value as people read it; a dash for nothing."""
        told = "–" if value is None or value == () else str(value)
        match value:
            case ItemKind():
                told = _kinds()[value]
            case Decimal():
                told = f"{value.normalize():f}"
            case Option():
                points = _("points: %(points)s", points=self._value(value.points))
                told = f"{in_every_language(value.title)} ({points})"
            case Reason():
                told = in_every_language(value.title)
            case Example():
                told = f"{value.answer}: {in_every_language(value.quote)}"
            case Mapping():
                told = in_every_language(value)
            case tuple() if value:
                told = self._listed(value)
        return told

    def _listed(self, values: Iterable[Any]) -> str:
        words = preview.condition_words()
        return "; ".join(words.get(str(value), self._value(value)) for value in values)

    def _say(self, text: Mapping[str, str]) -> str:
        return say(text, self.language)


def in_every_language(text: Mapping[str, str]) -> str:
    """Because a change may lie in any of them."""
    return " / ".join(text.values()) or "–"


def _scale(ends: tuple[int | None, int | None]) -> str:
    return "–" if None in ends else _("from %(low)s to %(high)s", low=ends[0], high=ends[1])


def _kinds() -> dict[ItemKind, str]:
    return {
        ItemKind.YES_NO: _("yes or no"),
        ItemKind.SCALE: _("scale"),
        ItemKind.CHOICE: _("choice with points"),
        ItemKind.TEXT: _("text"),
    }


def _became_critical() -> dict[Critical, str]:
    return {
        Critical.NONE: _("is not critical any more"),
        Critical.SECTION: _("became critical for its section"),
        Critical.CALL: _("became critical for the call"),
    }


def _switched() -> dict[tuple[str, bool], str]:
    return {
        ("bonus", True): _("became a bonus"),
        ("bonus", False): _("is not a bonus any more"),
        ("na", True): _("may be answered “not applicable”"),
        ("na", False): _("may not be answered “not applicable” any more"),
        ("required", True): _("must be answered"),
        ("required", False): _("may be left unanswered"),
    }
