"""Covers a client's number and name wherever else they stand: every text of every table is looked through.

Tables are taken from the database's own description, so that no new one can be forgotten.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Enum,
    PrimaryKeyConstraint,
    Row,
    String,
    Table,
    Text,
    UniqueConstraint,
    cast,
    exists,
    false,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.orm import Session

from qcapp.calls.models import (
    Call,
    CallTag,
    Client,
    ErasedFingerprint,
    FileToRemove,
    ImportRow,
    Recording,
    WatchedFile,
)
from qcapp.core.audit import FACTS_ERASED, AuditEntry
from qcapp.core.db import Base, Code, portions
from qcapp.people.models import Extension, User
from qcapp.privacy.covering import Traces, throughout
from qcapp.transcripts.models import Revision, Segment, Transcription

# Colleagues keep their own names and numbers, and what other clients said in their calls is theirs, as is the name by
# which such a call is found. The others are erased in ways of their own.
LEFT_ALONE = {
    each.__tablename__
    for each in (
        User,
        Extension,
        Segment,
        Revision,
        Transcription,
        Client,
        AuditEntry,
        WatchedFile,
        FileToRemove,
        ErasedFingerprint,
    )
}

_ESCAPE = "/"


def text_columns(table: Table) -> list[Any]:
    """The columns of a table in which anything can be written: not enumerations, and not what the program makes."""
    return [
        column
        for column in table.columns
        if isinstance(column.type, String | Text | JSON) and not isinstance(column.type, Enum | Code)
    ]


def found(session: Session, traces: Traces) -> dict[str, int]:
    """Table → rows in which the client is named."""
    counts = {table.name: sum(1 for _row in _rows(session, table, traces)) for table in _tables()}
    counts[AuditEntry.__tablename__] = len(entries_naming(session, traces))
    return {name: count for name, count in counts.items() if count}


def entries_naming(session: Session, traces: Traces) -> list[int]:
    """Ids of the audit entries that name the client."""
    diff = AuditEntry.__table__.c.diff
    naming = select(AuditEntry).where(hinted(diff, traces), AuditEntry.action != FACTS_ERASED)
    found = session.scalars(naming)
    return [entry.id for entry in found if throughout(entry.diff, traces.cover) != entry.diff]


def calls_naming(session: Session, traces: Traces) -> set[int]:
    """Ids of calls that name the client in what the exchange or the CRM says, or in a file's name."""
    places = {Call: "id", CallTag: "call_id", Recording: "call_id", ImportRow: "call_id"}
    tables = {Base.metadata.tables[each.__tablename__]: key for each, key in places.items()}
    found = (row._mapping[key] for table, key in tables.items() for row, _ in _rows(session, table, traces))
    return {key for key in found if key is not None}


def values(session: Session, traces: Traces) -> Iterator[Any]:
    """The values in which the client is named, as they are."""
    for table in _tables():
        for row, changed in _rows(session, table, traces):
            yield from (row._mapping[name] for name in changed)


def cover_all(session: Session, traces: Traces) -> int:
    """Cover every number and name; how many rows held one."""
    covered = 0
    for table in _tables():
        for row, values in list(_rows(session, table, traces)):
            keys = [column == row._mapping[column] for column in table.primary_key.columns]
            apart = _kept_apart(session, table, row, values)
            session.execute(update(table).where(*keys).values(apart))
            covered += 1
    return covered


def _kept_apart(session: Session, table: Table, row: Row[Any], values: dict[str, Any]) -> dict[str, Any]:
    """The values, with a number added to a text that must be unique and was covered in another row already."""
    apart = {**values}
    for columns in _unique(table):
        name = next((column.name for column in columns if isinstance(values.get(column.name), str)), None)
        number = 1
        while name and session.scalar(
            select(exists().where(*(each == {**row._mapping, **apart}[each.name] for each in columns)))
        ):
            number += 1
            apart[name] = f"{values[name]} {number}"
    return apart


def _unique(table: Table) -> Iterator[list[Column[Any]]]:
    """The columns whose values together may stand in one row only."""
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint | PrimaryKeyConstraint):
            yield list(constraint.columns)
    yield from (list(index.columns) for index in table.indexes if index.unique)


def _tables() -> Iterator[Table]:
    yield from (table for table in Base.metadata.sorted_tables if table.name not in LEFT_ALONE)


def _rows(session: Session, table: Table, traces: Traces) -> Iterator[tuple[Row[Any], dict[str, Any]]]:
    """Rows that name the client, with the values to be written instead; of many rows, some at a time are held."""
    columns = text_columns(table)
    if not columns or not traces.pattern:
        return
    key = tuple_(*table.primary_key.columns)
    hints = or_(*(hinted(each, traces) for each in columns))
    keys = session.execute(select(*table.primary_key.columns).where(hints)).all()
    found = (row for some in portions(keys) for row in session.execute(select(table).where(key.in_(some))))
    for row in found:
        values = {column.name: row._mapping[column] for column in columns}
        changed = _changed(values, traces.cover)
        if changed:
            yield row, changed


def hinted(column: ColumnElement[Any], traces: Traces) -> ColumnElement[bool]:
    """Whether a text may name the client."""
    numbers = (_in_this_order(column, tuple(digits)) for digits in traces.digits)
    return or_(false(), *numbers, *(has_letters(column, hint) for hint in traces.hints))


def has_letters(column: ColumnElement[Any], hint: str) -> ColumnElement[bool]:
    """Whether a text holds these letters, with “ё” or “е”.

    SQLite compares Cyrillic letters by case, so each usual one is asked for.
    """
    spelled = sorted({hint, hint.lower(), hint.upper(), hint.title()})
    return or_(*(_in_this_order(column, re.split("[её]", each, flags=re.IGNORECASE)) for each in spelled))


def _in_this_order(column: ColumnElement[Any], pieces: Sequence[str]) -> ColumnElement[bool]:
    """Whether a text holds the pieces one after the other, whatever stands between them.

    JSON may be stored with its letters escaped, as SQLite holds it.
    """
    if not isinstance(column.type, JSON):
        return column.like(_like(pieces), escape=_ESCAPE)
    text, escaped = cast(column, Text), [json.dumps(each)[1:-1] for each in pieces]
    return or_(*(text.like(_like(each), escape=_ESCAPE) for each in (pieces, escaped)))


def _like(pieces: Sequence[str]) -> str:
    return "%".join(["", *(re.sub(f"[{_ESCAPE}%_]", rf"{_ESCAPE}\g<0>", each) for each in pieces), ""])


def _changed(values: dict[str, Any], cover: Callable[[str], str]) -> dict[str, Any]:
    covered = {name: throughout(value, cover) for name, value in values.items()}
    return {name: value for name, value in covered.items() if value != values[name]}
