"""The only clock. Everything is aware UTC; what day it is here, core/local.py says."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_told: ContextVar[datetime | None] = ContextVar("told", default=None)


def now() -> datetime:
    """The current moment, aware, in UTC."""
    return _told.get() or datetime.now(UTC)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Write down what happened at another moment, as the demo does of its past."""
    before = _told.set(moment)
    try:
        yield
    finally:
        _told.reset(before)
