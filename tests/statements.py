"""What the database is asked: for tests of how many statements something takes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

_OF_THE_TESTS = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")


@contextmanager
def statements(session: Session) -> Iterator[list[str]]:
    """Every statement within, by whichever session of the test's database, in order."""
    asked: list[str] = []

    def note(*given: Any) -> None:
        if not given[2].startswith(_OF_THE_TESTS):
            asked.append(given[2])

    bind = session.get_bind()
    event.listen(bind, "before_cursor_execute", note)
    yield asked
    event.remove(bind, "before_cursor_execute", note)
