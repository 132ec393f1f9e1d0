"""The database as one file and back: SQLite by its online backup, PostgreSQL by pg_dump and pg_restore."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, Engine, inspect, make_url, text

from qcapp.core.db import Base
from qcapp.core.errors import Refused
from qcapp.core.i18n import _
from qcapp.core.text_index import INDEXES


def dump(url: str, to: Path) -> None:
    """Write a consistent copy while others go on working."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        _dump_sqlite(parsed, to)
    else:
        _run("pg_dump", parsed, "--format=custom", "--no-owner", "--no-privileges", f"--file={to}")


def load(url: str, file: Path) -> None:
    """Fill an empty database from a dump of the same kind."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        path = Path(parsed.database or "")
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(path)) as target:
            source.backup(target)
    else:
        options = ("--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction")
        _run("pg_restore", parsed, *options, str(file))


def is_empty(engine: Engine) -> bool:
    """Whether there are no rows in any table; the tables themselves may exist."""
    with engine.connect() as connection:
        names = [name for name in inspect(connection).get_table_names() if name != "alembic_version"]
        # A text index keeps bookkeeping rows of its own, but holds nothing while its owner is empty.
        indexes = tuple(index.name for index in Base.metadata.info.get(INDEXES, []))
        ours = [name for name in names if not name.startswith(indexes)]
        return not any(
            connection.scalar(text(f'SELECT 1 FROM "{name}" LIMIT 1'))  # noqa: S608 (names the database gave)
            for name in ours
        )


def _dump_sqlite(url: URL, to: Path) -> None:
    with (
        closing(sqlite3.connect(f"file:{url.database}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(to)) as target,
    ):
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")  # one file, without a write-ahead log beside it
        found = target.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        to.unlink()
        raise Refused(
            _(
                "The database is damaged (%(what)s), so it was not backed up. Restore the last backup.",
                what=found,
            )
        )


def _run(program: str, url: URL, *options: str) -> None:
    """The password goes by the environment, where other users of the machine cannot read it."""
    path = shutil.which(program)
    if path is None:
        raise Refused(
            _(
                "%(program)s was not found. Install PostgreSQL's client programs, "
                "of the server's version or a newer one, and put them on the PATH.",
                program=program,
            )
        )
    database = url.set(drivername="postgresql", password=None).render_as_string()
    secret = {"PGPASSWORD": url.password} if url.password else {}
    done = subprocess.run(  # noqa: S603 (no shell; our own arguments)
        [path, f"--dbname={database}", "--no-password", *options],
        env=os.environ | secret,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        said = " ".join(done.stderr.split())[-500:]
        raise Refused(_("%(program)s failed: %(what)s", program=program, what=said))
