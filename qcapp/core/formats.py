"""Days, times and numbers as people write them in the reader's language; a dash for what is not known."""

import re
from datetime import date, datetime

from babel import Locale, dates, numbers
from flask_babel import get_locale

from qcapp.core import local
from qcapp.core.i18n import unbroken

_DAY, _SHORT_DAY, _MONTH, _SHORT_MONTH, _TIME = range(5)
_PATTERNS = {
    "ru": ("dd.MM.y", "dd.MM", "MM.y", "MM.yy", "HH:mm"),
    "en": ("d MMM y", "d MMM", "MMM y", "MMM yy", "HH:mm"),
}
_ISO = re.compile(r"(\d{4}-\d\d-\d\d)(T\d\d:\d\d.*)?")


def day(value: date | None) -> str:
    """22.11.2026; 22 Nov 2026."""
    return "–" if value is None else _written(value, _DAY)


def short_day(value: date) -> str:
    """The day without its year."""
    return _written(value, _SHORT_DAY)


def month(value: date) -> str:
    """The month a day is in: 11.2026; Nov 2026."""
    return _written(value, _MONTH)


def short_month(value: date) -> str:
    """The same for narrow places: 11.26; Nov 26."""
    return _written(value, _SHORT_MONTH)


def local_date(moment: datetime | None) -> str:
    """The day in the installation's time zone."""
    return "–" if moment is None else _written(local.time_of(moment), _DAY)


def local_datetime(moment: datetime | None) -> str:
    """Day and minute in the installation's time zone."""
    if moment is None:
        return "–"
    here = local.time_of(moment)
    return f"{_written(here, _DAY)} {_written(here, _TIME)}"


def iso_time(text: str) -> str | None:
    """A day or moment that is stored as ISO text; None for any other text."""
    found = _ISO.fullmatch(text)
    if found is None:
        return None
    try:
        return local_datetime(datetime.fromisoformat(text)) if found[2] else day(date.fromisoformat(text))
    except ValueError:
        return None


def _written(value: date, which: int) -> str:
    locale = _locale()
    return dates.parse_pattern(_PATTERNS[locale.language][which]).apply(value, locale)


def decimal(value: float | None, digits: int = 1) -> str:
    """A number with so many digits after the decimal sign."""
    if value is None:
        return "–"
    pattern = f"#,##0.{'0' * digits}" if digits else "#,##0"
    return numbers.format_decimal(value, pattern, locale=_locale())


def whole(value: int) -> str:
    """A count."""
    return numbers.format_decimal(value, locale=_locale())


def percent(value: float | None, digits: int = 0) -> str:
    """A number with its sign of per cent, which no end of a line parts."""
    return "–" if value is None else unbroken(f"{decimal(value, digits)} %")


def _locale() -> Locale:
    return get_locale() or Locale("en")


def signed(value: float) -> str:
    """A number with its sign, as typography has it: +3, −2.5."""
    return f"{value:+g}".replace("-", "−")
