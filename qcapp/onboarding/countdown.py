"""How long there is left in a stage, in calendar or in working days. Pure: the day of today comes in."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from qcapp.core.working_days import EVERY_DAY, working_days
from qcapp.onboarding.program.plan import StagePlan

ONE_DAY = timedelta(days=1)
YEARS = 2  # by the end of which the longest stage is over, even in working days


@dataclass(frozen=True, slots=True)
class Countdown:
    """Day ``day`` of ``of``; ``last_day`` is the last on which the stage may still be left in time."""

    day: int
    of: int
    last_day: date
    overdue: bool


@dataclass(frozen=True, slots=True)
class StageDays:
    """Days spent in a stage, until another one was entered; ``prolonged_until`` was decided in it."""

    entered: date
    left: date | None = None
    prolonged_until: date | None = None


def countdown(
    plan: StagePlan, stretches: Sequence[StageDays], today: date, holidays: Collection[date] = ()
) -> Countdown | None:
    """How far the time of a stage has run; the day it is first entered is the first. None: it has no limit.

    Time between stretches does not count. In working days only those count that are working days in Russia and none
    of the program's ``holidays``; a prolongation names the last day.
    """
    if plan.days is None:
        return None
    calendar = EVERY_DAY
    if plan.working_days:
        last_years = (each.prolonged_until.year for each in stretches if each.prolonged_until)
        years = (stretches[-1].entered.year + YEARS, today.year, *last_years)
        calendar = working_days(stretches[0].entered.year, max(years), frozenset(holidays))
    spent, of, before = 0, plan.days, []
    for each in stretches:
        if each.prolonged_until:
            of = spent + _count(each.entered, each.prolonged_until, calendar)
        before.append(spent)
        spent += _count(each.entered, (each.left or today + ONE_DAY) - ONE_DAY, calendar)
    ends_in = max((n for n, days in enumerate(before) if days < of), default=0)
    prolonged = stretches[-1].prolonged_until
    last_day = prolonged or _nth_day(stretches[ends_in].entered, of - before[ends_in], calendar)
    return Countdown(day=max(1, spent), of=max(1, of), last_day=last_day, overdue=today > last_day)


def days_spent(stretches: Sequence[StageDays], today: date) -> int:
    """How many days, the first and today counted."""
    return sum(((each.left or today + ONE_DAY) - each.entered).days for each in stretches)


def _nth_day(first: date, number: int, calendar: np.busdaycalendar) -> date:
    found: date = np.busday_offset(first, number - 1, roll="forward", busdaycal=calendar).astype(object)
    return found


def _count(first: date, last: date, calendar: np.busdaycalendar) -> int:
    """How many days that count there are from the first to the last, both included."""
    return int(np.busday_count(first, last + ONE_DAY, busdaycal=calendar))
