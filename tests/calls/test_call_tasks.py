"""Background work on calls finds what was left undone, and does it once."""

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls import tasks
from qcapp.calls.import_run import open_batch
from qcapp.calls.models import ImportBatch, ImportRow, Recording
from qcapp.calls.states import BatchOrigin, BatchState, RecordingState, RowKind
from qcapp.core import clock
from tests.calls.importing import FIRST, MOSCOW, SECOND, Exchange


@pytest.fixture
def exchange(app: Flask, session: Session, people: SimpleNamespace, tmp_path: Path) -> Exchange:
    (tmp_path / "exchange").mkdir()
    return Exchange(app, tmp_path / "exchange")


def test_copies_whose_wake_up_was_lost_are_made(exchange: Exchange, session: Session) -> None:
    exchange.take(exchange.file(FIRST), exchange.file(SECOND, seed=1))
    assert set(session.scalars(select(Recording.state))) == {RecordingState.STORED}
    tasks.sweep_playback()
    session.expire_all()
    for recording in session.scalars(select(Recording)):
        assert recording.state is RecordingState.READY
        assert recording.playback_key is not None
        assert exchange.storage.has(recording.playback_key)


def test_an_upload_whose_browser_went_away_is_compared_in_the_end(
    exchange: Exchange, session: Session, people: SimpleNamespace
) -> None:
    for origin in (BatchOrigin.UPLOAD, BatchOrigin.COMMAND):
        options = MOSCOW.__class__(timezone="Europe/Moscow", origin=origin)
        open_batch(exchange.database, exchange.storage, [exchange.cdr()], options, by=people.lidia)
    tasks.finish_abandoned()
    session.expire_all()
    assert set(session.scalars(select(ImportBatch.state))) == {BatchState.RUNNING}
    with time_machine.travel(clock.now() + timedelta(hours=13), tick=False):
        tasks.finish_abandoned()
    session.expire_all()
    upload, command = session.scalars(select(ImportBatch).order_by(ImportBatch.id)).all()
    assert (upload.state, command.state) == (BatchState.DONE, BatchState.RUNNING)
    silent = select(ImportRow).where(ImportRow.kind == RowKind.CDR_WITHOUT_AUDIO)
    assert len(session.scalars(silent).all()) == 4
