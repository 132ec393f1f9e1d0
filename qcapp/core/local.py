"""Days and times of day where this installation is: in its time zone, QCAPP_TIMEZONE."""

from datetime import date, datetime

from qcapp.core import clock
from qcapp.core.web import settings


def time_of(moment: datetime) -> datetime:
    """The moment as clocks here show it."""
    return moment.astimezone(settings().zone)


def day_of(moment: datetime) -> date:
    """The day it was here."""
    return time_of(moment).date()


def today() -> date:
    """The day it is here."""
    return day_of(clock.now())
