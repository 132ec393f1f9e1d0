"""The database that is filled. Until all is there and compared its version says so, and the product does not start."""

from collections.abc import Mapping

from sqlalchemy import Connection, ForeignKeyConstraint, Table, func, inspect, select, text
from sqlalchemy.schema import AddConstraint, DropConstraint

from qcapp.core.db import Base, Database
from qcapp.core.errors import Refused
from qcapp.core.i18n import _
from qcapp.ops import migrating
from qcapp.ops.backup.databases import is_empty
from qcapp.ops.migrating import MOVING

SET_VERSION = text("UPDATE alembic_version SET version_num = :version")


def tables() -> list[Table]:
    return [Base.metadata.tables[name] for name in sorted(Base.metadata.tables)]


def begin(target: Database) -> None:
    """Make the tables in an empty database, or go on in one that was begun."""
    found, needed = migrating.versions(target.engine)
    assert needed is not None
    if found == MOVING + needed:
        return
    if found is not None and found.startswith(MOVING):
        raise Refused(
            _("Another version of the program began to move there. Empty that database and begin anew.")
        )
    if not is_empty(target.engine):
        raise Refused(_("The database to move to holds other data. Name an empty one."))
    migrating.upgrade(target.engine)
    with target.engine.begin() as connection:
        # References are checked when all rows are there: some lead in circles, and in whatever order tables come.
        for key in _references(connection, there=True):
            connection.execute(DropConstraint(key))
        connection.execute(SET_VERSION, {"version": MOVING + needed})


def finish(connection: Connection, numbers: Mapping[str, int]) -> None:
    """Everything is there: references are checked, and the product may start.

    ``numbers``: the last one given out in each table, be its row deleted since; they go on after it.
    """
    for key in _references(connection, there=False):
        # Told otherwise, it would take the reference out of the tables that this process makes from then on.
        connection.execute(AddConstraint(key, isolate_from_table=False))
    for table in tables():
        if (number := table.autoincrement_column) is not None:
            newest = numbers.get(table.name) or connection.scalar(select(func.max(number)))
            if newest is not None:
                sequence = func.pg_get_serial_sequence(f'"{table.name}"', number.name)
                connection.execute(select(func.setval(sequence, newest)))
    connection.execute(SET_VERSION, {"version": migrating.newest()})


def _references(connection: Connection, *, there: bool) -> list[ForeignKeyConstraint]:
    """The foreign keys of the product's tables that are there, or are not."""
    found = inspect(connection)
    known = {(table.name, key["name"]) for table in tables() for key in found.get_foreign_keys(table.name)}
    keys = [key for table in tables() for key in table.foreign_key_constraints]
    return [key for key in keys if ((key.table.name, key.name) in known) is there]
