"""Copies of a recording are made while its client's data is erased: none of them outlives it."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp import create_app
from qcapp.calls.import_service import Copy, note_copies
from qcapp.calls.ingest import make_copies
from qcapp.calls.models import FileToRemove, Recording
from qcapp.calls.personal import let_go_of_sound
from qcapp.core import clock
from qcapp.core.db import Database
from qcapp.core.storage import derived_key
from qcapp.settings import Settings
from tests.at_once import Meet, overtaken
from tests.calls.importing import FIRST, Exchange

NEW = {"derived/aa/peaks", "derived/aa/playback"}


@pytest.fixture
def app(settings: Settings, committed: Database, tmp_path: Path) -> Flask:
    """With a recording that has no playback copy yet."""
    app = create_app(settings, committed)
    folder = tmp_path / "exchange"
    folder.mkdir()
    with app.app_context():
        exchange = Exchange(app, folder)
        exchange.take(exchange.file(FIRST))
    return app


def recording_of(session: Session) -> Recording:
    return session.scalars(select(Recording)).one()


def given_up(database: Database) -> set[str]:
    with database.reading() as session:
        assert session.scalars(select(Recording)).all() == []
        return set(session.scalars(select(FileToRemove.key)))


def erase(session: Session) -> None:
    let_go_of_sound(session, [recording_of(session).call_id], at=clock.now())


def test_copies_that_were_just_made_go_with_the_recording(app: Flask, committed: Database) -> None:
    def make(session: Session) -> None:
        note_copies(recording_of(session), *(Copy(key, "0" * 64) for key in sorted(NEW)))
        session.flush()

    def erase_late(session: Session, meet: Meet) -> None:
        recording = recording_of(session)
        meet()
        let_go_of_sound(session, [recording.call_id], at=clock.now())

    assert overtaken(app, make, erase_late) == ""
    assert given_up(committed) >= NEW


def test_copies_made_for_a_recording_that_was_just_erased_are_given_up(
    app: Flask, committed: Database
) -> None:
    with committed.reading() as session:
        recording = recording_of(session)

    def make_late(_session: Session, meet: Meet) -> None:
        meet()
        make_copies(committed, app.extensions["qcapp_storage"], recording)

    assert overtaken(app, erase, make_late) == ""
    made = {key for key in given_up(committed) if key.startswith(derived_key(recording.sha256, ""))}
    assert len(made) == 2
