"""How long there is left in a stage, in calendar or in working days. Pure: the day of today comes in."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, timedelta

from qcapp.onboarding.program.plan import StagePlan

SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Countdown:
    """Day ``day`` of ``of``; ``last_day`` is the last on which the stage may still be left in time."""

    day: int
    of: int
    last_day: date
    overdue: bool


def countdown(
    plan: StagePlan,
    entered: date,
    prolonged_until: date | None,
    today: date,
    holidays: Collection[date] = (),
) -> Countdown | None:
    """How far the time of a stage has run; the day it is entered is the first. None: it has no limit.

    In working days only those count that are neither weekend nor holiday; a prolongation names the last day.
    """
    if plan.days is None:
        return None
    counts = _working(holidays) if plan.working_days else _any_day
    last_day = prolonged_until or _nth_day(entered, plan.days, counts)
    return Countdown(
        day=max(1, _count(entered, today, counts)),
        of=max(1, _count(entered, last_day, counts)),
        last_day=last_day,
        overdue=today > last_day,
    )


def _any_day(_day: date) -> bool:
    return True


def _working(holidays: Collection[date]) -> Callable[[date], bool]:
    free = frozenset(holidays)
    return lambda day: day.weekday() < SATURDAY and day not in free


def _nth_day(first: date, number: int, counts: Callable[[date], bool]) -> date:
    day, left = first, number - counts(first)
    while left:
        day += timedelta(days=1)
        left -= counts(day)
    return day


def _count(first: date, last: date, counts: Callable[[date], bool]) -> int:
    """How many days that count there are from the first to the last, both included."""
    return sum(counts(first + timedelta(days=n)) for n in range((last - first).days + 1))
