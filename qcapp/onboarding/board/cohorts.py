"""Time to clearance and to the first sale, by the week in which people began: pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from statistics import median


class Now(StrEnum):
    """Where somebody is today."""

    CLEARED = "cleared"
    REVOKED = "revoked"
    """Was cleared once, and is not any more."""
    ON_THE_WAY = "on_the_way"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Hire:
    """One trainee: ``cleared_on`` is the day of the first grant, ``sold_on`` that of the first confirmed sale.

    ``staff``: cleared today; ``left``: parted with or deactivated, whatever was before.
    """

    started_on: date
    cleared_on: date | None = None
    sold_on: date | None = None
    staff: bool = False
    left: bool = False

    @property
    def now(self) -> Now:
        if self.left:
            return Now.LEFT
        if self.staff:
            return Now.CLEARED
        return Now.REVOKED if self.cleared_on else Now.ON_THE_WAY


@dataclass(frozen=True, slots=True)
class Times:
    """How many came so far, and in how many days half of these; None: nobody yet."""

    n: int
    median_days: float | None


@dataclass(frozen=True, slots=True)
class Cohort:
    """Everybody who began in the week from ``monday``: who was ever cleared and has sold, and how many are where."""

    monday: date
    n: int
    cleared: Times
    sold: Times
    now: Mapping[Now, int]


def by_week(hires: Iterable[Hire]) -> list[Cohort]:
    """The weeks in which somebody began, newest first. Days are calendar days; the first day is day 1."""
    weeks: dict[date, list[Hire]] = {}
    for hire in hires:
        monday = hire.started_on - timedelta(days=hire.started_on.weekday())
        weeks.setdefault(monday, []).append(hire)
    return [
        Cohort(
            monday,
            len(week),
            cleared=_times(week, [hire.cleared_on for hire in week]),
            sold=_times(week, [hire.sold_on for hire in week]),
            now=Counter(hire.now for hire in week),
        )
        for monday, week in sorted(weeks.items(), reverse=True)
    ]


def days_between(first: date, last: date) -> int:
    """Days from the first to the last, both counted; what was before the first day was on it."""
    return max(1, (last - first).days + 1)


def _times(week: list[Hire], ends: list[date | None]) -> Times:
    days = [
        days_between(hire.started_on, end) for hire, end in zip(week, ends, strict=True) if end is not None
    ]
    return Times(len(days), median(days) if days else None)
