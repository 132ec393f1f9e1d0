"""The rows of a table in an order that both databases agree on, a batch at a time, and their digest."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    MetaData,
    Row,
    String,
    Table,
    insert,
    literal,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import JSONB

AT_ONCE = 1000
Values = dict[str, Any]


def batches(
    connection: Connection, table: Table, after: Sequence[Any] | None = None
) -> Iterator[list[Values]]:
    """All rows whose primary key is beyond ``after``, in its order. JSON null is told from no value."""
    keys = _keys(connection, table)
    absent = [column.is_(None).label(f"no {column.name}") for column in _json_columns(table)]
    ordered = select(table, *absent).order_by(*keys).limit(AT_ONCE)
    while True:
        some = ordered if after is None else ordered.where(tuple_(*keys) > _literals(table, after))
        rows = connection.execute(some).all()
        if not rows:
            return
        yield [_values(table, row) for row in rows]
        after = [rows[-1]._mapping[column] for column in table.primary_key]


def last_key(connection: Connection, table: Table) -> list[Any] | None:
    """The primary key of the last row in that order; None for an empty table."""
    newest = select(*table.primary_key).order_by(*(key.desc() for key in _keys(connection, table))).limit(1)
    found = connection.execute(newest).one_or_none()
    return None if found is None else list(found)


def add(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows as ``batches`` gave them."""
    connection.execute(insert(_exactly(table)), list(rows))


def digest(connection: Connection, table: Table) -> tuple[int, str]:
    """How many rows there are, and the SHA-256 over all their values."""
    count, sha256 = 0, hashlib.sha256()
    for rows in batches(connection, table):
        count += len(rows)
        for row in rows:
            told = [_canonical(row[column.name]) for column in table.columns]
            sha256.update(json.dumps(told, ensure_ascii=False, sort_keys=True).encode() + b"\n")
    return count, sha256.hexdigest()


def _keys(connection: Connection, table: Table) -> list[ColumnElement[Any]]:
    """The primary key, texts by their bytes: so does SQLite, and PostgreSQL if it is told to."""
    by_bytes = connection.dialect.name == "postgresql"
    return [
        column.collate("C") if by_bytes and isinstance(column.type, String) else column
        for column in table.primary_key
    ]


def _literals(table: Table, values: Sequence[Any]) -> ColumnElement[Any]:
    columns = zip(table.primary_key, values, strict=True)
    return tuple_(*(literal(value, column.type) for column, value in columns))


def _json_columns(table: Table) -> list[ColumnElement[Any]]:
    return [column for column in table.columns if isinstance(column.type, JSON)]


def _values(table: Table, row: Row[Any]) -> Values:
    values = {column.name: _storable(row._mapping[column]) for column in table.columns}
    for column in _json_columns(table):
        if values[column.name] is None and not row._mapping[f"no {column.name}"]:
            values[column.name] = JSON.NULL
    return values


def _exactly(table: Table) -> Table:
    """The table with None for no value in a JSON column, where the product's own tables would write JSON null."""
    copy = table.to_metadata(MetaData())
    for column in copy.columns:
        if isinstance(column.type, JSON):
            column.type = JSONB(none_as_null=True)
    return copy


def _storable(value: Any) -> Any:
    """PostgreSQL has no character NUL."""
    if isinstance(value, str):
        return value.replace("\0", "\ufffd")
    if isinstance(value, dict):
        return {_storable(name): _storable(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_storable(each) for each in value]
    return value


def _canonical(value: Any) -> Any:
    """One way to write what both databases mean. A whole number of a JSON text may come back without its point."""
    match value:
        case Enum():
            told = value.value
        case datetime():
            told = value.astimezone(UTC).isoformat()
        case date():
            told = value.isoformat()
        case Decimal() | float():
            told = int(value) if value == int(value) else str(value)
        case dict():
            told = {name: _canonical(each) for name, each in value.items()}
        case list():
            told = [_canonical(each) for each in value]
        case _:
            told = {"json": None} if value is JSON.NULL else value
    return told
