"""A scorecard as a value: what is asked, how it weighs, what counts as which answer.

Pure data with no database behind it: files, database rows and the editor all turn into this, and the
rules (scoring, applicability) read nothing else.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import Any, Self, TypeAlias

from qcapp.terms import Direction, LeadSource, Stage, Term

LANGUAGES = ("ru", "en")
FALLBACK_LANGUAGE = LANGUAGES[0]
NOT_APPLICABLE = "na"
YES = "yes"
NO = "no"
CRM = "crm"
"""Key of the section about the client's record in the CRM: how well it is filled in is told apart from the talk."""

Text: TypeAlias = Mapping[str, str]
"""One text by language, e.g. ``{"ru": "Приветствие", "en": "Greeting"}``."""


class ItemKind(StrEnum):
    """How an item is answered."""

    YES_NO = "yes_no"
    SCALE = "scale"
    CHOICE = "choice"
    TEXT = "text"


class Critical(StrEnum):
    """What failing the item zeroes."""

    NONE = "none"
    SECTION = "section"
    CALL = "call"


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a choice item; the best option's points are the full mark."""

    key: str
    title: Text
    points: Decimal


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an answer was bad, from a fixed list so that reasons can be counted."""

    key: str
    title: Text


@dataclass(frozen=True, slots=True)
class Example:
    """A quotation and the answer it deserves."""

    answer: str
    quote: Text


@dataclass(frozen=True, slots=True)
class Guide:
    """What counts as which answer: ``answers`` is keyed by yes/no/na, a scale value or an option."""

    answers: Mapping[str, Text] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.answers or self.examples)


@dataclass(frozen=True, slots=True)
class AppliesTo:
    """Conditions on the call and its manager, as keys stored with those; an empty dimension means "any"."""

    direction: tuple[Direction, ...] = ()
    lead_source: tuple[LeadSource, ...] = ()
    contact_no: tuple[int, ...] = ()
    stage: tuple[Stage, ...] = ()
    role: tuple[str, ...] = ()

    @classmethod
    def of(cls, keys: Mapping[str, Iterable[Any]]) -> Self:
        """The conditions that files and rows hold as plain keys by dimension."""
        return cls(
            direction=tuple(map(Direction, keys.get("direction", ()))),
            lead_source=tuple(map(LeadSource, keys.get("lead_source", ()))),
            contact_no=tuple(keys.get("contact_no", ())),
            stage=tuple(map(Stage, keys.get("stage", ()))),
            role=tuple(keys.get("role", ())),
        )

    def keys(self) -> dict[str, list[str | int]]:
        """The conditions as plain keys by dimension, without the empty ones."""
        return {
            name: [value.value if isinstance(value, Term) else value for value in values]
            for name in self.__slots__
            if (values := getattr(self, name))
        }

    @property
    def is_exam(self) -> bool:
        """A card of this stage alone is for role-plays: no call to a client is ever scored on it."""
        return self.stage == (Stage.EXAM,)


@dataclass(frozen=True)
class Item:
    """One question to the reviewer.

    ``comment_below`` and ``critical_below`` are compared with the answer as a number: no = 0 and yes = 1,
    a scale's value, an option's points. ``None`` means the default told in docs/decisions/scoring.md.
    """

    key: str
    title: Text
    kind: ItemKind = ItemKind.YES_NO
    weight: Decimal = Decimal(1)
    scale_min: int | None = None
    scale_max: int | None = None
    options: tuple[Option, ...] = ()
    critical: Critical = Critical.NONE
    critical_below: Decimal | None = None
    bonus: bool = False
    na: bool = False
    required: bool = True
    comment_below: Decimal | None = None
    reasons: tuple[Reason, ...] = ()
    guide: Guide = field(default_factory=Guide)
    applies_to: AppliesTo = field(default_factory=AppliesTo)
    hints: tuple[str, ...] = ()

    @cached_property
    def numbers(self) -> Mapping[str, Fraction]:
        """Every answer the item takes as a number, worst first: no 0 and yes 1, a scale's value, an option's points.

        N/A is none of them; empty for a text.
        """
        match self.kind:
            case ItemKind.YES_NO:
                return {NO: Fraction(0), YES: Fraction(1)}
            case ItemKind.SCALE if self.scale_min is not None and self.scale_max is not None:
                return {str(value): Fraction(value) for value in range(self.scale_min, self.scale_max + 1)}
            case ItemKind.CHOICE:
                options = sorted(self.options, key=lambda each: each.points)
                return {option.key: Fraction(option.points) for option in options}
        return {}

    def choices(self) -> tuple[str, ...]:
        """Every answer the item takes, worst first, without N/A; empty for a text."""
        return tuple(self.numbers)

    def answers(self) -> tuple[str, ...]:
        """Every answer as people read them: best first, N/A last where it is allowed."""
        return (*reversed(self.choices()), *((NOT_APPLICABLE,) if self.na else ()))


@dataclass(frozen=True, slots=True)
class Section:
    """Items that belong together; weighs in the total, its items weigh within it."""

    key: str
    title: Text
    weight: Decimal
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """A whole scorecard, as one version of it stands."""

    key: str
    title: Text
    sections: tuple[Section, ...]
    purpose: Text = field(default_factory=dict)
    applies_to: AppliesTo = field(default_factory=AppliesTo)

    def items(self) -> Iterator[Item]:
        """All items in the order they are asked."""
        for section in self.sections:
            yield from section.items


def say(text: Text, language: str) -> str:
    """The text in ``language``, else in Russian, else in whatever language there is."""
    return text.get(language) or text.get(FALLBACK_LANGUAGE) or next(iter(text.values()), "")
