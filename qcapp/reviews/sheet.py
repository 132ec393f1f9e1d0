"""A card laid out for the eye: every item with its choices, their hot keys, its guide and its answer."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from qcapp.checklists.card import NO, NOT_APPLICABLE, YES, Card, Critical, Item, ItemKind, say
from qcapp.checklists.scoring import Answer, Answers, Score, is_bad, percent, score
from qcapp.core.i18n import _, lazy

FIXED = {YES: (lazy("Yes"), "Y"), NO: (lazy("No"), "N"), NOT_APPLICABLE: (lazy("N/A"), "X")}
TEN = "-"  # the key to the right of 9 and 0, for the 10 of a scale


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that can be given. ``key`` is its hot key; ``bad``: it has to be explained by a comment.

    ``guide`` says what counts as this answer, ``examples`` quote it.
    """

    value: str
    label: str
    key: str
    bad: bool
    chosen: bool
    guide: str
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SheetItem:
    """One item as the page shows it."""

    number: int
    key: str
    section: str
    title: str
    kind: ItemKind
    share: Decimal | None
    critical: Critical
    bonus: bool
    required: bool
    choices: tuple[Choice, ...]
    reasons: tuple[tuple[str, str], ...]
    answer: Answer
    answer_label: str
    reason_label: str
    bad: bool


@dataclass(frozen=True, slots=True)
class SheetSection:
    """One section with its result so far; per cent, None when nothing in it applies."""

    key: str
    title: str
    percent: Decimal | None
    share: Decimal | None
    zeroed: bool
    lines: tuple[SheetItem, ...]

    @property
    def skippable(self) -> bool:
        """Whether something in it may be N/A."""
        return any(choice.value == NOT_APPLICABLE for line in self.lines for choice in line.choices)


@dataclass(frozen=True, slots=True)
class ScoreSheet:
    """The whole card with its result so far."""

    title: str
    percent: Decimal | None
    before_critical: Decimal | None
    zeroed_by: tuple[str, ...]
    complete: bool
    answered: int
    blocks: tuple[SheetSection, ...]

    def lines(self) -> Iterator[SheetItem]:
        for block in self.blocks:
            yield from block.lines


def lay_out(card: Card, answers: Answers, language: str) -> ScoreSheet:
    """The card with these answers in the person's language."""
    result = score(card, answers)
    titles = {item.key: say(item.title, language) for item in card.items()}
    blocks = tuple(_blocks(card, answers, result, language))
    return ScoreSheet(
        title=say(card.title, language),
        percent=percent(result.total),
        before_critical=percent(result.before_critical) if result.zeroed_by else None,
        zeroed_by=tuple(titles[key] for key in result.zeroed_by),
        complete=result.complete,
        answered=sum(1 for item in card.items() if answers.get(item.key, Answer()).value),
        blocks=blocks,
    )


def label_of(item: Item, value: str, language: str) -> str:
    """An answer in words."""
    if value in FIXED and (item.kind is ItemKind.YES_NO or value == NOT_APPLICABLE):
        return str(FIXED[value][0])
    return next((say(option.title, language) for option in item.options if option.key == value), value)


def _blocks(card: Card, answers: Answers, result: Score, language: str) -> Iterator[SheetSection]:
    number = 0
    whole = sum((section.weight for section in card.sections), Decimal(0))
    for section, part in zip(card.sections, result.sections, strict=True):
        lines = []
        inner = sum((item.weight for item in section.items if not item.bonus), Decimal(0))
        for item in section.items:
            number += 1
            weight = section.weight * item.weight / whole / inner * 100 if whole and inner else None
            answer = answers.get(item.key, Answer())
            lines.append(_line(number, section.key, item, weight, answer, language=language))
        yield SheetSection(
            key=section.key,
            title=say(section.title, language),
            percent=percent(part.share),
            share=section.weight / whole * 100 if whole else None,
            zeroed=bool(part.zeroed_by),
            lines=tuple(lines),
        )


def _line(
    number: int, section: str, item: Item, share: Decimal | None, answer: Answer, *, language: str
) -> SheetItem:
    reasons = tuple((reason.key, say(reason.title, language)) for reason in item.reasons)
    return SheetItem(
        number=number,
        key=item.key,
        section=section,
        title=say(item.title, language),
        kind=item.kind,
        share=None if item.kind is ItemKind.TEXT else share,
        critical=item.critical,
        bonus=item.bonus,
        required=item.required,
        choices=tuple(_choices(item, answer.value, language)),
        reasons=reasons,
        answer=answer,
        answer_label=label_of(item, answer.value, language),
        reason_label=dict(reasons).get(answer.reason, answer.reason),
        bad=bool(answer.value) and is_bad(item, answer.value),
    )


def _choices(item: Item, chosen: str, language: str) -> Iterator[Choice]:
    values = (YES, NO) if item.kind is ItemKind.YES_NO else item.choices()
    if item.na and item.kind is not ItemKind.TEXT:
        values = (*values, NOT_APPLICABLE)
    for place, value in enumerate(values, start=1):
        yield Choice(
            value=value,
            label=label_of(item, value, language),
            key=_key(item, value, place),
            bad=is_bad(item, value),
            chosen=value == chosen,
            guide=say(item.guide.answers.get(value, {}), language),
            examples=tuple(say(each.quote, language) for each in item.guide.examples if each.answer == value),
        )


def _key(item: Item, value: str, place: int) -> str:
    """The one key that gives this answer; none for what a keyboard has no digit for."""
    if item.kind is ItemKind.YES_NO or value == NOT_APPLICABLE:
        return FIXED[value][1]
    digit = value if item.kind is ItemKind.SCALE else str(place)
    return TEN if digit == "10" else digit if len(digit) == 1 else ""


def lack_sentence(lack: str) -> str:
    """What is missing from an answer, in words."""
    return {
        "unanswered": _("no answer"),
        "not_an_answer": _("the card does not know this answer"),
        "na_not_allowed": _("N/A is not allowed here"),
        "comment": _("a comment is needed"),
        "reason": _("a reason is needed"),
        "unknown_reason": _("the card does not know this reason"),
    }[lack]
