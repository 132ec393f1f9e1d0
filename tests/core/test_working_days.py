"""Working days against the official calendar of Russia."""

from datetime import date

import numpy as np
import pytest

from qcapp.core.working_days import EVERY_DAY, working_days


@pytest.mark.parametrize(("year", "number"), [(2023, 247), (2024, 248), (2025, 247), (2026, 247)])
def test_a_year_has_as_many_working_days_as_the_government_says(year: int, number: int) -> None:
    calendar = working_days(year, year)
    assert np.busday_count(date(year, 1, 1), date(year + 1, 1, 1), busdaycal=calendar) == number


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2025, 11, 1), True),  # a Saturday, for
        (date(2025, 11, 3), False),  # this Monday
        (date(2026, 12, 31), False),  # a Thursday, for a Sunday in January
        (date(2027, 2, 20), True),
        (date(2027, 2, 22), False),
    ],
)
def test_working_days_are_moved_as_the_government_moves_them(day: date, worked: bool) -> None:
    assert np.is_busday(day, busdaycal=working_days(day.year, day.year)) == worked
    assert np.is_busday(day, busdaycal=EVERY_DAY)


def test_a_company_has_days_off_of_its_own() -> None:
    day = date(2026, 11, 5)
    assert not np.is_busday(day, busdaycal=working_days(2026, 2026, frozenset([day])))
