"""Averages that may be shown, and only of like with like: pure arithmetic over published reviews.

An average of fewer than ``enough`` values is never given out, its n always is. What was not applicable is no value.
Managers stand side by side only within a cohort; nothing here ranks across cohorts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import fsum
from typing import NamedTuple

GOOD, FAIR = 80, 60  # per cent from which a value is good, or fair


class Tone(StrEnum):
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


class Cohort(NamedTuple):
    """Like conditions: the same checklist, calls of leads from the same source, people in the same role."""

    checklist_id: int
    lead_source: str | None
    role: str


class Scored(NamedTuple):
    """One published review. ``score`` and the sections are per cent, None: nothing was applicable.

    ``in_work``: whether the lead is still being worked on; None: nobody has said.
    """

    manager_id: int
    cohort: Cohort
    score: float | None
    sections: Mapping[str, float | None]
    in_work: bool | None = None


class Sum(NamedTuple):
    """So many values and what they make together."""

    n: int = 0
    total: float = 0.0


@dataclass(frozen=True, slots=True)
class Average:
    """``value`` is None where there are too few values to speak of."""

    n: int
    value: float | None


@dataclass(frozen=True, slots=True)
class Line:
    """What the reviews of one manager, or of a whole cohort, show; ``change``: in points against the period before.

    ``outcomes``: of how many calls it is known what became of them; ``in_work``: of how many it is open.
    """

    score: Average
    change: float | None = None
    sections: Mapping[str, Average] = field(default_factory=dict)
    critical: int = 0
    in_work: int = 0
    outcomes: int = 0


@dataclass(frozen=True, slots=True)
class Board:
    """One cohort: those with enough reviews, the best average first, and the n of all others."""

    cohort: Cohort
    whole: Line
    lines: tuple[tuple[int, Line], ...]
    few: tuple[tuple[int, int], ...]


Key = tuple[int, Cohort]


def average(values: Iterable[float | None], enough: int) -> Average:
    """The average of what is known; independent of the order."""
    known = [value for value in values if value is not None]
    return average_of(Sum(len(known), fsum(known)), enough)


def average_of(made: Sum, enough: int) -> Average:
    """The same of a sum the database has made."""
    return Average(made.n, made.total / made.n if made.n >= max(enough, 1) else None)


def change(now: Average, earlier: Average) -> float | None:
    """Points won or lost; None unless both periods have enough."""
    return None if now.value is None or earlier.value is None else now.value - earlier.value


def tone(value: float) -> Tone:
    """The colour of a value in per cent."""
    return Tone.GOOD if value >= GOOD else Tone.WARN if value >= FAIR else Tone.BAD


def boards(
    rows: Iterable[Scored], *, before: Mapping[Key, Sum], critical: Mapping[Key, int], enough: int
) -> tuple[Board, ...]:
    """Cohort by cohort, the one with the most reviews first. ``critical``: reviews with a critical error."""
    cohorts: dict[Cohort, dict[int, list[Scored]]] = {}
    for row in rows:
        cohorts.setdefault(row.cohort, {}).setdefault(row.manager_id, []).append(row)
    made = [
        _board(cohort, managers, before, critical, enough)
        for cohort, managers in sorted(cohorts.items(), key=_order)
    ]
    return tuple(sorted(made, key=lambda board: -board.whole.score.n))


def _order(entry: tuple[Cohort, object]) -> tuple[int, str, str]:
    cohort = entry[0]
    return cohort.checklist_id, cohort.lead_source or "", cohort.role


def _board(
    cohort: Cohort,
    managers: Mapping[int, list[Scored]],
    before: Mapping[Key, Sum],
    critical: Mapping[Key, int],
    enough: int,
) -> Board:
    lines = {
        manager: _line(rows, before.get((manager, cohort), Sum()), critical.get((manager, cohort), 0), enough)
        for manager, rows in managers.items()
    }
    earlier = [made for (_manager, of), made in before.items() if of == cohort]
    everything = _line(
        [row for rows in managers.values() for row in rows],
        Sum(sum(made.n for made in earlier), fsum(made.total for made in earlier)),
        sum(critical.get((manager, cohort), 0) for manager in managers),
        enough,
    )
    shown = [(manager, line) for manager, line in lines.items() if line.score.value is not None]
    few = [(manager, line.score.n) for manager, line in lines.items() if line.score.value is None]
    return Board(
        cohort,
        everything,
        tuple(sorted(shown, key=lambda entry: (-(entry[1].score.value or 0), entry[0]))),
        tuple(sorted(few, key=lambda entry: (-entry[1], entry[0]))),
    )


def _line(rows: list[Scored], earlier: Sum, critical: int, enough: int) -> Line:
    score = average((row.score for row in rows), enough)
    if score.value is None:
        return Line(score)
    keys = dict.fromkeys(key for row in rows for key in row.sections)
    return Line(
        score=score,
        change=change(score, average_of(earlier, enough)),
        sections={key: average((row.sections.get(key) for row in rows), enough) for key in sorted(keys)},
        critical=critical,
        in_work=sum(row.in_work is True for row in rows),
        outcomes=sum(row.in_work is not None for row in rows),
    )


def over_time(values: Iterable[tuple[int, float | None]], steps: int, enough: int) -> tuple[Average, ...]:
    """The averages of so many steps of time; each value comes with the number of its step."""
    places: list[list[float | None]] = [[] for _step in range(steps)]
    for step, value in values:
        places[step].append(value)
    return tuple(average(known, enough) for known in places)


def unbroken(points: Iterable[Average]) -> tuple[tuple[tuple[int, float], ...], ...]:
    """The stretches of a line in which every step has a value: (step, value); between them are gaps."""
    stretches: list[list[tuple[int, float]]] = [[]]
    for step, point in enumerate(points):
        if point.value is not None:
            stretches[-1].append((step, point.value))
        elif stretches[-1]:
            stretches.append([])
    return tuple(tuple(stretch) for stretch in stretches if stretch)
