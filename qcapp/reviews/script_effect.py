"""What a new script has changed: the sections it answers, before its approval and after. Pure arithmetic.

Only reviews on the same checklist are compared, and an average of too few calls is never given out; its n always is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean

from qcapp.callscripts.blocks import Block, blocks_of

ORDER = tuple(Block)


@dataclass(frozen=True, slots=True)
class Approval:
    """From when on a draft was in force."""

    number: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ScoredReview:
    """A published review: when its call was, on which checklist, and its sections in per cent."""

    at: datetime
    checklist_id: int
    sections: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Measured:
    """``value`` in per cent is None where there are too few calls to speak of."""

    n: int
    value: float | None


@dataclass(frozen=True, slots=True)
class Effect:
    """One section of one checklist, before a draft was approved and while it was in force."""

    checklist_id: int
    section: str
    before: Measured
    after: Measured


@dataclass(frozen=True, slots=True)
class Chapter:
    """What happened after a draft was approved, until the next one was."""

    number: int
    effects: tuple[Effect, ...]


def effects(
    approvals: Iterable[Approval], reviews: Sequence[ScoredReview], enough: int
) -> tuple[Chapter, ...]:
    """Draft by draft, the newest first. ``before`` is the time of the draft before, or all the time without one."""
    order = sorted(approvals, key=lambda each: (each.at, each.number))
    times = [None, *(each.at for each in order), None]
    chapters = []
    for place, approval in enumerate(order):
        before = _between(reviews, times[place], approval.at)
        after = _between(reviews, approval.at, times[place + 2])
        chapters.append(Chapter(approval.number, tuple(_effects(before, after, enough))))
    return tuple(reversed(chapters))


def _between(
    reviews: Sequence[ScoredReview], since: datetime | None, until: datetime | None
) -> list[ScoredReview]:
    return [
        each for each in reviews if (since is None or each.at >= since) and (until is None or each.at < until)
    ]


def _effects(before: Sequence[ScoredReview], after: Sequence[ScoredReview], enough: int) -> Iterable[Effect]:
    """Of every section that a script answers and that was scored since, in the order of a call."""
    asked = {
        (each.checklist_id, key)
        for each in after
        for key, value in each.sections.items()
        if blocks_of(key) and value is not None
    }
    for checklist_id, key in sorted(
        asked, key=lambda pair: (pair[0], ORDER.index(blocks_of(pair[1])[0]), pair[1])
    ):
        then, now = (_measured(side, checklist_id, key, enough) for side in (before, after))
        yield Effect(checklist_id, key, then, now)


def _measured(reviews: Iterable[ScoredReview], checklist_id: int, key: str, enough: int) -> Measured:
    found = (each.sections.get(key) for each in reviews if each.checklist_id == checklist_id)
    known = [value for value in found if value is not None]
    return Measured(len(known), fmean(known) if len(known) >= max(enough, 1) else None)
