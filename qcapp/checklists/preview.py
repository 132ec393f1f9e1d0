"""A card laid out for reading: every item with its answers, what counts as which, and what it weighs."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from qcapp.checklists import scoring
from qcapp.checklists.card import (
    NO,
    NOT_APPLICABLE,
    YES,
    AppliesTo,
    Card,
    Critical,
    Item,
    ItemKind,
    Section,
    say,
)
from qcapp.core.i18n import _, label
from qcapp.terms import Direction, LeadSource, Role, Stage


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One answer: what it earns of the item, what counts as it, and quotations that deserve it."""

    label: str
    earns: Decimal | None
    explain: bool
    meaning: str
    examples: tuple[str, ...]
    tone: str


@dataclass(frozen=True, slots=True)
class PreviewItem:
    """One item; ``share`` is its part of the whole card in per cent, None where it does not count."""

    number: int
    key: str
    title: str
    kind: ItemKind
    scale: tuple[int | None, int | None]
    share: Decimal | None
    critical: Critical
    bonus: bool
    required: bool
    conditions: tuple[str, ...]
    answers: tuple[AnswerLine, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SectionBlock:
    """One section with its part of the whole card in per cent."""

    key: str
    title: str
    share: Decimal | None
    items: tuple[PreviewItem, ...]


def lay_out(card: Card, language: str) -> tuple[SectionBlock, ...]:
    """The card's sections in the person's language."""
    return tuple(_sections(card, language))


def conditions(wanted: AppliesTo) -> tuple[str, ...]:
    """The conditions in words, one phrase a dimension; empty means every call."""
    words = condition_words()
    phrases = [
        ", ".join(words[key] for key in keys) for keys in (wanted.direction, wanted.lead_source) if keys
    ]
    if wanted.contact_no:
        phrases.append(_("contact %(numbers)s", numbers=_numbers(wanted.contact_no)))
    if wanted.stage:
        phrases.append(_("stage: %(names)s", names=", ".join(words[stage] for stage in wanted.stage)))
    if wanted.role:
        phrases.append(", ".join(words.get(role, role) for role in wanted.role))
    return tuple(phrases)


def condition_words() -> dict[str, str]:
    """What the values of directions, lead sources, stages and roles are called."""
    return {
        Direction.IN: _("incoming calls"),
        Direction.OUT: _("outgoing calls"),
        LeadSource.COLD: _("cold leads"),
        LeadSource.WARM: _("warm leads"),
        LeadSource.HOT: _("hot leads"),
        LeadSource.EXISTING: _("existing clients"),
        **{stage.value: str(label(stage)).lower() for stage in Stage},
        **{role.value: str(label(role)).lower() for role in Role},
    }


def _sections(card: Card, language: str) -> Iterator[SectionBlock]:
    whole = sum((section.weight for section in card.sections), Decimal(0))
    number = 0
    for section in card.sections:
        share = section.weight / whole * 100 if whole else Decimal(0)
        lines = []
        for item in section.items:
            number += 1
            lines.append(_item(number, item, _share(section, item, share), language))
        yield SectionBlock(section.key, say(section.title, language), share or None, tuple(lines))


def _share(section: Section, item: Item, of_section: Decimal) -> Decimal | None:
    """What the item weighs in the whole card when every item applies; a bonus: what it adds."""
    counting = sum(
        (each.weight for each in section.items if each.kind is not ItemKind.TEXT and not each.bonus),
        Decimal(0),
    )
    if item.kind is ItemKind.TEXT or not counting or not of_section:
        return None
    return of_section * item.weight / counting


def _item(number: int, item: Item, share: Decimal | None, language: str) -> PreviewItem:
    return PreviewItem(
        number=number,
        key=item.key,
        title=say(item.title, language),
        kind=item.kind,
        scale=(item.scale_min, item.scale_max),
        share=share,
        critical=item.critical,
        bonus=item.bonus,
        required=item.required,
        conditions=conditions(item.applies_to),
        answers=tuple(_answer(item, answer, language) for answer in item.answers()),
        reasons=tuple(say(reason.title, language) for reason in item.reasons),
    )


def _answer(item: Item, answer: str, language: str) -> AnswerLine:
    earns = scoring.share(item, answer)
    meaning = item.guide.answers.get(answer)
    return AnswerLine(
        label=_label(item, answer, language),
        earns=scoring.percent(earns),
        explain=scoring.is_bad(item, answer),
        meaning=say(meaning, language) if meaning else "",
        examples=tuple(
            say(example.quote, language) for example in item.guide.examples if example.answer == answer
        ),
        tone="" if earns is None else "good" if earns == 1 else "bad" if earns == 0 else "warn",
    )


def _label(item: Item, answer: str, language: str) -> str:
    if answer == NOT_APPLICABLE:
        return _("N/A")
    if item.kind is ItemKind.YES_NO:
        return {YES: _("Yes"), NO: _("No")}[answer]
    return next((say(option.title, language) for option in item.options if option.key == answer), answer)


def _numbers(numbers: tuple[int, ...]) -> str:
    """1, 3 or 2–9: neighbours are drawn together."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)
