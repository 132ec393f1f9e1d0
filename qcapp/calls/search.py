"""What was said in a call, as the list of calls searches it. The transcripts fill it whenever their text changes."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

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

# PostgreSQL takes the hits of a rare word from its index unsorted. So they are looked for in so many months first.
NEAR = 3


def index_call(session: Session, call: Call, words: str) -> None:
    """Make a call findable by these words alone, among all calls and among its manager's."""
    labels = [label(call.manager_id)] if call.manager_id else []
    spoken.put(session, place(call.started_at, call.id), words, *labels)


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
    few = spoken.few_expected(session, query)
    searches = [(query, MANY)]
    if few is None:
        searches.insert(0, (query, limit))
    elif few > MANY:
        searches.insert(0, (_near(session, query, beside, newer=newer), MANY))
    for wanted, many in searches:
        hits = _hits(session, wanted, place(*beside) if beside else None, newer=newer)
        among = _among(hits.limit(many), filtered, newer=newer, whole=few is not None)
        found = session.scalars(among.limit(limit)).all()
        if len(found) == limit:
            return found
    edge = session.scalar(hits.offset(MANY - 1).limit(1))
    if edge is None:
        return found
    rest = _behind(session, filtered, query, edge, newer=newer)
    return [*found, *session.scalars(rest.limit(limit - len(found)))]


def _near(session: Session, query: Query, beside: tuple[datetime, int] | None, *, newer: bool) -> Query:
    moment = beside[0].astimezone(UTC) if beside else moment_of(spoken.newest(session))
    return query.within(month_labels(moment, NEAR, newer=newer))


def _hits(session: Session, query: Query, beyond: int | None, *, newer: bool) -> Select[int]:
    table, number, match = spoken.hits(session, query)
    hits = select(number.label("number")).select_from(table).where(match)
    if beyond is not None:
        hits = hits.where(number > beyond if newer else number < beyond)
    return hits.order_by(number if newer else number.desc())


def _among(newest: Select[int], filtered: Select[int], *, newer: bool, whole: bool) -> Select[int]:
    """Those of the hits that pass the other filters.

    For a rare word PostgreSQL would go through all texts in order, hoping to fill the page soon, unless it has to take
    the hits as a whole: then it takes them from the index.
    """
    first = newest.cte("first").prefix_with("MATERIALIZED") if whole else newest.subquery()
    order = first.c.number if newer else first.c.number.desc()
    return filtered.join(first, Call.id == key_in_sql(first.c.number)).order_by(order)


def _behind(session: Session, filtered: Select[int], query: Query, edge: int, *, newer: bool) -> Select[int]:
    number, second = _place_of_call(session), moment_of(edge)
    near = (
        Call.started_at >= second if newer else Call.started_at < second + timedelta(seconds=1)
    )  # uses the index
    beyond = number > edge if newer else number < edge
    rows = filtered.where(Call.transcribed_at.is_not(None), near, beyond, said(session, query))
    return rows.order_by(*((Call.started_at, Call.id) if newer else (Call.started_at.desc(), Call.id.desc())))


def _place_of_call(session: Session) -> ColumnElement[int]:
    return place_in_sql(session, Call.started_at, Call.id)
