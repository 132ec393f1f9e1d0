"""A calibration laid out for the eye: everybody's answers side by side, and the report's items in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from qcapp.checklists import scoring
from qcapp.checklists.card import ItemKind, say
from qcapp.core.i18n import _
from qcapp.reviews import sheet
from qcapp.reviews.calibration import answers, rules
from qcapp.reviews.calibration.models import CalibrationCall, ReferenceAnswer
from qcapp.reviews.calibration.rules import CalibrationReport, ItemAgreement, ItemVerdict
from qcapp.reviews.models import Answer, Review


@dataclass(frozen=True, slots=True)
class Voice:
    """What one reviewer said to an item; ``right``: as the reference, None while there is none."""

    name: str
    label: str
    reason: str
    comment: str
    right: bool | None


@dataclass(frozen=True, slots=True)
class SideLine:
    """One item of one call: the choices, what everybody said, and the reference.

    ``line.answer`` is the reference answer, or before it is set the one most reviewers gave.
    """

    section: str
    line: sheet.SheetItem
    voices: tuple[Voice, ...]
    differ: bool
    decided: bool
    comment: str


@dataclass(frozen=True, slots=True)
class AgreementLine:
    """One item of the report in words; ``sentence`` says what to make of its figures."""

    agreement: ItemAgreement
    title: str
    sentence: str


def side_by_side(session: Session, part: CalibrationCall, language: str) -> list[SideLine]:
    """Every item that was asked about the call, in the order of the card; texts are left out."""
    card = answers.asked(session, part)
    reviews = answers.submitted(session, part.calibration_id, part.call_id)
    decided = {row.item.key: row for row in part.reference}
    proposed = {
        item.key: scoring.Answer(
            decided[item.key].value if item.key in decided else rules.majority(_said(reviews, item.key)) or ""
        )
        for item in card.items()
    }
    return [
        _side_line(block.title, line, reviews, decided.get(line.key))
        for block in sheet.lay_out(card, proposed, language).blocks
        for line in block.lines
        if line.kind is not ItemKind.TEXT
    ]


def item_lines(report: CalibrationReport, language: str) -> list[AgreementLine]:
    """The items of the report, the worst first, each with what to make of it."""
    return [
        AgreementLine(each, say(each.item.title, language), _sentence(each, language))
        for each in report.items
    ]


def _said(reviews: Sequence[Review], key: str) -> list[str]:
    return [answer.value or "" for review in reviews for answer in review.answers if answer.item.key == key]


def _side_line(
    section: str, line: sheet.SheetItem, reviews: Sequence[Review], decided: ReferenceAnswer | None
) -> SideLine:
    voices = tuple(
        _voice(review, answer, line, decided)
        for review in reviews
        for answer in review.answers
        if answer.item.key == line.key
    )
    return SideLine(
        section=section,
        line=line,
        voices=voices,
        differ=len({voice.label for voice in voices}) > 1,
        decided=decided is not None,
        comment=decided.comment if decided else "",
    )


def _voice(review: Review, answer: Answer, line: sheet.SheetItem, decided: ReferenceAnswer | None) -> Voice:
    labels = {choice.value: choice.label for choice in line.choices}
    return Voice(
        name=review.reviewer.name,
        label=labels.get(answer.value or "", answer.value or "–"),
        reason=dict(line.reasons).get(answer.reason or "", ""),
        comment=answer.comment,
        right=None if decided is None else answer.value == decided.value,
    )


def _sentence(found: ItemAgreement, language: str) -> str:
    return " ".join(_sentences(found, language))


def _sentences(found: ItemAgreement, language: str) -> Iterator[str]:
    if found.verdict is ItemVerdict.FEW:
        yield _("Too few answers for a verdict.")
    if found.verdict is ItemVerdict.REWRITE and found.share is not None:
        yield _(
            "Only %(percent)d %% of the answers are as the reference: the guide is read in different ways.",
            percent=round(100 * found.share),
        )
    if found.mistake:
        yield _(
            "Most often “%(given)s” instead of “%(right)s” (%(times)d of %(n)d).",
            given=sheet.label_of(found.item, found.mistake.given, language),
            right=sheet.label_of(found.item, found.mistake.right, language),
            times=found.mistake.times,
            n=found.n,
        )
    if found.misleading and found.verdict is ItemVerdict.FINE:
        yield _("Nearly every answer is the same, so kappa says little here: read AC1.")
