"""Days and times as people and programs write them. A year that nobody means is a slip of who wrote it.

The ends of Python's calendar have no next day and no time in another zone; this keeps far away from them.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, TypeVar

import wtforms

from qcapp.core.i18n import _

Day = TypeVar("Day", bound=date)

EARLIEST, LATEST = 2000, 2199  # years


def of_our_time(day: Day) -> Day:
    """The day or time itself; ValueError if nobody can mean its year."""
    if not EARLIEST <= day.year <= LATEST:
        raise ValueError(f"nobody means the year {day.year}")
    return day


def read_day(text: str) -> date:
    """A day as in 2026-11-22; ValueError for anything else."""
    return of_our_time(date.fromisoformat(text))


def read_moment(text: str) -> datetime:
    """A time as in 2026-11-22T10:12:04+03:00, naive without its offset; ValueError for anything else."""
    return of_our_time(datetime.fromisoformat(text))


class _OfOurTime:
    data: Any

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        super().process_formdata(valuelist)  # type: ignore[misc]
        try:
            self.data = self.data and of_our_time(self.data)
        except ValueError:
            self.data = None
            raise ValueError(_("Check the year.")) from None


class DateField(_OfOurTime, wtforms.DateField):  # type: ignore[misc]  # WTForms is untyped
    """A day of our time."""


class DateTimeLocalField(_OfOurTime, wtforms.DateTimeLocalField):  # type: ignore[misc]
    """A day and minute of our time, without a zone."""
