from datetime import UTC, date, datetime

from flask import Flask

from qcapp.core import clock, local


def test_a_day_begins_at_midnight_of_this_place(app: Flask) -> None:
    """The tests' installation is in Moscow, three hours before UTC."""
    with app.app_context():
        for minute, day in ((59, 22), (60, 23)):
            with clock.at(datetime(2026, 11, 22, 20 + minute // 60, minute % 60, tzinfo=UTC)):
                assert local.today() == date(2026, 11, day)
        assert local.time_of(datetime(2026, 11, 22, 21, 5, tzinfo=UTC)).hour == 0
