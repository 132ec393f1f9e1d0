"""Calls with recordings for the tests of the queue."""

import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import update
from sqlalchemy.orm import Session

from qcapp.calls.models import Call, Recording, Source
from qcapp.core import clock
from qcapp.core.db import Base, Database
from qcapp.core.db_clock import db_now
from qcapp.core.storage import Storage, sha256_of
from qcapp.terms import Direction, Disposition
from qcapp.transcripts.models import Transcription
from qcapp.transcripts.queue import request_transcription
from tests.databases import open_database


def make_call(session: Session, number: int, *, channels: int = 2, manager_channel: int | None = 0) -> Call:
    """An imported call whose recording is known by name only."""
    source = session.get(Source, 1) or Source(id=1, name="exchange")
    call = Call(
        source=source,
        external_id=str(number),
        direction=Direction.OUT,
        started_at=clock.now(),
        disposition=Disposition.ANSWERED,
        created_at=clock.now(),
    )
    call.recording = Recording(
        sha256=f"{number:064x}",
        filename=f"{number}.wav",
        storage_key=f"original/{number}",
        size=1,
        codec="pcm_s16le",
        channels=channels,
        rate=8000,
        duration_s=60.0,
        manager_channel=manager_channel,
    )
    session.add(call)
    session.flush()
    return call


def store_call(session: Session, storage: Storage, path: Path) -> Call:
    """A call whose recording is really there."""
    call = make_call(session, int(sha256_of(path)[:12], 16))
    assert call.recording is not None
    storage.put(call.recording.storage_key, path)
    with wave.open(str(path)) as sound:
        call.recording.duration_s = sound.getnframes() / sound.getframerate()
    return call


def queue_calls(session: Session, count: int) -> list[Transcription]:
    """So many new calls, all waiting."""
    return [request_transcription(session, make_call(session, number).id) for number in range(1, count + 1)]


def let_lease_pass(session: Session, row: Transcription) -> None:
    """Make it so long ago that the row's time is over, by the database's clock."""
    session.execute(update(Transcription).where(Transcription.id == row.id).values(lease_until=db_now(-1)))


@contextmanager
def created(url: str) -> Iterator[Database]:
    """The database behind the URL, with tables."""
    database = open_database(url)
    Base.metadata.create_all(database.engine)
    try:
        yield database
    finally:
        database.engine.dispose()
