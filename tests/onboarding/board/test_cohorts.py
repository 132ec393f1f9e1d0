"""Time to clearance and to the first sale by the week of hiring."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from qcapp.onboarding.board.cohorts import Hire, Now, Times, by_week, days_between

MONDAY = date(2026, 10, 5)
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
HIRES = st.builds(Hire, DAYS, st.none() | DAYS, st.none() | DAYS, st.booleans(), st.booleans())


def test_a_week_begins_on_monday_and_the_newest_comes_first():
    days = [MONDAY, MONDAY + timedelta(days=6), MONDAY + timedelta(days=7)]
    assert [(week.monday, week.n) for week in by_week(Hire(day) for day in days)] == [
        (MONDAY + timedelta(days=7), 1),
        (MONDAY, 2),
    ]


def test_the_median_is_of_those_who_were_cleared():
    hires = [
        Hire(MONDAY, cleared_on=MONDAY + timedelta(days=9), sold_on=MONDAY + timedelta(days=1)),
        Hire(MONDAY, cleared_on=MONDAY + timedelta(days=13)),
        Hire(MONDAY, left=True),
        Hire(MONDAY),
    ]
    [week] = by_week(hires)
    assert (week.cleared, week.sold) == (Times(2, 12), Times(1, 2))
    assert week.now == {Now.REVOKED: 2, Now.LEFT: 1, Now.ON_THE_WAY: 1}


def test_nobody_yet_is_no_number():
    [week] = by_week([Hire(MONDAY)])
    assert (week.cleared, week.sold) == (Times(0, None), Times(0, None))


def test_who_lost_the_clearance_or_left_with_it_counts_as_such():
    [week] = by_week(
        [
            Hire(MONDAY, cleared_on=MONDAY, staff=True),
            Hire(MONDAY, cleared_on=MONDAY),
            Hire(MONDAY, cleared_on=MONDAY, staff=True, left=True),
        ]
    )
    assert week.cleared.n == 3
    assert week.now == {Now.CLEARED: 1, Now.REVOKED: 1, Now.LEFT: 1}


def test_what_was_done_before_the_first_day_took_one_day():
    assert days_between(MONDAY, MONDAY - timedelta(days=30)) == 1


@given(st.lists(HIRES))
def test_everybody_is_in_one_week_and_in_one_state(hires: list[Hire]) -> None:
    weeks = by_week(hires)
    assert sum(week.n for week in weeks) == len(hires)
    for week in weeks:
        assert week.monday.weekday() == 0
        assert week.n == sum(week.now.values())
        assert week.cleared.median_days is None or week.cleared.median_days >= 1
