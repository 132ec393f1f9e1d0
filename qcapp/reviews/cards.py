"""From rows to the values the rules read: the card of a review, its answers, its marks."""

from dataclasses import replace
from fractions import Fraction

from qcapp.calls.models import Call
from qcapp.checklists import applicability, scoring
from qcapp.checklists import queries as checklists
from qcapp.checklists.applicability import CallFacts
from qcapp.checklists.card import Card
from qcapp.checklists.models import Item
from qcapp.reviews.models import Review, ReviewState
from qcapp.reviews.rules import DraftMark
from qcapp.terms import Direction


def facts_of(call: Call) -> CallFacts:
    """What is known of the call when a card is chosen for it."""
    return CallFacts(
        direction=call.direction if call.direction in (Direction.IN, Direction.OUT) else None,
        lead_source=call.lead_source,
        contact_no=call.contact_no,
        stage=call.stage,
        role=call.manager.role if call.manager else None,
    )


def card_of(review: Review) -> Card:
    """The card as asked: by what is known of the call now; once finished, as it was then."""
    whole = checklists.card_of(review.version)
    if review.state is ReviewState.DRAFT:
        return applicability.for_call(whole, facts_of(review.call))
    return _only(whole, {answer.item.key for answer in review.answers})


def answers_of(review: Review) -> dict[str, scoring.Answer]:
    """The answers by item key, as the scoring rule reads them."""
    return {
        answer.item.key: scoring.Answer(answer.value or "", answer.comment, answer.reason or "")
        for answer in review.answers
    }


def marks_of(review: Review) -> tuple[DraftMark, ...]:
    """The marks as values, in the order of the recording."""
    return tuple(
        DraftMark(mark.start_s, mark.end_s, mark.text, mark.item.key if mark.item else None, mark.block)
        for mark in review.marks
    )


def item_rows(review: Review) -> dict[str, Item]:
    """The rows of the version's items by key."""
    return {item.key: item for section in review.version.sections for item in section.items}


def per_cent(share: Fraction | None) -> float | None:
    """A share as the per cent that are stored, unrounded."""
    return None if share is None else float(100 * share)


def _only(card: Card, keys: set[str]) -> Card:
    sections = (
        replace(section, items=tuple(item for item in section.items if item.key in keys))
        for section in card.sections
    )
    return replace(card, sections=tuple(section for section in sections if section.items))
