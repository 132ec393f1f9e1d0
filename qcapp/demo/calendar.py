"""The demo is always of now: its files tell of some weeks in autumn 2026, which are moved to the weeks before today.

By whole weeks, so that working days stay working days. Times stand in the names of recordings, in the exchange's list
of calls (as dates and as seconds of the epoch within ids), and in the texts.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qcapp.calls.models import ImportBatch, Source
from qcapp.core import clock

SOURCE = "demo"
ZONE = ZoneInfo("Europe/Moscow")
LAST = date(2026, 11, 3)
"""The day the files end with; the demo begins on it, or up to six days later."""
_TIMES = re.compile(r"\b2026-\d\d-\d\d\b|\b2026\d{4}\b|\b179\d{7}\b")


class Calendar:
    """By how much everything is moved."""

    def __init__(self, today: date) -> None:
        self.by = timedelta(weeks=(today - LAST).days // 7)

    @classmethod
    def of(cls, session: Session) -> "Calendar":
        """As it was when the demo's recordings came in; until then, of today."""
        imported = select(func.min(ImportBatch.started_at)).join(Source).where(Source.name == SOURCE)
        return cls((session.scalar(imported) or clock.now()).astimezone(ZONE).date())

    def day(self, text: str, hour: int = 9) -> datetime:
        """The beginning of work, or another hour, of a day as the files name it."""
        moment = datetime.combine(date.fromisoformat(text), time(hour), ZONE)
        return (moment + self.by).astimezone(UTC)

    def now(self) -> datetime:
        """The end of what the files tell."""
        return self.day(LAST.isoformat())

    def moved(self, text: str) -> str:
        """The text with all its times moved."""
        return _TIMES.sub(lambda found: self._moved(found[0]), text)

    def _moved(self, found: str) -> str:
        if found.startswith("179"):
            return str(int(found) + int(self.by.total_seconds()))
        written = "%Y-%m-%d" if "-" in found else "%Y%m%d"
        return (datetime.strptime(found, written) + self.by).strftime(written)  # noqa: DTZ007 (a day)
