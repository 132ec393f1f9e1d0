"""Which card fits a call, and which of its items: conditions compared with what is known of the call.

A fact that is not known excludes nothing: an imported recording often has no lead source, and the reviewer
decides then.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from qcapp.checklists.card import AppliesTo, Card
from qcapp.terms import Direction, LeadSource, Role, Stage


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What is known of a call when a card is chosen for it; None where nobody knows."""

    direction: Direction | None = None
    lead_source: LeadSource | None = None
    contact_no: int | None = None
    stage: Stage | None = None
    role: Role | None = None


def applies(conditions: AppliesTo, facts: CallFacts) -> bool:
    """Whether no known fact contradicts the conditions."""
    return all(fact is None or fact in wanted for wanted, fact in _pairs(conditions, facts))


def fit(conditions: AppliesTo, facts: CallFacts) -> tuple[int, int]:
    """How closely conditions fit: facts met (more is better), then facts unknown (fewer is better)."""
    pairs = list(_pairs(conditions, facts))
    unknown = sum(fact is None for _, fact in pairs)
    return len(pairs) - unknown, -unknown


def best_first(cards: Iterable[Card], facts: CallFacts) -> list[Card]:
    """The cards that may be used for the call, the closest fit first; ties by key, for a stable order."""
    usable = sorted((card for card in cards if applies(card.applies_to, facts)), key=lambda card: card.key)
    return sorted(usable, key=lambda card: fit(card.applies_to, facts), reverse=True)


def for_call(card: Card, facts: CallFacts) -> Card:
    """The card without the items that are not asked on such a call; sections left empty go too."""
    sections = (
        replace(section, items=tuple(item for item in section.items if applies(item.applies_to, facts)))
        for section in card.sections
    )
    return replace(card, sections=tuple(section for section in sections if section.items))


def _pairs(conditions: AppliesTo, facts: CallFacts) -> Iterator[tuple[tuple[object, ...], object]]:
    """Each dimension the conditions restrict, with the fact it is compared with."""
    for wanted, fact in (
        (conditions.direction, facts.direction),
        (conditions.lead_source, facts.lead_source),
        (conditions.contact_no, facts.contact_no),
        (conditions.stage, facts.stage),
        (conditions.role, facts.role),
    ):
        if wanted:
            yield wanted, fact
