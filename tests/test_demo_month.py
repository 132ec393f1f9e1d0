"""The demo is of the weeks before today, whichever day it is."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from qcapp.demo.calendar import LAST, ZONE, Calendar
from qcapp.demo.month import NEWEST, plan, words

MOMENTS = st.integers(1_770_000_000, 2_200_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@given(MOMENTS)
def test_all_times_of_a_text_are_moved_by_the_same_whole_weeks(now):
    calendar = Calendar(now.astimezone(ZONE).date())
    assert calendar.by % timedelta(weeks=1) == timedelta()
    assert timedelta() <= now.astimezone(ZONE).date() - (LAST + calendar.by) < timedelta(weeks=1)
    moved = calendar.moved("out-74970140231-201-20261006-101204-1791270724.126.wav 2026-10-06 10:12:04")
    name, day, time = moved.split()
    then = datetime.fromisoformat(f"{day}T{time}+03:00")
    assert then - datetime.fromisoformat("2026-10-06T10:12:04+03:00") == calendar.by
    seconds = int(then.timestamp())
    assert name == f"out-74970140231-201-{then:%Y%m%d}-101204-{seconds}.126.wav"


@given(MOMENTS)
def test_the_newest_reviews_of_every_group_are_of_this_month(now):
    calendar = Calendar(now.astimezone(ZONE).date())
    for told in words()["staff"]:
        planned = list(plan(told, calendar, now, "seed"))
        assert len(planned) == int(told["calls"])
        assert all(each.started_at < each.published_at <= now for each in planned)
        if told["since"] > "2026-10-08":
            local = now.astimezone(ZONE)
            months = [each.published_at.astimezone(ZONE).strftime("%Y%m") for each in planned]
            assert months.count(f"{local:%Y%m}") >= NEWEST
