"""After the commit of an erasure: what is left of it outside the rows goes as well. Begun again, it goes on.

A file is forgotten only after it has been removed, so one that could not be is tried again.
"""

from sqlalchemy import select

from qcapp.calls.models import FileToRemove
from qcapp.calls.search import spoken
from qcapp.core.db import Database
from qcapp.core.storage import Storage

AT_ONCE = 100
STEPS = 10_000


def remove_leftovers(database: Database, storage: Storage) -> int:
    """Remove the noted files, and what the database's own files still hold; how many files there were."""
    removed = 0
    while keys := _waiting(database):
        for key in keys:
            storage.delete(key)
        with database.transaction() as session:
            for row in session.scalars(select(FileToRemove).where(FileToRemove.key.in_(keys))):
                session.delete(row)
        removed += len(keys)
    return removed


def _waiting(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(FileToRemove.key).order_by(FileToRemove.key).limit(AT_ONCE)))


def scrub(database: Database) -> None:
    """Leave no erased words in SQLite's index of words, nor in the log of its writes."""
    if database.engine.dialect.name != "sqlite":
        return
    for _step in range(STEPS):
        with database.transaction() as session:
            if not spoken.forget_removed(session):
                break
    connection = database.engine.raw_connection()
    try:
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()
