"""Engine, sessions and the declarative base. SQLite by default, PostgreSQL when outgrown; both behave alike.

A database that cannot be used raises ``Unavailable``, whatever its driver calls the fault.
"""

import logging
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeVar

from sqlalchemy import (
    JSON,
    BigInteger,
    Connection,
    Dialect,
    Engine,
    Enum,
    ExceptionContext,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    event,
)
from sqlalchemy import DateTime as SqlDateTime
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState, Session, mapped_column, sessionmaker
from sqlalchemy.types import TypeDecorator

from qcapp.core.errors import NoSpace, Unavailable
from qcapp.core.i18n import lazy

log = logging.getLogger(__name__)
Item = TypeVar("Item")
LONGEST_WAIT_S = 30
"""For somebody else who writes; then the database counts as unavailable."""
OVERFLOW = 20  # connections beside the five that are kept: every thread of a web process may hold two
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UTCDateTime(TypeDecorator[datetime]):
    """Stores aware datetimes as UTC and returns them aware; a naive one is a mistake of the caller."""

    impl = SqlDateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Code(String):
    """Text that the program makes itself: digests, keys of the storage, names of kinds. Nobody's words get into it."""


Id = Annotated[int, mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)]
Json = JSON().with_variant(JSONB(), "postgresql")


class Base(DeclarativeBase):
    """Parent of every table: names of constraints are fixed, so that they can be migrated later."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy reads it from the class)
        datetime: UTCDateTime,
        dict[str, Any]: Json,
        list[Any]: Json,
        StrEnum: Enum(StrEnum, native_enum=False, length=32, values_callable=lambda e: [m.value for m in e]),
        str: String(),
    }


@event.listens_for(Table, "after_parent_attach")
def _use_no_number_twice(table: Table, _metadata: MetaData) -> None:
    """Tables of models and of migrations: SQLite would give the number of the last row, once deleted, to the next one.

    Whoever still has the page of the deleted row open would then change another row. PostgreSQL never does that.
    """
    table.dialect_options["sqlite"]["autoincrement"] = True


def make_engine(url: str) -> Engine:
    """An engine whose SQLite connections are safe for several processes.

    SQLite: WAL, foreign keys, and BEGIN IMMEDIATE for everything that may write, because a read that is upgraded to a
    write fails at once with "database is locked". Reading sessions opt out by the ``reading`` execution option.
    """
    if url.startswith("sqlite"):
        engine = create_engine(
            url,
            max_overflow=OVERFLOW,
            hide_parameters=True,
            connect_args={"timeout": LONGEST_WAIT_S, "check_same_thread": False},
        )
        event.listen(engine, "do_connect", _demand_file)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        event.listen(engine, "handle_error", _tell_unavailable)
        return engine
    # Without a limit a page or a check of health would wait minutes for a host that is off.
    engine = create_engine(
        url,
        max_overflow=OVERFLOW,
        hide_parameters=True,
        pool_pre_ping=True,
        connect_args={"connect_timeout": 10},
    )
    event.listen(engine, "connect", _prepare_postgres)
    event.listen(engine, "handle_error", _tell_unavailable)
    return engine


def is_there(engine: Engine) -> bool:
    """Whether there is a database at all, with tables or without; a server is taken to have it."""
    return engine.dialect.name != "sqlite" or Path(engine.url.database or "").exists()


def make_file(engine: Engine) -> None:
    """Make the empty file of a new database. Nothing else does: see ``_demand_file``."""
    if engine.dialect.name == "sqlite":
        Path(engine.url.database or "").touch(mode=0o600)


def _demand_file(_dialect: Any, _record: Any, arguments: list[Any], _parameters: Any) -> None:
    """The driver itself would make a new, empty database in place of one that was removed."""
    if not Path(arguments[0]).exists():
        log.error("the database %s is gone", arguments[0])
        raise Unavailable(lazy("The database is gone. Stop the program and restore the last backup."))


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not open transactions of its own; "begin" below does
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        f"busy_timeout={LONGEST_WAIT_S * 1000}",
        "cache_size=-65536",
        "secure_delete=ON",  # what is deleted is overwritten: an erased text must not be left in a free page
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _prepare_postgres(connection: Any, _record: Any) -> None:
    # Pages ask some hundreds of statements over and over; of a hundred the driver would forget those asked longest ago.
    connection.prepared_max = 1000
    connection.execute(f"SET lock_timeout = '{LONGEST_WAIT_S}s'")
    connection.commit()


def _begin_sqlite(connection: Any) -> None:
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN DEFERRED" if reading else "BEGIN IMMEDIATE")


_READ_ONLY = "25006"  # PostgreSQL's number for a write to a server that stands by
_FULL = "53100"


def _tell_unavailable(context: ExceptionContext) -> Unavailable | None:
    """Gone, locked for longer than anybody waits, full, or not migrated; which of these, the log says."""
    fault = context.original_exception
    sqlstate = getattr(fault, "sqlstate", None)
    unusable = isinstance(context.sqlalchemy_exception, OperationalError) or sqlstate == _READ_ONLY
    sqlite_code = getattr(fault, "sqlite_errorcode", 0) & 0xFF  # without its details
    damaged = sqlite_code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
    if context.is_pre_ping or not (unusable or damaged or context.is_disconnect):
        return None
    log.error("the database cannot be used", exc_info=fault)
    if damaged:
        return Unavailable(lazy("The database is damaged. Stop the program and restore the last backup."))
    if sqlstate == _FULL or sqlite_code == sqlite3.SQLITE_FULL:
        return NoSpace(
            lazy("The disk of the database is full. Ask the administrator to make room; nothing was saved.")
        )
    return Unavailable(
        lazy("The database cannot be used at the moment. Nothing was saved; try again in a minute.")
    )


# A transaction around statements that only read is of no use to PostgreSQL, which shows each of them what is committed
# by then, and the rollback at its end makes the driver forget what it has prepared. docs/decisions/search.md
_READING: dict[str, dict[str, Any]] = {
    "sqlite": {"reading": True},
    "postgresql": {"isolation_level": "AUTOCOMMIT"},
}


def reading_sessions(bind: Engine | Connection, **options: Any) -> sessionmaker[Session]:
    """Sessions that refuse to write."""
    sessions = sessionmaker(bind, expire_on_commit=False, **options)
    event.listen(sessions, "before_flush", _refuse_changes)
    event.listen(sessions, "do_orm_execute", _refuse_to_write)
    return sessions


def _refuse_changes(session: Session, _context: Any, _instances: Any) -> None:
    changed = [*session.new, *session.deleted, *filter(session.is_modified, session.dirty)]
    if changed:
        raise RuntimeError(f"a session for reading was to write {changed}")


def _refuse_to_write(asked: ORMExecuteState) -> None:
    if asked.is_insert or asked.is_update or asked.is_delete:
        raise RuntimeError(f"a session for reading was to write: {asked.statement}")


def portions(items: Sequence[Item], size: int = 500) -> Iterator[Sequence[Item]]:
    """What there may be any number of, for several statements: one takes some ten thousand parameters at most."""
    return (items[first : first + size] for first in range(0, len(items), size))


class Database:
    """Gives out sessions: ``writing`` ones take SQLite's write lock at their first statement, others never."""

    def __init__(self, url: str) -> None:
        self.engine = make_engine(url)
        self.writing = sessionmaker(self.engine, expire_on_commit=False)
        self.reading = reading_sessions(self.engine.execution_options(**_READING[self.engine.dialect.name]))

    def provide(self, **things: object) -> None:
        """Let every session of this database find these in its ``info``."""
        for sessions in (self.writing, self.reading):
            sessions.configure(info=sessions.kw.get("info", {}) | things)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One unit of work for commands and jobs: commits at the end, rolls back on any error."""
        with self.writing.begin() as session:
            yield session
