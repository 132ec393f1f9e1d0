"""A saved transcript, corrections included, in the form in which the engine makes one."""

from sqlalchemy.orm import Session

from qcapp.transcripts.engine import types
from qcapp.transcripts.models import Segment, Transcription
from qcapp.transcripts.queries import segments_of


def stored_transcript(session: Session, transcription: Transcription) -> types.Transcript:
    """The newest wording of every segment, and what was taken out."""
    rows = segments_of(session, transcription)
    recording = transcription.call.recording
    return types.Transcript(
        duration=recording.duration_s if recording else 0.0,
        segments=tuple(_segment(row) for row in rows if row.removed is None),
        removed=tuple(_removed(row) for row in rows if row.removed is not None),
        lost_s=transcription.lost_s,
        spans={
            int(channel): tuple(types.Span(start, end) for start, end in spans)
            for channel, spans in (transcription.spans or {}).items()
        },
    )


def _segment(row: Segment) -> types.RecognisedSegment:
    return types.RecognisedSegment(
        channel=row.channel,
        speaker=types.Speaker(row.speaker),
        start=row.start_s,
        end=row.end_s,
        text=row.text,
        words=tuple(types.Word(**word) for word in row.words),
        confidence=row.confidence or 0.0,
    )


def _removed(row: Segment) -> types.Removed:
    speaker, reason = types.Speaker(row.speaker), types.RemovalReason(row.removed or "")
    return types.Removed(row.channel, speaker, row.start_s, row.end_s, row.text, reason)
