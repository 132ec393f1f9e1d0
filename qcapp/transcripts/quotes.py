"""What was said around the words of a search, for the rows of the list of calls."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.beside import Quote
from qcapp.core import text_search
from qcapp.core.text_search import Query
from qcapp.transcripts.models import Segment, Transcription

AROUND = 7  # words on each side


def quotes(session: Session, ids: Sequence[int], query: Query) -> dict[int, Quote]:
    """By call, the first place where one of the query's phrases was said."""
    texts = (
        select(Transcription.call_id, Segment.id, Segment.text)
        .join(Segment.transcription)
        .where(
            Transcription.call_id.in_(ids),
            Segment.removed.is_(None),
            Segment.text.regexp_match(query.pattern()),
        )
        .order_by(Segment.start_s, Segment.id)
    )
    first: dict[int, int] = {}
    for call_id, segment_id, text in session.execute(texts):
        if call_id not in first and text_search.find(text.split(), query):
            first[call_id] = segment_id
    chosen = {
        each.id: each for each in session.scalars(select(Segment).where(Segment.id.in_(first.values())))
    }
    return {call_id: _quote(chosen[segment_id], query) for call_id, segment_id in first.items()}


def _quote(segment: Segment, query: Query) -> Quote:
    said = segment.text.split()
    hit = text_search.find(said, query)[0]
    timed = text_search.find([word["word"] for word in segment.words], query)
    begin, end = max(0, hit.first - AROUND), hit.last + 1 + AROUND
    return Quote(
        before=("… " if begin else "") + " ".join(said[begin : hit.first]),
        hit=" ".join(said[hit.first : hit.last + 1]),
        after=" ".join(said[hit.last + 1 : end]) + (" …" if end < len(said) else ""),
        start_s=segment.words[timed[0].first]["start"] if timed else segment.start_s,
    )
