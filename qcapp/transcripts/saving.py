"""Saves a transcript with everything that follows from it, in the same commit that says the call is done."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.lanes import side_of
from qcapp.calls.models import Recording
from qcapp.core.events import emit
from qcapp.transcripts import queue
from qcapp.transcripts.engine import types
from qcapp.transcripts.engine.types import Speaker
from qcapp.transcripts.events import TranscriptReady
from qcapp.transcripts.models import Segment, Transcription
from qcapp.transcripts.queue import Claim


def finish(
    session: Session,
    claim: Claim,
    job: types.Job,
    transcript: types.Transcript,
    *,
    engine: str,
    work_s: float,
) -> None:
    """Write segments, spans and "done" if the call is still ours; else LeaseLostError and nothing."""
    row = queue.mark_done(session, claim)
    recording = session.scalars(
        select(Recording).where(Recording.call_id == claim.call_id).with_for_update()
    ).one()
    row.engine, row.work_s, row.lost_s = engine, work_s, transcript.lost_s
    row.spans = {
        str(channel): [[span.start, span.end] for span in spans]
        for channel, spans in transcript.spans.items()
    }
    speakers = {segment.speaker for segment in transcript.segments}
    if job.manager_channel is not None and speakers == {Speaker.UNKNOWN}:
        recording.manager_channel = None  # the engine heard one sound in both channels: they are no sides
    # The sides may have been swapped while the engine worked: what the recording says now counts.
    for segment in transcript.segments:
        words = [asdict(word) for word in segment.words]
        session.add(_row(row, recording, segment, words=words, confidence=segment.confidence))
    for removed in transcript.removed:
        session.add(_row(row, recording, removed, words=[], removed=removed.reason.value))
    session.flush()
    emit(session, TranscriptReady(claim.call_id))


Piece = types.RecognisedSegment | types.Removed


def _row(row: Transcription, recording: Recording, piece: Piece, **more: Any) -> Segment:
    side = side_of(piece.channel, recording.channels, recording.manager_channel)
    return Segment(
        transcription_id=row.id,
        channel=piece.channel,
        speaker=side,
        start_s=piece.start,
        end_s=piece.end,
        text=piece.text,
        **more,
    )
