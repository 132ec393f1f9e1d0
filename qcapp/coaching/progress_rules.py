"""Whether an item has improved since a talk: points earned in the calls before it and after it. Pure.

By the date of the call, not of its review: a review that comes late tells nothing about the calls to come.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from qcapp.checklists.card import Item
from qcapp.checklists.scoring import share

WINDOW = timedelta(days=90)  # before the talk and after it: what was longer ago says little
MARGIN = Fraction(5, 100)  # a smaller difference is none


class ProgressVerdict(StrEnum):
    """How the item stands after the talk."""

    FEW = "few"
    BETTER = "better"
    SAME = "same"
    WORSE = "worse"


@dataclass(frozen=True, slots=True)
class Given:
    """An answer to the item in a published, counted review; ``item`` as that review's version has it."""

    review_id: int
    call_id: int
    at: datetime
    item: Item
    value: str

    @property
    def share(self) -> Fraction | None:
        """The part of the item's points it earned; None for N/A."""
        return share(self.item, self.value)


@dataclass(frozen=True, slots=True)
class ProgressSide:
    """The calls on one side of the talk: ``n`` answers, N/A apart, and the share of the points they earned."""

    n: int
    share: Fraction | None


@dataclass(frozen=True, slots=True)
class ItemProgress:
    """Both sides, what follows from them, and the answers given since, oldest first."""

    before: ProgressSide
    after: ProgressSide
    verdict: ProgressVerdict
    since: tuple[Given, ...]


def progress(answers: Iterable[Given], held_at: datetime, enough: int) -> ItemProgress:
    """Compare the calls before the talk with those after it; fewer than ``enough`` on a side are no verdict."""
    near = [each for each in answers if abs(each.at - held_at) <= WINDOW and each.share is not None]
    since = sorted((each for each in near if each.at > held_at), key=lambda each: (each.at, each.review_id))
    before, after = _side(each for each in near if each.at <= held_at), _side(since)
    return ItemProgress(before, after, _verdict(before, after, enough), tuple(since))


def _side(answers: Iterable[Given]) -> ProgressSide:
    shares = [mark for each in answers if (mark := each.share) is not None]
    return ProgressSide(len(shares), sum(shares, Fraction(0)) / len(shares) if shares else None)


def _verdict(before: ProgressSide, after: ProgressSide, enough: int) -> ProgressVerdict:
    if before.share is None or after.share is None or min(before.n, after.n) < enough:
        return ProgressVerdict.FEW
    change = after.share - before.share
    if abs(change) < MARGIN:
        return ProgressVerdict.SAME
    return ProgressVerdict.BETTER if change > 0 else ProgressVerdict.WORSE
