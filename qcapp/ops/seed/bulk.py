"""Rows by the hundred thousand: executemany on SQLite, COPY on PostgreSQL. Values are as models take them."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, cast

from sqlalchemy import Connection, Table, func, select, text

from qcapp.core.db import Base
from qcapp.core.text_index import TextIndex

BATCH = 20_000
Row = Sequence[Any]


class Bulk:
    """Writes into one transaction of a database that nobody else uses at the time."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._dialect = connection.dialect
        self._driver: Any = connection.connection.driver_connection
        self._filled: dict[str, Table] = {}

    def insert(self, model: type[Base], columns: Sequence[str], rows: Iterable[Row]) -> None:
        """Add rows whose values stand in the order of ``columns``; ids are the caller's."""
        table = cast(Table, model.__table__)
        self._filled[table.name] = table
        names = ", ".join(f'"{name}"' for name in columns)
        converted = self._converted(table, columns, rows)
        if self._dialect.name == "sqlite":
            marks = ", ".join("?" * len(columns))
            insert = f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})'  # noqa: S608 (our own names)
            self._driver.executemany(insert, converted)
            return
        with (
            self._driver.cursor() as cursor,
            cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy,
        ):
            for row in converted:
                copy.write_row(row)

    def index_texts(self, index: TextIndex, stems: Iterable[tuple[int, str]]) -> None:
        """Fill a text index; the words must be stems already."""
        if self._dialect.name == "sqlite":
            insert = f"INSERT INTO {index.name} (rowid, stems) VALUES (?, ?)"  # noqa: S608 (our own name)
            self._driver.executemany(insert, stems)
            return
        # A GIN index is built several times faster over rows that are there than row by row.
        execute = self._connection.exec_driver_sql
        for statement in (*index.statements_down(), index.statements_up("postgresql")[0]):
            execute(statement)
        execute("CREATE TEMPORARY TABLE said (id bigint, stems text) ON COMMIT DROP")
        with self._driver.cursor() as cursor, cursor.copy("COPY said (id, stems) FROM STDIN") as copy:
            for row in stems:
                copy.write_row(row)
        vectors = "SELECT id, to_tsvector('simple', stems) FROM said"
        execute(f"INSERT INTO {index.name} (id, stems) {vectors}")
        execute("SET LOCAL maintenance_work_mem = '512MB'")
        for statement in index.statements_up("postgresql")[1:]:
            execute(statement)

    def finish(self) -> None:
        """Let the database's own numbering go on after the ids that were given."""
        if self._dialect.name == "sqlite":
            return
        for table in self._filled.values():
            last = self._connection.scalar(select(func.max(table.c.id)))
            if last is not None:
                sequence = text("SELECT setval(pg_get_serial_sequence(:table, 'id'), :last)")
                self._connection.execute(sequence, {"table": f'"{table.name}"', "last": last})

    def _converted(self, table: Table, columns: Sequence[str], rows: Iterable[Row]) -> Iterator[Row]:
        types = [table.c[name].type.dialect_impl(self._dialect) for name in columns]
        processors = [each.bind_processor(self._dialect) for each in types]
        special = [(place, convert) for place, convert in enumerate(processors) if convert]
        waiting = iter(rows)
        while batch := list(islice(waiting, BATCH)):
            for row in batch:
                values = list(row)
                for place, convert in special:
                    values[place] = convert(values[place])
                yield values
