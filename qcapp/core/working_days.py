"""Which days are working days in Russia, with holidays and with working days moved to a Saturday. Pure."""

from datetime import date
from functools import cache, lru_cache

import numpy as np

EVERY_DAY = np.busdaycalendar(weekmask="1111111")
"""For the busday functions of numpy, where days off count as well."""


@lru_cache(maxsize=64)
def working_days(first: int, last: int, also_off: frozenset[date] = frozenset()) -> np.busdaycalendar:
    """The working days of these years for the busday functions of numpy; on ``also_off`` nobody works besides.

    It lists every day off, those of weekends too: a weekly pattern has no place for a Saturday that is worked.
    """
    days_off = [day for year in range(first, last + 1) for day in _days_off(year)]
    return np.busdaycalendar(weekmask="1111111", holidays=[*days_off, *also_off])


@cache
def _days_off(year: int) -> list[date]:
    from holidays import country_holidays  # noqa: PLC0415 (16 MB, which few processes need)

    russia = country_holidays("RU", years=year)
    days = np.arange(np.datetime64(f"{year}-01-01"), np.datetime64(f"{year + 1}-01-01")).astype(object)
    return [day for day in days if not russia.is_working_day(day)]
