"""What the answers to one item show: how many were bad, what they earned on average, which reasons came up. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from qcapp.checklists.card import Critical, Item
from qcapp.checklists.scoring import Answer, fails, is_bad, share

NAMED = 3  # reasons that are named


class Count(NamedTuple):
    """How often an answer was given with this reason."""

    value: str
    reason: str | None
    n: int


@dataclass(frozen=True, slots=True)
class ItemResult:
    """``n`` answers, N/A apart. ``bad`` and ``average`` are per cent, None: too few answers to speak of.

    ``reasons``: keys of the most frequent reasons of bad answers, with how often each was given.
    """

    n: int
    bad: float | None = None
    average: float | None = None
    reasons: tuple[tuple[str, int], ...] = ()


def result(parts: Iterable[tuple[Item, Iterable[Count]]], enough: int) -> ItemResult:
    """One item through the versions of its card: each version judges its own answers."""
    n = bad = 0
    earned = Fraction(0)
    reasons: Counter[str] = Counter()
    for item, counts in parts:
        for count in counts:
            mark = share(item, count.value)
            if mark is None:
                continue
            n += count.n
            earned += mark * count.n
            if is_bad(item, count.value):
                bad += count.n
                reasons.update({count.reason: count.n} if count.reason else {})
    if n < max(enough, 1):
        return ItemResult(n)
    named = sorted(reasons.items(), key=lambda entry: (-entry[1], entry[0]))[:NAMED]
    return ItemResult(n, 100 * bad / n, float(100 * earned / n), tuple(named))


def bad_values(item: Item) -> tuple[str, ...]:
    """The answers that count as bad."""
    return tuple(value for value in item.choices() if is_bad(item, value))


def counting_values(item: Item) -> tuple[str, ...]:
    """The answers that count for the item: all but N/A."""
    return tuple(value for value in item.choices() if share(item, value) is not None)


def failing_values(item: Item) -> tuple[str, ...]:
    """The answers of a critical item that are critical errors; none of any other item."""
    if item.critical is Critical.NONE:
        return ()
    return tuple(value for value in item.choices() if fails(item, {item.key: Answer(value)}))
