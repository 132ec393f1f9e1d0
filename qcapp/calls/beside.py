"""What features above know of the calls in a list: they register it at start, the list shows it and sorts by it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from qcapp.core.text_search import Query
from qcapp.people.models import User


@dataclass(frozen=True, slots=True)
class Quote:
    """Where the words of a search were said first; ``start_s``: seconds from the beginning of the recording."""

    before: str
    hit: str
    after: str
    start_s: float


Column = Callable[[User], ColumnElement[Any] | None]
Quoting = Callable[[Session, Sequence[int], Query], dict[int, Quote]]
_columns: dict[str, Column] = {}
_quoting: list[Quoting] = []


def add_column(name: str, column: Column) -> None:
    """Show ``column(reader)``, an expression over the table of calls, in lists; None: not for this reader."""
    _columns[name] = column


def add_quotes(quoting: Quoting) -> None:
    """Ask ``quoting(session, call ids, query)`` where the words of a search were said."""
    _quoting.append(quoting)


def columns(by: User) -> dict[str, ColumnElement[Any]]:
    """The further columns that this reader may see."""
    found = {name: column(by) for name, column in _columns.items()}
    return {name: column for name, column in found.items() if column is not None}


def quotes(session: Session, ids: Sequence[int], query: Query) -> dict[int, Quote]:
    """By call, what was said around the first hit; calls that the reader may hear alone."""
    return {key: quote for quoting in _quoting for key, quote in quoting(session, ids, query).items()}
