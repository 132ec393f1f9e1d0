"""Days, weeks and months in the installation's zone, and the share of a sample that is due."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qcapp.core.periods import Days
from qcapp.reviews.queue.periods import due_at, previous, span_of, target
from qcapp.reviews.queue.states import Period

MOSCOW = ZoneInfo("Europe/Moscow")


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        (Period.DAY, date(2026, 11, 22), date(2026, 11, 22)),
        (Period.WEEK, date(2026, 11, 16), date(2026, 11, 22)),
        (Period.MONTH, date(2026, 11, 1), date(2026, 11, 30)),
    ],
)
def test_a_sunday_belongs_to_its_day_week_and_month(period: Period, first: date, last: date) -> None:
    assert span_of(period, date(2026, 11, 22)) == Days(first, last)


@given(st.sampled_from(Period), st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_periods_follow_each_other_without_gap(period: Period, day: date) -> None:
    span = span_of(period, day)
    assert span.first <= day <= span.last
    before = previous(period, span)
    assert (span.first - before.last).days == 1
    assert span_of(period, before.first) == before


def test_a_period_begins_at_local_midnight() -> None:
    since, until = span_of(Period.DAY, date(2026, 11, 22)).moments(MOSCOW)
    assert since == datetime(2026, 11, 21, 21, tzinfo=UTC)
    assert until == datetime(2026, 11, 22, 21, tzinfo=UTC)


def test_what_is_due_three_days_after_a_week_is_due_at_the_end_of_wednesday() -> None:
    week = span_of(Period.WEEK, date(2026, 11, 16))
    assert due_at(week, 3, MOSCOW, drawn=week.first) == datetime(2026, 11, 26, tzinfo=MOSCOW)


@given(
    st.sampled_from(Period),
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    st.integers(0, 60),
    st.integers(0, 99),
)
def test_nothing_is_overdue_on_the_day_it_is_drawn(
    period: Period, day: date, due_days: int, later: int
) -> None:
    span, drawn = span_of(period, day), day + timedelta(days=later)
    due = due_at(span, due_days, MOSCOW, drawn=drawn)
    assert due >= datetime(drawn.year, drawn.month, drawn.day, tzinfo=MOSCOW) + timedelta(days=due_days)
    assert due > datetime(drawn.year, drawn.month, drawn.day, 23, 59, tzinfo=MOSCOW)
    assert due >= due_at(span, due_days, MOSCOW, drawn=span.first)


def test_a_sample_is_due_day_by_day() -> None:
    week = span_of(Period.WEEK, date(2026, 11, 16))
    days = [date(2026, 11, day) for day in (15, 16, 17, 18, 20, 22, 23, 30)]
    assert [target(5, week, day) for day in days] == [0, 0, 1, 2, 3, 5, 5, 5]


@given(st.integers(1, 500), st.sampled_from(Period), st.dates(), st.dates())
def test_never_more_is_due_than_is_wanted(wanted: int, period: Period, day: date, today: date) -> None:
    assert 0 <= target(wanted, span_of(period, min(day, date(9990, 1, 1))), today) <= wanted
