"""Days, weeks (from Monday) and months as spans of local days, and how much of a sample is due by when."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from qcapp.reviews.queue.states import Period

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """Local days, both ends included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def moments(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The beginning, and the moment after the end."""
        return midnight(self.first, zone), midnight(self.last + DAY, zone)


def span_of(period: Period, day: date) -> Span:
    """The period this day lies in."""
    match period:
        case Period.DAY:
            return Span(day, day)
        case Period.WEEK:
            monday = day - timedelta(days=day.weekday())
            return Span(monday, monday + timedelta(days=6))
        case Period.MONTH:
            first = day.replace(day=1)
            return Span(first, (first + timedelta(days=31)).replace(day=1) - DAY)


def previous(period: Period, span: Span) -> Span:
    return span_of(period, span.first - DAY)


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The beginning of a local day."""
    return datetime.combine(day, time(), zone)


def due_at(span: Span, due_days: int, zone: ZoneInfo) -> datetime:
    """The end of the last day on which the sample of this span is to be scored."""
    return midnight(span.last + (due_days + 1) * DAY, zone)


def target(wanted: int, span: Span, today: date) -> int:
    """How many of ``wanted`` are due from the days that are over: so a sample spreads over its period."""
    over = min(max((today - span.first).days, 0), span.days)
    return -(-wanted * over // span.days)
