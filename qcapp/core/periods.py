"""Periods of a report in days, and the period each is compared with. Pure: today is given."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)


class Unit(StrEnum):
    """A piece of the calendar; weeks begin on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


class Preset(StrEnum):
    """A period by name."""

    THIS_WEEK = "this_week"
    LAST_WEEK = "last_week"
    THIS_MONTH = "this_month"
    LAST_MONTH = "last_month"
    THIS_QUARTER = "this_quarter"
    LAST_QUARTER = "last_quarter"

    @property
    def unit(self) -> Unit:
        return Unit(self.value.partition("_")[2])


@dataclass(frozen=True, slots=True)
class Days:
    """From the first day to the last, both included."""

    first: date
    last: date

    @property
    def count(self) -> int:
        return (self.last - self.first).days + 1

    def moments(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Where it begins and where it is over, for a place in this time zone."""
        return midnight(self.first, zone), midnight(self.last + DAY, zone)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The beginning of a day in this time zone."""
    return datetime.combine(day, time(), zone)


def moments_of(
    first: date | None, last: date | None, zone: ZoneInfo
) -> tuple[datetime | None, datetime | None]:
    """Where the first day begins and the last is over; a day that is not given leaves its end open."""
    since = None if first is None else midnight(first, zone)
    return since, None if last is None else midnight(last + DAY, zone)


def unit_of(unit: Unit, day: date) -> Days:
    """The day itself, or the week, month or quarter it is in."""
    if unit is Unit.DAY:
        return Days(day, day)
    if unit is Unit.WEEK:
        monday = day - timedelta(days=day.weekday())
        return Days(monday, monday + timedelta(days=6))
    months = 3 if unit is Unit.QUARTER else 1
    first = day.replace(month=(day.month - 1) // months * months + 1, day=1)
    after = first.month + months
    following = date(first.year + (after > 12), (after - 1) % 12 + 1, 1)
    return Days(first, following - DAY)


def days_of(preset: Preset, today: date) -> Days:
    """What a name means today."""
    this = unit_of(preset.unit, today)
    return this if preset.value.startswith("this") else unit_of(preset.unit, this.first - DAY)


def before(days: Days, unit: Unit | None) -> Days:
    """The period it is compared with: the unit before; of own dates as many days just before them."""
    if unit is not None:
        return unit_of(unit, days.first - DAY)
    return Days(days.first - (days.last - days.first) - DAY, days.first - DAY)


def run_of(unit: Unit, last: date, count: int) -> tuple[Days, ...]:
    """So many units in a row, ending with the one this day is in."""
    return tuple(reversed(list(_backwards(unit, last, count))))


def _backwards(unit: Unit, last: date, count: int) -> Iterator[Days]:
    day = last
    for _number in range(count):
        days = unit_of(unit, day)
        yield days
        day = days.first - DAY
