"""How long there is left in a stage, in calendar or in working days. Pure: the day of today comes in."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from qcapp.core.working_days import EVERY_DAY, working_days
from qcapp.onboarding.program.plan import StagePlan

YEARS = 2  # by the end of which the longest stage is over, even in working days


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

    In working days only those count that are working days in Russia and none of the program's ``holidays``; a
    prolongation names the last day.
    """
    if plan.days is None:
        return None
    calendar = EVERY_DAY
    if plan.working_days:
        years = (entered.year + YEARS, today.year, prolonged_until.year if prolonged_until else 0)
        calendar = working_days(entered.year, max(years), frozenset(holidays))
    last_day = prolonged_until or _nth_day(entered, plan.days, calendar)
    return Countdown(
        day=max(1, _count(entered, today, calendar)),
        of=max(1, _count(entered, last_day, calendar)),
        last_day=last_day,
        overdue=today > last_day,
    )


def _nth_day(first: date, number: int, calendar: np.busdaycalendar) -> date:
    found: date = np.busday_offset(first, number - 1, roll="forward", busdaycal=calendar).astype(object)
    return found


def _count(first: date, last: date, calendar: np.busdaycalendar) -> int:
    """How many days that count there are from the first to the last, both included."""
    return int(np.busday_count(first, last + timedelta(days=1), busdaycal=calendar))
