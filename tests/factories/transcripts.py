"""Transcripts for tests, written down instead of recognised."""

from sqlalchemy.orm import Session

from qcapp.calls.lanes import side_of
from qcapp.calls.milestones import mark_transcribed
from qcapp.calls.models import Call
from qcapp.core import clock
from qcapp.transcripts import derived
from qcapp.transcripts.engine.types import Speaker
from qcapp.transcripts.models import Segment, Transcription, TranscriptionState


def words_of(text: str, start: float, end: float) -> list[dict[str, object]]:
    """Words of equal length over a time."""
    said = text.split()
    step = (end - start) / len(said)
    return [
        {"start": start + n * step, "end": start + (n + 1) * step, "word": word, "probability": 0.5}
        for n, word in enumerate(said)
    ]


def make_transcript(session: Session, call: Call, *said: tuple[int, float, float, str]) -> Transcription:
    """A finished transcript of (channel, start, end, text), measured and indexed."""
    recording = call.recording
    assert recording is not None
    row = Transcription(
        call_id=call.id,
        state=TranscriptionState.DONE,
        attempts=1,
        progress=1.0,
        queued_at=clock.now(),
        finished_at=clock.now(),
    )
    row.spans = {}
    session.add(row)
    session.flush()
    for channel, start, end, text in said:
        side = side_of(channel, recording.channels, recording.manager_channel)
        row.spans.setdefault(str(channel), []).append([start, end])
        session.add(
            Segment(
                transcription_id=row.id,
                channel=channel,
                speaker=Speaker(side),
                start_s=start,
                end_s=end,
                text=text,
                words=words_of(text, start, end),
                confidence=0.5,
            )
        )
    session.flush()
    derived.refresh(session, call.id)
    mark_transcribed(session, call.id)
    session.refresh(call)
    return row
