"""The list of calls, page by page: by time without an end, by other columns among the newest that match."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, false, func, select, tuple_
from sqlalchemy.orm import Session

from qcapp.calls import beside
from qcapp.calls.models import Call
from qcapp.calls.queries import LISTED, CallFilter, Listed, conditions, visible
from qcapp.calls.search import every_hit, page_of_hits
from qcapp.core.dates import read_moment
from qcapp.core.text_search import Query, label
from qcapp.people.models import User
from qcapp.people.permissions import Permission, reach

PAGE = 50
SORTED = 10_000
"""So many of the newest calls that match are sorted by another column than time, and so many are counted."""


class CallSort(StrEnum):
    """The columns a list can be sorted by."""

    STARTED = "started"
    MANAGER = "manager"
    DIRECTION = "direction"
    LEAD = "lead"
    TALK = "talk"
    DISPOSITION = "disposition"
    SCORE = "score"


@dataclass(frozen=True, slots=True)
class Sorting:
    """A column and a direction; as text ``talk``, descending ``-talk``."""

    by: CallSort = CallSort.STARTED
    descending: bool = True

    def __str__(self) -> str:
        return f"-{self.by}" if self.descending else str(self.by)

    @classmethod
    def parse(cls, text: str) -> "Sorting":
        """What ``str`` wrote; ValueError for anything else."""
        return cls(CallSort(text.removeprefix("-")), text.startswith("-"))


NEWEST_FIRST = Sorting()


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the list by time: between this call and its neighbour."""

    started_at: datetime
    call_id: int
    newer: bool = False

    def __str__(self) -> str:
        return f"{self.started_at.isoformat()}_{self.call_id}"

    @classmethod
    def parse(cls, text: str, *, newer: bool) -> "Cursor | None":
        """What ``str`` wrote; None for anything else, which then shows the first page."""
        moment, _mark, number = text.rpartition("_")
        try:
            started_at, call_id = read_moment(moment), int(number)
        except ValueError:
            return None
        return cls(started_at, call_id, newer) if started_at.tzinfo and 0 <= call_id < 2**63 else None


@dataclass(frozen=True, slots=True)
class CallPage:
    """Calls in the order of the list, and the places before and after them (None: there is nothing)."""

    calls: list[Listed]
    newer: Cursor | None
    older: Cursor | None


@dataclass(frozen=True, slots=True)
class SortedPage:
    """Calls sorted by a column, and where the pages before and after begin. ``cut``: more match than are sorted."""

    calls: list[Listed]
    previous: int | None
    next: int | None
    cut: bool


def call_page(
    session: Session,
    wanted: CallFilter,
    cursor: Cursor | None = None,
    *,
    by: User,
    newest_first: bool = True,
) -> CallPage:
    """One page of the calls the person may see, by time."""
    onwards = cursor is None or cursor.newer != newest_first
    ids = list(_ids(session, wanted, by, cursor, newer=cursor.newer if cursor else not newest_first))
    more, ids = len(ids) > PAGE, ids[:PAGE]
    found = _rows(session, ids if onwards else ids[::-1], by)
    edges = {
        newest_first: found[0] if found and cursor is not None and (onwards or more) else None,
        not newest_first: found[-1] if found and (more if onwards else True) else None,
    }
    newer, older = edges[True], edges[False]
    return CallPage(
        found,
        newer=Cursor(newer.started_at, newer.id, newer=True) if newer else None,
        older=Cursor(older.started_at, older.id) if older else None,
    )


def sorted_page(
    session: Session, wanted: CallFilter, order: Sorting, start: int = 0, *, by: User
) -> SortedPage:
    """One page of the newest ``SORTED`` calls that match, sorted by a column; what has no value comes last."""
    column = _columns(by).get(order.by, Call.started_at)
    newest = _newest(session, wanted, by, SORTED)
    rows = (
        select(Call.id)
        .join_from(newest, Call, Call.id == newest.c.id)
        .outerjoin(Call.manager)
        .order_by(
            (column.desc() if order.descending else column.asc()).nulls_last(),
            Call.started_at.desc(),
            Call.id.desc(),
        )
        .offset(start)
        .limit(PAGE + 1)
    )
    ids = list(session.scalars(rows))
    cut = session.scalar(select(func.count()).select_from(newest)) == SORTED
    return SortedPage(
        _rows(session, ids[:PAGE], by),
        previous=max(0, start - PAGE) if start else None,
        next=start + PAGE if len(ids) > PAGE else None,
        cut=cut,
    )


def count(session: Session, wanted: CallFilter, *, by: User) -> int:
    """How many calls match, as far as they are counted: ``SORTED + 1`` stands for more than ``SORTED``."""
    newest = _newest(session, wanted, by, SORTED + 1)
    return session.scalar(select(func.count()).select_from(newest)) or 0


def _columns(by: User) -> dict[str, ColumnElement[Any]]:
    """What the list can be sorted by, as far as this person may see it."""
    own: dict[str, Any] = {
        CallSort.STARTED: Call.started_at,
        CallSort.MANAGER: User.name,
        CallSort.DIRECTION: Call.direction,
        CallSort.LEAD: Call.lead_source,
        CallSort.TALK: Call.talk_s,
        CallSort.DISPOSITION: Call.disposition,
    }
    return own | beside.columns(by)


def _rows(session: Session, ids: Sequence[int], by: User) -> list[Listed]:
    """The rows themselves, only now: so the filters can be answered from an index alone."""
    shown = LISTED.add_columns(*(column.label(name) for name, column in beside.columns(by).items()))
    rows = {call.id: call for call in session.execute(shown.where(Call.id.in_(ids)))}
    return [rows[call_id] for call_id in ids]


def _matching(wanted: CallFilter, by: User) -> Select[int]:
    return select(Call.id).where(*visible(by), *conditions(wanted, by))


def _query(session: Session, wanted: CallFilter, by: User) -> Query | None:
    """The words to look for, in the texts of the managers whose calls can match alone; None: there are no such."""
    assert wanted.query is not None
    managers = [wanted.manager_id] if wanted.manager_id else reach(session, by, Permission.VIEW_CALLS)
    if managers == []:
        return None
    return wanted.query.within([label(key) for key in managers]) if managers else wanted.query


def _newest(session: Session, wanted: CallFilter, by: User, limit: int) -> Subquery:
    """The ids of the newest calls that match, as a subquery."""
    rows = _matching(wanted, by)
    if not wanted.query:
        return rows.order_by(Call.started_at.desc(), Call.id.desc()).limit(limit).subquery()
    query = _query(session, wanted, by)
    if query is None:
        return rows.where(false()).subquery()
    return every_hit(session, rows, query).limit(limit).subquery()


def _ids(
    session: Session, wanted: CallFilter, by: User, cursor: Cursor | None, *, newer: bool
) -> Sequence[int]:
    rows = _matching(wanted, by)
    if wanted.query:
        query = _query(session, wanted, by)
        if query is None:
            return []
        place = (cursor.started_at, cursor.call_id) if cursor else None
        return page_of_hits(session, rows, query, beside=place, newer=newer, limit=PAGE + 1)
    if cursor:
        of_call, at = tuple_(Call.started_at, Call.id), tuple_(cursor.started_at, cursor.call_id)
        rows = rows.where(of_call > at if newer else of_call < at)
    order = (Call.started_at, Call.id) if newer else (Call.started_at.desc(), Call.id.desc())
    return session.scalars(rows.order_by(*order).limit(PAGE + 1)).all()
