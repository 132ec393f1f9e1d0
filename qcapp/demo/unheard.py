"""Takes a written talk in as a call: recorded once, transcribed, and without its sound since."""

import hashlib
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.import_service import CallDetails, Copy, Keys, import_recording, start_of
from qcapp.calls.importers.facts import ImportedFacts
from qcapp.calls.models import Call, Source
from qcapp.calls.prepare import Prepared
from qcapp.core import clock, events
from qcapp.core.storage import derived_key, original_key
from qcapp.demo.talks import SpokenTurn, Talk
from qcapp.terms import Direction, Disposition
from qcapp.transcripts.engine.types import Speaker
from qcapp.transcripts.events import TranscriptReady
from qcapp.transcripts.models import Segment, Transcription, TranscriptionState

MANAGERS, CLIENTS = 0, 1  # channels


def take_in(session: Session, source: Source, talk: Talk, details: CallDetails, facts: ImportedFacts) -> Call:
    """The call with its transcript, as if its recording had been imported and recognised."""
    start = start_of(facts, None, details.started_at)
    sha256 = hashlib.sha256(f"{source.name} {facts.external_id}".encode()).hexdigest()
    call = import_recording(
        session,
        source,
        f"{facts.external_id}.wav",
        _prepared(sha256, talk.length_s),
        _keys(sha256),
        facts=facts,
        start=start,
        details=details,
    )
    transcription = session.scalars(select(Transcription).where(Transcription.call_id == call.id)).one()
    _write_down(transcription, talk, clock.now())
    session.flush()
    events.emit(session, TranscriptReady(call.id))
    return call


def said_by_exchange(external_id: str, extension: str, number: str, seconds: float) -> ImportedFacts:
    """What the exchange says of an answered call of ours."""
    return ImportedFacts(
        external_id=external_id,
        direction=Direction.OUT,
        extension=extension,
        client_number=number,
        duration_s=round(seconds) + 9,
        talk_s=round(seconds),
        disposition=Disposition.ANSWERED,
        manager_channel=MANAGERS,
    )


def let_go_of_sound(session: Session, calls: list[Call]) -> None:
    """There were no files, so there are none to remove."""
    for call in calls:
        session.delete(call.recording)
        call.recording, call.sound_erased_at = None, clock.now()
    session.flush()


def _prepared(sha256: str, seconds: float) -> Prepared:
    nowhere = Path(sha256)
    size = round(seconds * 16_000)
    return Prepared(nowhere, sha256, size, "pcm_alaw", 2, 8000, seconds, 0.0, {}, nowhere, None)


def _keys(sha256: str) -> Keys:
    copies = (Copy(derived_key(sha256, name), sha256) for name in ("peaks", "playback"))
    return Keys(original_key(sha256), *copies)


def _write_down(transcription: Transcription, talk: Talk, now: datetime) -> None:
    transcription.state, transcription.progress, transcription.attempts = TranscriptionState.DONE, 1.0, 1
    transcription.engine, transcription.started_at, transcription.finished_at = "demo", now, now
    transcription.spans = {
        str(channel): [[turn.start_s, turn.end_s] for turn in talk.turns if _channel(turn) == channel]
        for channel in (MANAGERS, CLIENTS)
    }
    transcription.segments = [_segment(turn) for turn in talk.turns]


def _channel(turn: SpokenTurn) -> int:
    return MANAGERS if turn.manager else CLIENTS


def _segment(turn: SpokenTurn) -> Segment:
    words = turn.text.split()
    step = (turn.end_s - turn.start_s) / len(words)
    return Segment(
        channel=_channel(turn),
        speaker=Speaker.MANAGER if turn.manager else Speaker.CLIENT,
        start_s=turn.start_s,
        end_s=turn.end_s,
        text=turn.text,
        words=[
            {
                "start": round(turn.start_s + step * place, 2),
                "end": round(turn.start_s + step * (place + 1), 2),
                "word": word,
                "probability": 0.9,
            }
            for place, word in enumerate(words)
        ],
        confidence=0.9,
    )
