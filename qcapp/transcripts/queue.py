"""The queue of transcriptions. The row is the truth: state, lease and token say who may work on a call."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.core import clock
from qcapp.core.jobs import wake
from qcapp.transcripts.models import Transcription, TranscriptionState

WAKE = "transcripts.transcribe"


def request_transcription(session: Session, call_id: int) -> Transcription:
    """Queue a call with a recording; asking twice is the same as once."""
    row = session.scalar(select(Transcription).where(Transcription.call_id == call_id))
    if row is None:
        row = Transcription(call_id=call_id, state=TranscriptionState.QUEUED, queued_at=clock.now())
        session.add(row)
        session.flush()
        wake(session, WAKE, row.id)
    return row
