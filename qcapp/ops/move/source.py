"""The database that is left behind: nobody else may use it meanwhile, and nothing in it changes."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, StaticPool, create_engine, event

from qcapp.core.errors import Refused
from qcapp.core.i18n import _

PATIENCE_S = 3


@contextmanager
def alone_with(path: Path) -> Iterator[Connection]:
    """A connection that only reads and keeps everybody else out; Refused while web or worker have the file open."""
    engine = create_engine("sqlite://", creator=lambda: _opened(path), poolclass=StaticPool)
    event.listen(engine, "connect", _demand_to_be_alone)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(
        f"file:{path}?mode=rw", uri=True, timeout=PATIENCE_S, isolation_level=None, check_same_thread=False
    )


def _demand_to_be_alone(connection: Any, _record: Any) -> None:
    """An exclusive lock is only given while no other connection is open, be it idle, and is kept until the end."""
    connection.execute("PRAGMA locking_mode=EXCLUSIVE")
    connection.execute("PRAGMA query_only=ON")
    try:
        connection.execute("SELECT 1 FROM alembic_version").fetchone()
    except sqlite3.OperationalError as error:
        connection.close()
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise
        raise Refused(_("The installation is still in use. Stop web and workers, then try again.")) from error
