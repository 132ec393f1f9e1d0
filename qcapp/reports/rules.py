"""Averages that may be shown, and only of like with like: pure arithmetic over published reviews.

An average of fewer than ``enough`` values is never given out, its n always is. What was not applicable is no value.
Managers stand side by side only within a cohort; nothing here ranks across cohorts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import fsum
from typing import NamedTuple

from qcapp.terms import Group, LeadSource

GOOD, FAIR = 80, 60  # per cent from which a value is good, or fair


class Tone(StrEnum):
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


class Cohort(NamedTuple):
    """Like conditions: the same checklist, leads from the same source, people in the same role, and calls made while
    still a trainee, or in no stage at all, apart from those of staff."""

    checklist_id: int
    lead_source: LeadSource | None
    role: str
    group: Group = Group.STAFF


class Sum(NamedTuple):
    """So many values and what they make together; what was not applicable is not among them."""

    n: int = 0
    total: float = 0.0


class ReviewTally(NamedTuple):
    """Reviews added up: their scores, of how many calls it is known what became of them and is still open, and how
    well the clients' records in the CRM are filled in."""

    scores: Sum = Sum()
    outcomes: int = 0
    in_work: int = 0
    crm: Sum = Sum()


@dataclass(frozen=True, slots=True)
class Average:
    """``value`` is None where there are too few values to speak of."""

    n: int
    value: float | None


@dataclass(frozen=True, slots=True)
class ResultLine:
    """What the reviews of one manager, or of a whole cohort, show; ``change``: in points against the period before.

    ``outcomes``: of how many calls it is known what became of them; ``in_work``: of how many it is open. ``crm``: how
    well the records in the CRM are filled in, no part of the score; its n is 0 where nobody looked.
    """

    score: Average
    change: float | None = None
    sections: Mapping[str, Average] = field(default_factory=dict)
    critical: int = 0
    in_work: int = 0
    outcomes: int = 0
    crm: Average = Average(0, None)


@dataclass(frozen=True, slots=True)
class Board:
    """One cohort: those with enough reviews, the best average first, and the n of all others."""

    cohort: Cohort
    whole: ResultLine
    lines: tuple[tuple[int, ResultLine], ...]
    few: tuple[tuple[int, int], ...]


Key = tuple[int, Cohort]


def average(values: Iterable[float | None], enough: int) -> Average:
    """The average of what is known; independent of the order."""
    known = [value for value in values if value is not None]
    return average_of(Sum(len(known), fsum(known)), enough)


def average_of(made: Sum, enough: int) -> Average:
    """The same of values that have been added up already."""
    return Average(made.n, made.total / made.n if made.n >= max(enough, 1) else None)


def added(sums: Iterable[Sum]) -> Sum:
    """All together."""
    known = list(sums)
    return Sum(sum(each.n for each in known), fsum(each.total for each in known))


def change(now: Average, earlier: Average) -> float | None:
    """Points won or lost; None unless both periods have enough."""
    return None if now.value is None or earlier.value is None else now.value - earlier.value


def tone(value: float) -> Tone:
    """The colour of a value in per cent."""
    return Tone.GOOD if value >= GOOD else Tone.WARN if value >= FAIR else Tone.BAD


def boards(
    now: Mapping[Key, ReviewTally], *, before: Mapping[Key, Sum], critical: Mapping[Key, int], enough: int
) -> tuple[Board, ...]:
    """Cohort by cohort, the one with the most reviews first. ``critical``: reviews with a critical error."""
    cohorts: dict[Cohort, list[int]] = {}
    for manager_id, cohort in now:
        cohorts.setdefault(cohort, []).append(manager_id)
    made = [
        _board(cohort, managers, now, before=before, critical=critical, enough=enough)
        for cohort, managers in sorted(cohorts.items(), key=_order)
    ]
    return tuple(sorted(made, key=lambda board: -board.whole.score.n))


def filled_in(now: Mapping[Key, ReviewTally], enough: int) -> dict[Group, Average]:
    """How well the records in the CRM are filled in after calls of each group, on any checklist, where somebody
    looked: a state of the records, no comparison of people."""
    sums = {
        group: added(tally.crm for (_manager, cohort), tally in now.items() if cohort.group is group)
        for group in Group
    }
    return {group: average_of(made, enough) for group, made in sums.items() if made.n}


def with_sections(board: Board, sections: Mapping[int, Mapping[str, Sum]], enough: int) -> Board:
    """The same board with the averages of sections; given are the sums by manager and section key."""
    keys = sorted({key for known in sections.values() for key in known})
    whole = {key: added(known[key] for known in sections.values() if key in known) for key in keys}
    return replace(
        board,
        whole=_parted(board.whole, whole, enough),
        lines=tuple(
            (manager, _parted(line, sections.get(manager, {}), enough)) for manager, line in board.lines
        ),
    )


def fitting(shown: Sequence[Board], room: int) -> int:
    """How many boards, from the first, have room for all their managers together; always the first one."""
    taken = 0
    for place, board in enumerate(shown):
        taken += len(board.lines) + len(board.few)
        if place and taken > room:
            return place
    return len(shown)


def _order(entry: tuple[Cohort, object]) -> tuple[int, str, str, int]:
    cohort = entry[0]
    return cohort.checklist_id, cohort.lead_source or "", cohort.role, list(Group).index(cohort.group)


def _board(
    cohort: Cohort,
    managers: Iterable[int],
    now: Mapping[Key, ReviewTally],
    *,
    before: Mapping[Key, Sum],
    critical: Mapping[Key, int],
    enough: int,
) -> Board:
    tallies = {manager: now[manager, cohort] for manager in managers}
    lines = {
        manager: _line(
            tally, before.get((manager, cohort), Sum()), critical.get((manager, cohort), 0), enough
        )
        for manager, tally in tallies.items()
    }
    everything = ReviewTally(
        added(tally.scores for tally in tallies.values()),
        sum(tally.outcomes for tally in tallies.values()),
        sum(tally.in_work for tally in tallies.values()),
        added(tally.crm for tally in tallies.values()),
    )
    earlier = added(made for (_manager, of), made in before.items() if of == cohort)
    errors = sum(critical.get((manager, cohort), 0) for manager in tallies)
    shown = [(manager, line) for manager, line in lines.items() if line.score.value is not None]
    few = [(manager, line.score.n) for manager, line in lines.items() if line.score.value is None]
    return Board(
        cohort,
        _line(everything, earlier, errors, enough),
        tuple(sorted(shown, key=lambda entry: (-(entry[1].score.value or 0), entry[0]))),
        tuple(sorted(few, key=lambda entry: (-entry[1], entry[0]))),
    )


def _line(tally: ReviewTally, earlier: Sum, critical: int, enough: int) -> ResultLine:
    score = average_of(tally.scores, enough)
    if score.value is None:
        return ResultLine(score)
    return ResultLine(
        score=score,
        change=change(score, average_of(earlier, enough)),
        critical=critical,
        in_work=tally.in_work,
        outcomes=tally.outcomes,
        crm=average_of(tally.crm, enough),
    )


def _parted(line: ResultLine, sections: Mapping[str, Sum], enough: int) -> ResultLine:
    if line.score.value is None:
        return line
    return replace(line, sections={key: average_of(made, enough) for key, made in sections.items() if made.n})


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
