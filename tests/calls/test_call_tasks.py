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
from qcapp.calls.states import BatchState, RecordingState, RowKind
from qcapp.core import clock
from qcapp.core.errors import Unavailable
from qcapp.core.storage import derived_key
from tests.broken import without
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


def test_a_copy_that_cannot_be_stored_now_is_made_later(exchange: Exchange, session: Session) -> None:
    exchange.take(exchange.file(FIRST), exchange.file(SECOND, seed=1))
    first, second = session.scalars(select(Recording).order_by(Recording.id)).all()
    folder = exchange.storage.root / Path(derived_key(first.sha256, "x")).parent
    with without(folder):
        tasks.sweep_playback()
    session.expire_all()
    assert (first.state, first.error) == (RecordingState.STORED, None)
    assert second.state is RecordingState.READY
    with without(exchange.storage.root), pytest.raises(Unavailable):
        tasks.sweep_playback()
    tasks.sweep_playback()
    session.expire_all()
    assert first.state is RecordingState.READY


def test_an_import_whose_browser_or_process_went_away_is_compared_in_the_end(
    exchange: Exchange, session: Session, people: SimpleNamespace
) -> None:
    left, busy = (
        open_batch(exchange.database, exchange.storage, [exchange.cdr()], MOSCOW, by=people.lidia)
        for _number in range(2)
    )
    tasks.finish_abandoned()
    session.expire_all()
    assert set(session.scalars(select(ImportBatch.state))) == {BatchState.RUNNING}
    with time_machine.travel(clock.now() + timedelta(hours=13), tick=False):
        busy.add(exchange.file(FIRST))
        tasks.finish_abandoned()
    session.expire_all()
    states = {batch.id: batch.state for batch in session.scalars(select(ImportBatch))}
    assert states == {left.batch_id: BatchState.DONE, busy.batch_id: BatchState.RUNNING}
    silent = select(ImportRow).where(ImportRow.kind == RowKind.CDR_WITHOUT_AUDIO)
    assert len(session.scalars(silent).all()) == 3
