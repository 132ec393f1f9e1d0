"""The rule of scoring: answers become a score that says where it comes from.

Exact arithmetic (fractions) throughout; ``percent`` rounds, and only for the eye. The decisions behind this
file are told in docs/decisions/scoring.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction

from qcapp.checklists.card import NOT_APPLICABLE, Card, Critical, Item, ItemKind, Section

HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a reviewer said to one item.

    ``value``: ``yes``/``no``, a scale value (``"4"``), an option's key, a text, or ``na``; empty: unanswered.
    """

    value: str = ""
    comment: str = ""
    reason: str = ""


Answers = Mapping[str, Answer]


@dataclass(frozen=True, slots=True)
class SectionScore:
    """One section: ``share`` = earned / possible, or None when nothing in it applies.

    ``earned`` and ``possible`` are in item weights; a section zeroed by a critical item has earned 0.
    """

    key: str
    weight: Fraction
    earned: Fraction
    possible: Fraction
    share: Fraction | None
    zeroed_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Score:
    """The whole call: ``total`` = earned / possible in section weights, or None when nothing applies.

    ``zeroed_by`` names the items that zeroed the whole call; ``before_critical`` is the total without any
    critical rule; ``complete`` says that every item that counts has a valid answer.
    """

    total: Fraction | None
    earned: Fraction
    possible: Fraction
    sections: tuple[SectionScore, ...]
    zeroed_by: tuple[str, ...]
    before_critical: Fraction | None
    complete: bool


class Lack(StrEnum):
    """Why an answer is not good enough to publish."""

    UNANSWERED = "unanswered"
    NOT_AN_ANSWER = "not_an_answer"
    NA_NOT_ALLOWED = "na_not_allowed"
    COMMENT = "comment"
    REASON = "reason"
    UNKNOWN_REASON = "unknown_reason"


@dataclass(frozen=True, slots=True)
class Unfinished:
    """One thing to be done before the review can be published."""

    item: str
    lack: Lack


def score(card: Card, answers: Answers) -> Score:
    """The score so far: what is unanswered or invalid stays out, as N/A does, until it is answered."""
    plain = tuple(_without_critical(section, answers) for section in card.sections)
    sections = tuple(
        _with_critical(section, part, answers) for section, part in zip(card.sections, plain, strict=True)
    )
    failed = tuple(
        item.key for item in card.items() if item.critical is Critical.CALL and fails(item, answers)
    )
    earned, possible = _total(sections)
    raw_earned, raw_possible = _total(plain)
    return Score(
        total=Fraction(0) if failed else _divide(earned, possible),
        earned=Fraction(0) if failed else earned,
        possible=possible,
        sections=sections,
        zeroed_by=failed,
        before_critical=_divide(raw_earned, raw_possible),
        complete=all(is_answered(item, answers) for item in card.items() if item.kind is not ItemKind.TEXT),
    )


def missing(card: Card, answers: Answers) -> tuple[Unfinished, ...]:
    """What stands between these answers and publishing, in the order of the card; empty when nothing does."""
    found: list[Unfinished] = []
    for item in card.items():
        found.extend(Unfinished(item.key, lack) for lack in _lacks(item, answers.get(item.key, Answer())))
    return tuple(found)


def is_answered(item: Item, answers: Answers) -> bool:
    """Whether the item has an answer it can take."""
    value = answers.get(item.key, Answer()).value
    return bool(value) and is_valid(item, value)


def is_valid(item: Item, value: str) -> bool:
    """Whether the item can take this answer."""
    if value == NOT_APPLICABLE and item.kind is not ItemKind.TEXT:
        return item.na
    return item.kind is ItemKind.TEXT or value in item.numbers


def is_bad(item: Item, value: str) -> bool:
    """Whether this answer has to be explained by a comment, and by a reason where the item lists some."""
    number = item.numbers.get(value)
    if number is None:
        return False
    if item.comment_below is not None:
        return number < Fraction(item.comment_below)
    mark = share(item, value)
    return not item.bonus and mark is not None and mark < HALF


def fails(item: Item, answers: Answers) -> bool:
    """Whether the answer fails the item in the sense of a critical error."""
    value = answers.get(item.key, Answer()).value
    number = item.numbers.get(value)
    if number is None:
        return False
    if item.critical_below is not None:
        return number < Fraction(item.critical_below)
    return number == _ends(item)[0]


def share(item: Item, value: str) -> Fraction | None:
    """The part of the item's weight the answer earns, 0 to 1; None for N/A, texts and what is no answer."""
    number = item.numbers.get(value)
    if number is None:
        return None
    worst, best = _ends(item)
    lowest = worst if item.kind is ItemKind.SCALE else Fraction(0)
    return _divide(number - lowest, best - lowest)


def percent(value: Fraction | None, digits: int = 0) -> Decimal | None:
    """A share as per cent for the eye, half up: 0.825 → 83."""
    if value is None:
        return None
    exact = Decimal(value.numerator * 100) / Decimal(value.denominator)
    return exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def _with_critical(section: Section, plain: SectionScore, answers: Answers) -> SectionScore:
    failed = tuple(
        item.key for item in section.items if item.critical is Critical.SECTION and fails(item, answers)
    )
    return replace(plain, earned=Fraction(0), share=Fraction(0), zeroed_by=failed) if failed else plain


def _without_critical(section: Section, answers: Answers) -> SectionScore:
    earned = possible = Fraction(0)
    for item in section.items:
        mark = share(item, answers.get(item.key, Answer()).value)
        if mark is None:
            continue
        earned += Fraction(item.weight) * mark
        possible += 0 if item.bonus else Fraction(item.weight)
    return SectionScore(section.key, Fraction(section.weight), earned, possible, _divide(earned, possible))


def _total(sections: tuple[SectionScore, ...]) -> tuple[Fraction, Fraction]:
    counted = [(section.weight, section.share) for section in sections if section.share is not None]
    return (
        sum((weight * part for weight, part in counted), Fraction(0)),
        sum((weight for weight, _ in counted), Fraction(0)),
    )


def _lacks(item: Item, answer: Answer) -> list[Lack]:
    if not answer.value.strip():
        return [Lack.UNANSWERED] if item.required else []
    if answer.value == NOT_APPLICABLE and not is_valid(item, answer.value):
        return [Lack.NA_NOT_ALLOWED]
    if not is_valid(item, answer.value):
        return [Lack.NOT_AN_ANSWER]
    if answer.reason and answer.reason not in {reason.key for reason in item.reasons}:
        return [Lack.UNKNOWN_REASON]
    if not is_bad(item, answer.value):
        return []
    lacks = [] if answer.comment.strip() else [Lack.COMMENT]
    return lacks if answer.reason or not item.reasons else [*lacks, Lack.REASON]


def _ends(item: Item) -> tuple[Fraction, Fraction]:
    """The worst and the best answer of an item that takes any, as numbers."""
    numbers = tuple(item.numbers.values())
    return numbers[0], numbers[-1]


def _divide(earned: Fraction, possible: Fraction) -> Fraction | None:
    return earned / possible if possible else None
