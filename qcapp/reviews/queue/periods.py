"""The period a sample is drawn from, and how much of the sample is due by when."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from qcapp.core.periods import DAY, Days, Unit, before, midnight, unit_of
from qcapp.reviews.queue.states import Period


def span_of(period: Period, day: date) -> Days:
    """The period this day lies in."""
    return unit_of(Unit(period), day)


def previous(period: Period, span: Days) -> Days:
    return before(span, Unit(period))


def due_at(span: Days, due_days: int, zone: ZoneInfo, *, drawn: date) -> datetime:
    """The end of the last day on which what was drawn of this span on that day is to be scored.

    The days count from the end of the span; what is drawn later, from its draw.
    """
    return midnight(max(span.last, drawn) + (due_days + 1) * DAY, zone)


def target(wanted: int, span: Days, today: date) -> int:
    """How many of ``wanted`` are due from the days that are over: so a sample spreads over its period."""
    over = min(max((today - span.first).days, 0), span.count)
    return -(-wanted * over // span.count)
