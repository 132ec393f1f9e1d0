"""Carries rows and files over, compares both sides, and only then lets the product start on the new one.

Killed at any moment, the same command goes on: rows follow in the order of their keys, a file is there whole or not.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Connection, Table
from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session

from qcapp.core import audit
from qcapp.core.audit import AuditKeeper, Checked
from qcapp.core.db import Base, Database
from qcapp.core.errors import Refused, Unavailable
from qcapp.core.i18n import _
from qcapp.core.row_numbers import last_numbers
from qcapp.core.storage import PARTS, Storage
from qcapp.core.text_index import INDEXES, TextIndex
from qcapp.ops.audited import OperationAction
from qcapp.ops.move import rows, target

Say = Callable[[str], object]


@dataclass
class Moved:
    """What was carried over and compared. ``audit``: what the check of the log says on both sides."""

    rows: int = 0
    files: int = 0
    audit: Checked = field(default_factory=Checked)


def move(
    source: Connection,
    to: Database,
    keeper: AuditKeeper,
    storages: tuple[Storage, Storage] | None,
    say: Say,
) -> Moved:
    """Do it, or go on with it. Raises Refused where the two sides do not agree in the end."""
    to.provide(audit=keeper)
    target.begin(to)
    moved = Moved()
    for table in target.tables():
        count = _carry(source, to, table)
        moved.rows += count
        if count:
            say(_("%(table)s: %(num)d rows", table=table.name, num=count))
    for index in Base.metadata.info[INDEXES]:
        _carry_index(source, to, index)
    moved.audit = _compare_logs(source, to, keeper)
    if storages is not None:
        moved.files = _carry_files(*storages, say)
    with to.transaction() as session:
        target.finish(session.connection(), last_numbers(source))
        counts = {"database_rows": moved.rows, "files": moved.files}
        audit.record(session, OperationAction.INSTALLATION_MOVED, "audit", by_id=None, **counts)
    with to.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    return moved


def _carry(source: Connection, to: Database, table: Table) -> int:
    """Bring the rows of a table that are not there yet; all of them once more if there are others than expected."""
    wanted = rows.digest(source, table)
    _copy(source, to, table)
    if _digest(to, table) != wanted:  # of an earlier start, after which the old installation was used again
        with to.engine.begin() as connection:
            connection.exec_driver_sql(f'TRUNCATE "{table.name}"')
        _copy(source, to, table)
        if _digest(to, table) != wanted:
            raise Refused(_("The rows of %(table)s are not the same on both sides.", table=table.name))
    return wanted[0]


def _copy(source: Connection, to: Database, table: Table) -> None:
    with to.engine.connect() as connection:
        after = rows.last_key(connection, table)
    for batch in rows.batches(source, table, after):
        try:
            with to.engine.begin() as connection:
                rows.add(connection, table, batch)
        except DataError as error:
            raise Refused(
                _(
                    "PostgreSQL does not take a row of %(table)s: %(what)s",
                    table=table.name,
                    what=str(error.orig).splitlines()[0],
                )
            ) from error


def _digest(to: Database, table: Table) -> tuple[int, str]:
    with to.engine.connect() as connection:
        return rows.digest(connection, table)


def _carry_index(source: Connection, to: Database, index: TextIndex) -> None:
    """The index is written anew, since its rows cannot be compared with those they came from."""
    with to.engine.begin() as connection:
        index.clear(connection)
    wanted = 0
    for batch in index.texts(source):
        wanted += len(batch)
        with to.engine.begin() as connection:
            index.load(connection, batch)
    with to.engine.connect() as connection:
        if index.count(connection) != wanted:
            raise Refused(_("The rows of %(table)s are not the same on both sides.", table=index.name))


def _compare_logs(source: Connection, to: Database, keeper: AuditKeeper) -> Checked:
    with Session(source, info={"audit": keeper}) as session:
        wanted = audit.check(session)
    with to.reading() as session:
        if audit.check(session) != wanted:
            raise Refused(_("The audit log is not the same on both sides."))
    return wanted


def _carry_files(old: Storage, new: Storage, say: Say) -> int:
    """Copy every file and read it back. Refused if the new storage holds others, or a file cannot be read."""
    count, unreadable = 0, []
    for part in PARTS:
        wanted = {stored.key for stored in old.in_part(part)}
        if any(stored.key not in wanted for stored in new.in_part(part)):
            raise Refused(_("The storage to move to holds other files. Name an empty one."))
        for key in sorted(wanted):
            try:
                _carry_file(old, new, key)
            except Unavailable:
                old.check()  # goes on only where this file alone cannot be read
                new.check()
                unreadable.append(key)
        count += len(wanted)
        if wanted:
            say(_("files: %(num)d", num=count))
    if unreadable:
        raise Refused(
            _(
                "These files cannot be read. Bring them back with qcapp verify --from FOLDER, "
                "or delete them, and try again:"
            ),
            *unreadable,
        )
    return count


def _carry_file(old: Storage, new: Storage, key: str) -> None:
    wanted = old.digest(key)
    for replace in (False, True):
        with old.local_path(key) as path:
            new.put(key, path, replace=replace)
        if new.digest(key) == wanted:
            return
    raise Refused(_("A file is not the same on both sides: %(key)s", key=key))
