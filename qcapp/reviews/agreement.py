"""How far people agree: per cent, Cohen's and Fleiss' kappa, Gwet's AC1, and distances between scores.

Pure numbers. A missing answer is None and leaves the count; a figure that the answers do not define is None.
Kappa and AC1 are read together: where nearly every answer is the same, kappa falls to 0 although people agree.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TypeAlias

Given: TypeAlias = str | None
"""One person's answer to one question about one call."""
Pair: TypeAlias = tuple[Given, Given]
"""What two people answered to the same question about the same call."""
Distance: TypeAlias = Callable[[str, str], float]


def differ(one: str, other: str) -> float:
    """The distance of answers that have no order: 0 for the same, else 1."""
    return float(one != other)


def agreement(pairs: Iterable[Pair]) -> float | None:
    """The share of pairs, 0 to 1, in which both said the same; None without any pair."""
    full = _full(pairs)
    return sum(one == other for one, other in full) / len(full) if full else None


def cohen_kappa(pairs: Iterable[Pair], distance: Distance = differ) -> float | None:
    """1: as one, 0: as chance would have it, below: worse. None where chance alone explains everything.

    Cohen, Educational and Psychological Measurement 20 (1960) 37. With a ``distance`` other than ``differ``
    it is weighted kappa (Cohen, Psychological Bulletin 70 (1968) 213): a near miss costs less than a far one.
    """
    full = _full(pairs)
    first, second = Counter(one for one, _other in full), Counter(other for _one, other in full)
    by_chance = sum(
        distance(one, other) * count * times
        for one, count in first.items()
        for other, times in second.items()
    )
    if not by_chance:
        return None
    return 1 - sum(distance(one, other) for one, other in full) * len(full) / by_chance


def pairwise_agreement(rows: Iterable[Sequence[Given]]) -> float | None:
    """The mean over calls of the share of pairs of people, 0 to 1, who said the same about it.

    A row holds what any number of people answered about one call; calls with fewer than two answers stay out.
    """
    shares = [_agreeing(Counter(row)) for row in _comparable(rows)]
    return sum(shares) / len(shares) if shares else None


def fleiss_kappa(rows: Iterable[Sequence[Given]]) -> float | None:
    """Kappa of several people; None where everybody always said the same.

    Fleiss, Psychological Bulletin 76 (1971) 378; calls may have different numbers of answers (Gwet 2014, ch. 2).
    """
    compared = _comparable(rows)
    shares = _prevalence(compared)
    if len(shares) < 2:
        return None
    by_chance = sum(share * share for share in shares.values())
    return _corrected(pairwise_agreement(compared), by_chance)


def gwet_ac1(rows: Iterable[Sequence[Given]], categories: Collection[str] = ()) -> float | None:
    """Gwet's AC1 of two or more people: as kappa, but steady where nearly every answer is the same.

    ``categories`` are all answers that were possible, used or not. Gwet, British Journal of Mathematical and
    Statistical Psychology 61 (2008) 29.
    """
    compared = _comparable(rows)
    shares = _prevalence(compared)
    possible = len({*categories, *shares})
    if possible < 2:
        return 1.0 if compared else None
    by_chance = sum(share * (1 - share) for share in shares.values()) / (possible - 1)
    return _corrected(pairwise_agreement(compared), by_chance)


def share_within(differences: Collection[float], points: float) -> float | None:
    """The share, 0 to 1, of differences of at most so many points in either direction."""
    if not differences:
        return None
    return sum(abs(difference) <= points for difference in differences) / len(differences)


def mean(numbers: Collection[float]) -> float | None:
    return sum(numbers) / len(numbers) if numbers else None


def mean_distance(differences: Collection[float]) -> float | None:
    """How far from 0 the differences are on the average, whatever their sign."""
    return mean([abs(difference) for difference in differences])


def _full(pairs: Iterable[Pair]) -> list[tuple[str, str]]:
    return [(one, other) for one, other in pairs if one is not None and other is not None]


def _comparable(rows: Iterable[Sequence[Given]]) -> list[list[str]]:
    given = ([answer for answer in row if answer is not None] for row in rows)
    return [row for row in given if len(row) > 1]


def _agreeing(counts: Counter[Given]) -> float:
    total = counts.total()
    return sum(count * (count - 1) for count in counts.values()) / (total * (total - 1))


def _prevalence(rows: Collection[Sequence[str]]) -> dict[str, float]:
    """How common each answer is, 0 to 1: the mean over calls of its share in the call's answers."""
    used = {answer for row in rows for answer in row}
    return {answer: sum(row.count(answer) / len(row) for row in rows) / len(rows) for answer in used}


def _corrected(observed: float | None, by_chance: float) -> float | None:
    return None if observed is None else (observed - by_chance) / (1 - by_chance)
