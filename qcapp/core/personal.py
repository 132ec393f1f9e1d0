"""How a feature says what its tables keep of a client, so that one service can find it, hand it out and erase it.

A holding names columns of one table, the rows that are about given calls, and what becomes of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from babel.support import LazyProxy
from sqlalchemy import ColumnElement, Delete, Select, Update, delete, null, update
from sqlalchemy.orm import InstrumentedAttribute

from qcapp.core.db import Base

Column = InstrumentedAttribute[Any]
OfCalls = Callable[[Sequence[int]], ColumnElement[bool]]


class KeptPart(StrEnum):
    """What is kept and erased separately."""

    SOUND = "sound"
    TEXT = "text"
    """Everything that can be read: transcript, comments, number and name."""


class ErasureFate(StrEnum):
    """What an erasure does with the rows."""

    REMOVED = "removed"
    EMPTIED = "emptied"
    """The row stays with its figures; its texts go."""
    COVERED = "covered"
    """Written about several calls: only numbers, names and quotations are covered."""


@dataclass(frozen=True)
class Holding:
    """What one table keeps of clients; ``of`` is the condition on its rows, given the ids of calls."""

    name: LazyProxy
    table: type[Base]
    columns: tuple[Column, ...]
    of: OfCalls
    fate: ErasureFate
    part: KeptPart = KeptPart.TEXT
    kind: str = ""
    """What the audit log calls its rows, such as ``review``: then entries about them lose their texts as well."""

    def erase(self, calls: Sequence[int]) -> Delete | Update | None:
        """The statement that removes or empties what is about these calls, if there is anything to do."""
        if not self.columns or self.fate is ErasureFate.COVERED:
            return None
        if self.fate is ErasureFate.REMOVED:
            return delete(self.table).where(self.of(calls)).execution_options(synchronize_session=False)
        values = {column.key: empty_value(column) for column in self.columns}
        found = update(self.table).where(self.of(calls)).values(values)
        return found.execution_options(synchronize_session=False)


def empty_value(column: Column) -> ColumnElement[Any] | str:
    """What a column holds when nothing is known: NULL where it may, else an empty text."""
    return null() if column.property.columns[0].nullable else ""


@dataclass(frozen=True)
class Hold:
    """Why calls are kept longer than their age allows: ``calls`` selects the ids of those, as of now."""

    key: str
    why: LazyProxy
    calls: Callable[[], Select[int]]
