"""Time to clearance and to the first sale, by the week in which people began: pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median


@dataclass(frozen=True, slots=True)
class Hire:
    """One trainee: ``cleared_on`` is the day of the first grant, ``sold_on`` that of the first confirmed sale."""

    started_on: date
    cleared_on: date | None = None
    sold_on: date | None = None
    parted: bool = False


@dataclass(frozen=True, slots=True)
class Times:
    """How many came so far, and in how many days half of these; None: nobody yet."""

    n: int
    median_days: float | None


@dataclass(frozen=True, slots=True)
class Cohort:
    """Everybody who began in the week from ``monday``; of whom ``parted`` are gone without ever being cleared."""

    monday: date
    n: int
    cleared: Times
    sold: Times
    parted: int

    @property
    def on_the_way(self) -> int:
        """Who may still be cleared."""
        return self.n - self.cleared.n - self.parted


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
            parted=sum(hire.parted and hire.cleared_on is None for hire in week),
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
