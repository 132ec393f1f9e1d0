"""Time to clearance and to the first sale by the week or month of hiring, or of coming to a stage."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from qcapp.core.periods import Unit, unit_of
from qcapp.onboarding.board.cohorts import Hire, Now, Times, Which, by_unit, days_between, of_people

MONDAY = date(2026, 10, 5)
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
HIRES = st.builds(Hire, DAYS, st.none() | DAYS, st.none() | DAYS, st.booleans(), st.booleans())


def test_a_week_begins_on_monday_and_the_newest_comes_first():
    days = [MONDAY, MONDAY + timedelta(days=6), MONDAY + timedelta(days=7)]
    assert [(week.first_day, week.n) for week in by_unit((Hire(day) for day in days), Unit.WEEK)] == [
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
    [week] = by_unit(hires, Unit.WEEK)
    assert (week.cleared, week.sold) == (Times(2, 12), Times(1, 2))
    assert week.now == {Now.REVOKED: 2, Now.LEFT: 1, Now.ON_THE_WAY: 1}


def test_nobody_yet_is_no_number():
    [week] = by_unit([Hire(MONDAY)], Unit.WEEK)
    assert (week.cleared, week.sold) == (Times(0, None), Times(0, None))


def test_who_lost_the_clearance_or_left_with_it_counts_as_such():
    [week] = by_unit(
        [
            Hire(MONDAY, cleared_on=MONDAY, staff=True),
            Hire(MONDAY, cleared_on=MONDAY),
            Hire(MONDAY, cleared_on=MONDAY, staff=True, left=True),
        ],
        Unit.WEEK,
    )
    assert week.cleared.n == 3
    assert week.now == {Now.CLEARED: 1, Now.REVOKED: 1, Now.LEFT: 1}


def test_what_was_done_before_the_first_day_took_one_day():
    assert days_between(MONDAY, MONDAY - timedelta(days=30)) == 1


@given(st.lists(HIRES), st.sampled_from((Unit.WEEK, Unit.MONTH)))
def test_everybody_is_in_one_cohort_and_in_one_state(hires: list[Hire], unit: Unit) -> None:
    found = by_unit(hires, unit)
    assert sum(cohort.n for cohort in found) == len(hires)
    for cohort in found:
        assert unit_of(unit, cohort.first_day).first == cohort.first_day
        behind = {which: sum(hire.is_one_of(which) for hire in cohort.hires) for which in Which}
        assert behind[Which.ALL] == cohort.n == sum(cohort.now.values())
        assert behind[Which.EVER_CLEARED] == cohort.cleared.n
        assert behind[Which.SOLD] == cohort.sold.n
        assert all(behind[Which(now)] == cohort.now[now] for now in Now)
        assert cohort.cleared.median_days is None or cohort.cleared.median_days >= 1


def test_who_begins_twice_is_one_person_with_what_came_of_it_later() -> None:
    later, next_week = MONDAY + timedelta(days=3), MONDAY + timedelta(days=7)
    begun = [
        Hire(MONDAY, staff=True, manager_id=1),
        Hire(later, cleared_on=next_week, staff=True, manager_id=1),
        Hire(MONDAY, manager_id=2),
    ]
    [week] = by_unit(of_people(begun, Unit.WEEK), Unit.WEEK)
    assert (week.n, week.cleared) == (2, Times(1, 8))
    assert week.now == {Now.CLEARED: 1, Now.ON_THE_WAY: 1}


@given(st.lists(st.tuples(st.integers(1, 4), HIRES), max_size=12), st.sampled_from((Unit.WEEK, Unit.MONTH)))
def test_nobody_is_twice_in_a_cohort_and_nobody_is_missing(begun: list[tuple[int, Hire]], unit: Unit) -> None:
    hires = [
        replace(hire, manager_id=person) for person, hire in sorted(begun, key=lambda pair: pair[1].since)
    ]
    found = [
        (cohort.first_day, hire.manager_id)
        for cohort in by_unit(of_people(hires, unit), unit)
        for hire in cohort.hires
    ]
    assert len(found) == len(set(found))
    assert set(found) == {(unit_of(unit, hire.since).first, hire.manager_id) for hire in hires}
