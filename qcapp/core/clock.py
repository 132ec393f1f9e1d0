"""The only clock. Everything is aware UTC; local time exists in templates alone."""

from datetime import UTC, datetime


def now() -> datetime:
    """The current moment, aware, in UTC."""
    return datetime.now(UTC)
