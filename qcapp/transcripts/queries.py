"""Reads transcripts for pages: segments, names, figures, and where words were said."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from qcapp.calls.models import Call
from qcapp.core import text_search
from qcapp.core.i18n import _
from qcapp.core.numbers import without_numbers
from qcapp.transcripts.engine.types import Speaker
from qcapp.transcripts.models import Revision, Segment, SpeechMetrics, Transcription


def transcription_of(session: Session, call_id: int) -> Transcription | None:
    return session.scalar(select(Transcription).where(Transcription.call_id == call_id))


def segments_of(session: Session, transcription: Transcription) -> list[Segment]:
    """Segments in the order they were said, those taken out included."""
    rows = select(Segment).where(Segment.transcription_id == transcription.id)
    return list(session.scalars(rows.order_by(Segment.start_s, Segment.id)))


def segment_of(session: Session, call_id: int, segment_id: int) -> Segment | None:
    """A segment, if it is one of this call."""
    return session.scalar(
        select(Segment)
        .join(Segment.transcription)
        .where(Segment.id == segment_id, Transcription.call_id == call_id)
        .options(joinedload(Segment.transcription))
    )


def revisions_of(session: Session, segment: Segment) -> list[Revision]:
    """Every wording of a segment, newest first; empty while nobody has touched it."""
    rows = select(Revision).where(Revision.segment_id == segment.id).options(joinedload(Revision.by))
    return list(session.scalars(rows.order_by(Revision.number.desc())))


def revision_numbers(session: Session, transcription: Transcription) -> dict[int, int]:
    """The number of the newest wording of each segment that was ever changed."""
    rows = (
        select(Revision.segment_id, func.max(Revision.number))
        .join(Revision.segment)
        .where(Segment.transcription_id == transcription.id)
        .group_by(Revision.segment_id)
    )
    return dict(session.execute(rows).all())


def metrics_of(session: Session, transcription: Transcription) -> SpeechMetrics | None:
    return session.scalar(select(SpeechMetrics).where(SpeechMetrics.transcription_id == transcription.id))


def speaker_names(call: Call, transcription: Transcription | None, *, usual: bool = False) -> dict[str, str]:
    """The names to show for the sides of a call; ``usual``: without the names given for this call alone.

    Sides that are not known yet are told apart by their channel, under keys such as "unknown:1".
    """
    given = transcription if transcription and not usual else None
    client = without_numbers(
        (given and given.client_name) or (call.client and (call.client.name or call.client.company)) or ""
    )
    numbered = {f"{Speaker.UNKNOWN}:{channel}": f"{_('Speaker')} {channel + 1}" for channel in (0, 1)}
    two_sided = call.recording is not None and call.recording.channels == 2
    return (numbered if two_sided else {}) | {
        Speaker.MANAGER: (given and given.manager_name)
        or (call.manager.name if call.manager else _("Manager")),
        Speaker.CLIENT: client or _("Client"),
        Speaker.UNKNOWN: _("Speaker"),
    }


@dataclass(frozen=True, slots=True)
class WordHit:
    """A place where the words were said: first and last word of a segment."""

    segment: int
    first: int
    last: int


def find(segments: Sequence[Segment], text: str) -> list[WordHit]:
    """Where a call's transcript has the words, in any of their forms: every phrase of the query by itself."""
    query = text_search.parse(text)
    found = []
    for segment in segments:
        if segment.removed is None:
            said = [word["word"] for word in segment.words] or [segment.text]
            found += [WordHit(segment.id, hit.first, hit.last) for hit in text_search.find(said, query)]
    return found
