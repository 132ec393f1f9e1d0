"""Calls with a recording and, if wanted, a transcript, straight as rows."""

import hashlib
import itertools
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.models import Call, Recording, Source
from qcapp.calls.states import RecordingState
from qcapp.core import clock
from qcapp.people.models import User
from qcapp.terms import Direction, Disposition
from qcapp.transcripts.engine.types import Speaker
from qcapp.transcripts.models import Segment, Transcription, TranscriptionState

_numbers = itertools.count(1)
_minutes = itertools.count(1)
FIRST = datetime(2026, 10, 6, 7, 12, tzinfo=UTC)
TURNS = (
    (Speaker.CLIENT, 0.5, 1.5, "Алло, слушаю."),
    (Speaker.MANAGER, 2.0, 8.0, "Здравствуйте! Меня зовут Максим, веб-студия «Северный сайт»."),
    (Speaker.CLIENT, 8.5, 10.0, "Добрый день."),
)


def begin_anew() -> None:
    """The next call is the first minute's again, however many tests this process has run before."""
    global _minutes  # noqa: PLW0603
    _minutes = itertools.count(1)


def make_call(
    session: Session,
    manager: User | None,
    *,
    recorded: bool = True,
    transcribed: bool = True,
    **fields: object,
) -> Call:
    """An outgoing call of three minutes, each later than the one made before."""
    number = next(_numbers)
    fields.setdefault("started_at", FIRST + timedelta(minutes=next(_minutes)))
    source = session.scalar(select(Source)) or Source(name="exchange", timezone="Europe/Moscow")
    call = Call(
        source=source,
        external_id=f"179.{number}",
        direction=Direction.OUT,
        talk_s=180,
        disposition=Disposition.ANSWERED,
        manager=manager,
        client_number="74970140231",
        created_at=clock.now(),
        **fields,
    )
    session.add(call)
    if recorded:
        session.add(_recording(call, number))
    session.flush()
    if recorded and transcribed:
        add_transcript(session, call)
    return call


def _recording(call: Call, number: int) -> Recording:
    sha256 = hashlib.sha256(str(number).encode()).hexdigest()
    return Recording(
        call=call,
        sha256=sha256,
        filename=f"{number}.wav",
        storage_key=f"original/{sha256}",
        size=1,
        codec="pcm_s16le",
        channels=2,
        rate=8000,
        duration_s=180.0,
        manager_channel=0,
        playback_key=f"derived/{sha256}.mp3",
        state=RecordingState.READY,
    )


def add_transcript(session: Session, call: Call) -> Transcription:
    now = clock.now()
    transcription = Transcription(
        call=call, state=TranscriptionState.DONE, progress=1.0, queued_at=now, finished_at=now
    )
    for speaker, start, end, text in TURNS:
        channel = 0 if speaker is Speaker.MANAGER else 1
        transcription.segments.append(
            Segment(channel=channel, speaker=speaker, start_s=start, end_s=end, text=text, words=[])
        )
    call.transcribed_at = now
    session.add(transcription)
    session.flush()
    return transcription
