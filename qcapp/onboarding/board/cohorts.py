"""Time to clearance and to the first sale, by the week or month in which people began or came to a stage: pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from statistics import median

from qcapp.core.periods import Unit, unit_of


class Now(StrEnum):
    """Where somebody is today."""

    CLEARED = "cleared"
    REVOKED = "revoked"
    """Was cleared once, and is not any more."""
    ON_THE_WAY = "on_the_way"
    LEFT = "left"


class Which(StrEnum):
    """A number of a cohort, and who is behind it."""

    ALL = "all"
    EVER_CLEARED = "ever_cleared"
    SOLD = "sold"
    CLEARED = Now.CLEARED.value
    REVOKED = Now.REVOKED.value
    ON_THE_WAY = Now.ON_THE_WAY.value
    LEFT = Now.LEFT.value


@dataclass(frozen=True, slots=True)
class Hire:
    """One person: ``cleared_on`` is the day of the first grant, ``sold_on`` that of the first confirmed sale.

    ``since``: the first day, or the one on which he came to the stage asked about; days are counted from it.
    ``staff``: cleared today; ``left``: parted with or deactivated, whatever was before.
    """

    since: date
    cleared_on: date | None = None
    sold_on: date | None = None
    staff: bool = False
    left: bool = False
    manager_id: int = 0
    name: str = ""

    @property
    def now(self) -> Now:
        if self.left:
            return Now.LEFT
        if self.staff:
            return Now.CLEARED
        return Now.REVOKED if self.cleared_on else Now.ON_THE_WAY

    def is_one_of(self, which: Which) -> bool:
        """Whether this number of the cohort counts him."""
        match which:
            case Which.ALL:
                return True
            case Which.EVER_CLEARED:
                return self.cleared_on is not None
            case Which.SOLD:
                return self.sold_on is not None
        return self.now == which.value


@dataclass(frozen=True, slots=True)
class Times:
    """How many came so far, and in how many days half of these; None: nobody yet."""

    n: int
    median_days: float | None


@dataclass(frozen=True, slots=True)
class HiringCohort:
    """Everybody of the week or month from ``first_day``: who was ever cleared and has sold, and how many are where."""

    first_day: date
    hires: tuple[Hire, ...]
    cleared: Times
    sold: Times
    now: Mapping[Now, int]

    @property
    def n(self) -> int:
        return len(self.hires)


def of_people(onboardings: Iterable[Hire], unit: Unit) -> list[Hire]:
    """Each person once a week or month, with what came of it in that onboarding or a later one.

    ``onboardings``: those of one person in the order in which they were begun.
    """
    by_person: dict[int, list[Hire]] = {}
    for each in onboardings:
        by_person.setdefault(each.manager_id, []).append(each)
    people: dict[tuple[int, date], Hire] = {}
    for person, own in by_person.items():
        for number, each in enumerate(own):
            later = own[number:]
            cleared_on = _first(hire.cleared_on for hire in later)
            sold_on = _first(hire.sold_on for hire in later)
            whole = replace(each, cleared_on=cleared_on, sold_on=sold_on)
            people.setdefault((person, unit_of(unit, each.since).first), whole)
    return list(people.values())


def _first(days: Iterable[date | None]) -> date | None:
    return min((day for day in days if day is not None), default=None)


def by_unit(hires: Iterable[Hire], unit: Unit) -> list[HiringCohort]:
    """The weeks or months that have somebody, newest first. Days are calendar days; the first day is day 1."""
    together: dict[date, list[Hire]] = {}
    for hire in hires:
        together.setdefault(unit_of(unit, hire.since).first, []).append(hire)
    return [
        HiringCohort(
            first_day,
            tuple(some),
            cleared=_times(some, [hire.cleared_on for hire in some]),
            sold=_times(some, [hire.sold_on for hire in some]),
            now=Counter(hire.now for hire in some),
        )
        for first_day, some in sorted(together.items(), reverse=True)
    ]


def days_between(first: date, last: date) -> int:
    """Days from the first to the last, both counted; what was before the first day was on it."""
    return max(1, (last - first).days + 1)


def _times(hires: list[Hire], ends: list[date | None]) -> Times:
    days = [days_between(hire.since, end) for hire, end in zip(hires, ends, strict=True) if end is not None]
    return Times(len(days), median(days) if days else None)
