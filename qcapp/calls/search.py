"""What was said in a call, as the list of calls searches it. The transcripts fill it whenever their text changes."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from qcapp.calls.models import Call
from qcapp.core.db import Base
from qcapp.core.text_index import TextIndex, key_in_sql, moment_of, place, place_in_sql
from qcapp.core.text_search import Query, label, month_labels

spoken = TextIndex("transcript_search")
spoken.attach(Base.metadata)

# So many hits are looked at one by one, newest first, when those of one page do not fill it because other filters keep
# few of them. If these do not fill it either, it is quicker to ask of each call that passes the filters whether the
# words were said in it.
MANY = 2_000

# PostgreSQL takes all hits of a rare word from its index, unsorted. So where that many pages of them are expected, they
# are looked for in the nearest month first, then in so many.
ENOUGH = 6
NEAR = (1, 3)

# Of so many calls that pass the filters PostgreSQL asks at once: where the words are usual, these fill a page. One
# manager's calls come from an index.
ASKED = 400


def index_call(session: Session, call: Call, words: str) -> None:
    """Make a call findable by these words alone, among all calls and among its manager's."""
    labels = [label(call.manager_id)] if call.manager_id else []
    spoken.put(session, place(call.started_at, call.id), words, *labels)


def forget_call(session: Session, call: Call) -> None:
    """Nobody finds the call by what was said any more."""
    spoken.remove(session, place(call.started_at, call.id))


def said(session: Session, query: Query) -> ColumnElement[bool]:
    """The condition that the words were said in a call."""
    return spoken.matches(session, query, _place_of_call(session))


def page_of_hits(
    session: Session,
    filtered: Select[int],
    query: Query,
    *,
    beside: tuple[datetime, int] | None,
    newer: bool,
    limit: int,
) -> Sequence[int]:
    """Ids of calls from ``filtered`` in which the words were said, going from ``beside`` to newer or older calls."""
    beyond = place(*beside) if beside else None
    for attempt in _attempts(session, filtered, query, beyond, newer=newer, limit=limit):
        found = session.scalars(attempt.limit(limit)).all()
        if len(found) == limit:
            return found
    edge = session.scalar(_hits(session, query, beyond, newer=newer).offset(MANY - 1).limit(1))
    if edge is None:
        return found
    rest = _calls(session, filtered, edge, newer=newer).where(said(session, query))
    return [*found, *session.scalars(rest.limit(limit - len(found)))]


def every_hit(session: Session, filtered: Select[int], query: Query) -> Select[int]:
    """The ids of all calls from ``filtered`` in which the words were said, newest first; limit it."""
    hits = _hits(session, query, None, newer=False)
    if spoken.in_order(session):
        return _streamed(hits, filtered)
    whole = spoken.few_expected(session, query) is not None
    return _among(hits, filtered, newer=False, whole=whole)


def _attempts(
    session: Session, filtered: Select[int], query: Query, beyond: int | None, *, newer: bool, limit: int
) -> Iterator[Select[int]]:
    """Ways to the ids of one page, the last among the newest ``MANY`` hits; each is right if it fills the page."""
    hits = _hits(session, query, beyond, newer=newer)
    if spoken.in_order(session):
        yield _streamed(hits.limit(MANY), filtered)
        return
    few = spoken.few_expected(session, query)
    if few is None:
        yield _among(hits.limit(limit), filtered, newer=newer, whole=False)
    of_one = any(len(labels) == 1 for labels in query.among)
    if few is None or (few > limit and of_one):
        yield _asked(session, filtered, query, beyond, newer=newer)
    if few is not None and few > ENOUGH * limit and not of_one:
        moment = moment_of(spoken.newest(session) if beyond is None else beyond)
        for months in NEAR:
            near = query.within(month_labels(moment, months, newer=newer))
            nearest = _hits(session, near, beyond, newer=newer).limit(MANY)
            yield _among(nearest, filtered, newer=newer, whole=True)
    yield _among(hits.limit(MANY), filtered, newer=newer, whole=few is not None)


def _hits(session: Session, query: Query, beyond: int | None, *, newer: bool) -> Select[int]:
    table, number, match = spoken.hits(session, query)
    hits = select(number.label("number")).select_from(table).where(match)
    if beyond is not None:
        hits = hits.where(number > beyond if newer else number < beyond)
    return hits.order_by(number if newer else number.desc())


def _streamed(newest: Select[int], filtered: Select[int]) -> Select[int]:
    """Those of the hits that pass the other filters, one by one until a page is full.

    Only a subquery that stands alone is read step by step by SQLite, and only if nothing else is to be sorted: the
    hits come in order.
    """
    call_id = key_in_sql(newest.subquery().c.number)
    return select(call_id.label("id")).where(filtered.where(Call.id == call_id).exists())


def _among(newest: Select[int], filtered: Select[int], *, newer: bool, whole: bool) -> Select[int]:
    """Those of the hits that pass the other filters.

    For a rare word PostgreSQL would go through all texts in order, hoping to fill the page soon, unless it has to take
    the hits as a whole: then it takes them from the index.
    """
    first = newest.cte("first").prefix_with("MATERIALIZED") if whole else newest.subquery()
    order = first.c.number if newer else first.c.number.desc()
    return filtered.join(first, Call.id == key_in_sql(first.c.number)).order_by(order)


def _asked(
    session: Session, filtered: Select[int], query: Query, beyond: int | None, *, newer: bool
) -> Select[int]:
    """The nearest calls that pass the other filters, of each of which is asked whether the words were said in it."""
    rows = _calls(session, filtered, beyond, newer=newer).add_columns(_place_of_call(session).label("number"))
    nearest = rows.limit(ASKED).subquery()
    number = nearest.c.number
    asked = select(nearest.c.id).where(spoken.matches(session, query, number))
    return asked.order_by(number if newer else number.desc())


def _calls(session: Session, filtered: Select[int], beyond: int | None, *, newer: bool) -> Select[int]:
    """The calls with a text that pass the other filters, in the order of the list."""
    rows = filtered.where(Call.transcribed_at.is_not(None))
    if beyond is not None:
        number, second = _place_of_call(session), moment_of(beyond)
        near = (
            Call.started_at >= second if newer else Call.started_at < second + timedelta(seconds=1)
        )  # uses the index
        rows = rows.where(near, number > beyond if newer else number < beyond)
    return rows.order_by(*((Call.started_at, Call.id) if newer else (Call.started_at.desc(), Call.id.desc())))


def _place_of_call(session: Session) -> ColumnElement[int]:
    return place_in_sql(session, Call.started_at, Call.id)
