"""Days, times and numbers in the language of the reader."""

from datetime import UTC, date, datetime

import pytest
from flask_babel import force_locale

from qcapp.core import formats

DAY = date(2026, 11, 5)
MOMENT = datetime(2026, 11, 5, 21, 30, tzinfo=UTC)  # half past midnight in Moscow
APART = "\u00a0"


@pytest.mark.parametrize(
    ("locale", "texts"),
    [
        ("ru", ["05.11.2026", "05.11", "11.2026", "11.26", "06.11.2026", "06.11.2026 00:30"]),
        ("en", ["5 Nov 2026", "5 Nov", "Nov 2026", "Nov 26", "6 Nov 2026", "6 Nov 2026 00:30"]),
    ],
)
def test_days_and_times(session, locale: str, texts: list[str]) -> None:
    with force_locale(locale):
        assert [
            formats.day(DAY),
            formats.short_day(DAY),
            formats.month(DAY),
            formats.short_month(DAY),
            formats.local_date(MOMENT),
            formats.local_datetime(MOMENT),
        ] == texts
        assert formats.iso_time(DAY.isoformat()) == texts[0]
        assert formats.iso_time(MOMENT.isoformat()) == texts[-1]
        for text in ("2026-11-05 is a day", "2026-99-99", "2026-11-05T10:12 or so"):
            assert formats.iso_time(text) is None


@pytest.mark.parametrize(
    ("locale", "texts"),
    [
        ("ru", ["0,4", "-1,50", f"12{APART}346", f"1{APART}234{APART}567", f"87,5{APART}%"]),
        ("en", ["0.4", "-1.50", "12,346", "1,234,567", f"87.5{APART}%"]),
    ],
)
def test_numbers(session, locale: str, texts: list[str]) -> None:
    with force_locale(locale):
        assert [
            formats.decimal(0.35),
            formats.decimal(-1.5, 2),
            formats.decimal(12_345.6, 0),
            formats.whole(1_234_567),
            formats.percent(87.5, 1),
        ] == texts


def test_what_is_not_known_is_a_dash(session) -> None:
    known = (formats.day, formats.local_date, formats.local_datetime, formats.decimal, formats.percent)
    assert {each(None) for each in known} == {"–"}
