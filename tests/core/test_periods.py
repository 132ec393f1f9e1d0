"""Weeks, months and quarters of the calendar, and what came before them."""

from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qcapp.core.periods import Days, Preset, Unit, before, days_of, run_of, unit_of

TODAY = date(2026, 11, 20)  # a Friday
days = st.dates(date(2000, 2, 1), date(2100, 1, 1))


@pytest.mark.parametrize(
    ("preset", "first", "last"),
    [
        (Preset.THIS_WEEK, date(2026, 11, 16), date(2026, 11, 22)),
        (Preset.LAST_WEEK, date(2026, 11, 9), date(2026, 11, 15)),
        (Preset.THIS_MONTH, date(2026, 11, 1), date(2026, 11, 30)),
        (Preset.LAST_MONTH, date(2026, 10, 1), date(2026, 10, 31)),
        (Preset.THIS_QUARTER, date(2026, 10, 1), date(2026, 12, 31)),
        (Preset.LAST_QUARTER, date(2026, 7, 1), date(2026, 9, 30)),
    ],
)
def test_a_name_means_days(preset, first, last):
    assert days_of(preset, TODAY) == Days(first, last)


@given(days, st.sampled_from(Unit))
def test_a_unit_holds_its_day_and_follows_the_one_before(day, unit):
    this = unit_of(unit, day)
    assert this.first <= day <= this.last
    assert before(this, unit).last + timedelta(days=1) == this.first
    assert unit_of(unit, this.first) == unit_of(unit, this.last) == this


@given(days, st.integers(0, 400))
def test_own_dates_are_compared_with_as_many_days(first, length):
    own = Days(first, first + timedelta(days=length))
    earlier = before(own, None)
    assert earlier.last + timedelta(days=1) == own.first
    assert earlier.last - earlier.first == own.last - own.first


@given(days, st.sampled_from(Unit), st.integers(1, 15))
def test_units_in_a_row_leave_no_day_out(day, unit, count):
    row = run_of(unit, day, count)
    assert len(row) == count
    assert row[-1].first <= day <= row[-1].last
    for one, following in pairwise(row):
        assert one.last + timedelta(days=1) == following.first


def test_days_begin_at_midnight_of_the_place():
    since, until = Days(TODAY, TODAY).moments(ZoneInfo("Europe/Moscow"))
    assert since.isoformat() == "2026-11-20T00:00:00+03:00"
    assert until.isoformat() == "2026-11-21T00:00:00+03:00"
