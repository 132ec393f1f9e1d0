"""The watched folder: taken when it has stopped growing, never twice, never moved."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from qcapp.calls.models import Call, ImportBatch, ImportRow, Recording, WatchedFile
from qcapp.calls.states import BatchOrigin, BatchState, RowKind
from qcapp.calls.watch import look_into_folder, mark_taken
from qcapp.core.errors import Unavailable
from qcapp.settings import Settings
from tests.broken import unreadable, without
from tests.calls.importing import CDR, FIRST, SECOND
from tests.factories import odd_audio


class Folder:
    def __init__(self, app: Flask, settings: Settings) -> None:
        assert settings.watch_dir is not None
        self.path = settings.watch_dir
        self.app, self.settings = app, settings
        self.files = Path(settings.storage_location)

    def look(self) -> int:
        return look_into_folder(
            self.app.extensions["qcapp_database"], self.app.extensions["qcapp_storage"], self.settings
        )


@pytest.fixture
def folder(
    app: Flask, settings: Settings, session: Session, people: SimpleNamespace, tmp_path: Path
) -> Folder:
    watched = tmp_path / "monitor"
    watched.mkdir()
    update = {"watch_dir": watched, "watch_timezone": "Europe/Moscow", "watch_source": "Exchange"}
    return Folder(app, settings.model_copy(update=update))


def test_a_file_is_taken_when_its_size_stays_the_same(folder: Folder, session: Session) -> None:
    content = odd_audio.wav(1.0, 2)
    file = folder.path / "2026" / "10" / "06" / FIRST
    file.parent.mkdir(parents=True)
    file.write_bytes(content[:3000])
    assert folder.look() == 0
    file.write_bytes(content)
    assert folder.look() == 0
    assert folder.look() == 1
    assert folder.look() == 0
    call = session.scalars(select(Call)).one()
    assert call.recording is not None
    assert call.recording.size == len(content)
    assert session.scalars(select(ImportBatch.origin)).all() == [BatchOrigin.WATCHED]
    assert file.read_bytes() == content


def test_a_cdr_that_grows_is_read_again(folder: Folder, session: Session) -> None:
    rows = CDR.splitlines()
    cdr = folder.path / "Master.csv"
    cdr.write_text(rows[0] + "\n")
    (folder.path / FIRST).write_bytes(odd_audio.wav(1.0, 2))
    assert [folder.look(), folder.look()] == [0, 2]
    cdr.write_text("\n".join(rows) + "\n")
    (folder.path / SECOND).write_bytes(odd_audio.wav(1.0, 2, seed=1))
    assert [folder.look(), folder.look()] == [0, 2]
    session.expire_all()
    found = session.scalars(select(Call).order_by(Call.external_id)).all()
    assert len(found) == 4
    assert [call.recording is not None for call in found].count(True) == 2


def test_a_bad_file_is_refused_once_and_not_every_minute(folder: Folder, session: Session) -> None:
    (folder.path / "page.mp3").write_bytes(b"<html></html>")
    assert [folder.look(), folder.look(), folder.look()] == [0, 1, 0]
    assert len(session.scalars(select(ImportBatch)).all()) == 1


def test_a_table_that_cannot_be_read_is_reported_once_and_holds_nobody_up(
    folder: Folder, session: Session
) -> None:
    notes = folder.path / "notes.csv"
    notes.write_text("call Anna back\n")
    (folder.path / "Master.csv").write_text(CDR)
    (folder.path / FIRST).write_bytes(odd_audio.wav(1.0, 2))
    assert [folder.look(), folder.look(), folder.look()] == [0, 3, 0]
    (refused,) = session.scalars(select(ImportRow).where(ImportRow.kind == RowKind.REFUSED))
    assert refused.file == "notes.csv"
    assert "no columns were found" in (refused.reason or "")
    assert session.scalars(select(Recording)).one().call.cdr is not None
    notes.write_text(CDR)
    assert [folder.look(), folder.look()] == [0, 1]


def test_what_waits_and_does_not_change_is_read_once(
    folder: Folder, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, opened, really_open = folder.path / FIRST, [], Path.open
    monkeypatch.setattr(
        Path, "open", lambda *args, **more: opened.append(args[0]) or really_open(*args, **more)
    )
    file.write_bytes(odd_audio.wav(1.0, 2))
    folder.settings = folder.settings.model_copy(update={"watch_timezone": ""})
    opened.clear()
    assert [folder.look() for _minute in range(4)] == [0, 0, 0, 0]
    assert opened.count(file) == 1


def test_however_many_files_are_taken_they_are_marked(session: Session) -> None:
    names = [f"{number:05}.wav" for number in range(33_000)]
    session.execute(insert(WatchedFile), [{"path": name, "size": 1, "modified_ns": 1} for name in names])
    mark_taken(session, names[1:])
    waiting = session.scalars(select(WatchedFile.path).where(WatchedFile.taken_at.is_(None)))
    assert waiting.all() == names[:1]


def test_without_a_zone_nothing_is_taken_until_there_is_one(folder: Folder, session: Session) -> None:
    (folder.path / FIRST).write_bytes(odd_audio.wav(1.0, 2))
    asked = folder.settings.model_copy(update={"watch_timezone": ""})
    folder.settings, told = asked, folder.settings
    assert [folder.look(), folder.look()] == [0, 0]
    folder.settings = told
    assert folder.look() == 1


def test_files_that_go_and_folders_that_are_not_there_do_no_harm(folder: Folder, session: Session) -> None:
    file = folder.path / FIRST
    file.write_bytes(odd_audio.wav(1.0, 2))
    folder.look()
    file.unlink()
    assert folder.look() == 0
    assert session.scalars(select(WatchedFile.taken_at)).all() == [None]
    folder.settings = folder.settings.model_copy(update={"watch_dir": folder.path / "nowhere"})
    assert folder.look() == 0
    folder.settings = folder.settings.model_copy(update={"watch_dir": None})
    assert folder.look() == 0


def test_nothing_is_taken_while_the_storage_is_away_and_everything_afterwards(
    folder: Folder, session: Session
) -> None:
    (folder.path / FIRST).write_bytes(odd_audio.wav(1.0, 2))
    (folder.path / "Master.csv").write_text(CDR)
    folder.look()
    with without(folder.files), pytest.raises(Unavailable):
        folder.look()
    assert session.scalars(select(ImportBatch)).all() == []
    assert session.scalars(select(WatchedFile.taken_at)).all() == [None, None]
    assert folder.look() == 2
    assert session.scalars(select(Recording)).one().filename == FIRST


def test_what_was_not_reached_when_the_storage_went_away_is_taken_later(
    folder: Folder, session: Session
) -> None:
    """The first recording is known already and needs no room; the second one finds none."""
    known, new = odd_audio.wav(1.0, 2), odd_audio.wav(1.0, 2, seed=1)
    (folder.path / FIRST).write_bytes(known)
    assert [folder.look(), folder.look()] == [0, 1]
    (folder.path / "a copy.wav").write_bytes(known)
    (folder.path / SECOND).write_bytes(new)
    folder.look()
    with without(folder.files / "original"), pytest.raises(Unavailable):
        folder.look()
    session.expire_all()
    taken = {row.path: row.taken_at is not None for row in session.scalars(select(WatchedFile))}
    assert taken == {FIRST: True, "a copy.wav": True, SECOND: False}
    assert {batch.state for batch in session.scalars(select(ImportBatch))} == {BatchState.DONE}
    (notice,) = session.scalars(select(ImportRow.reason).where(ImportRow.kind == RowKind.NOTICE))
    assert "The import stopped" in (notice or "")
    assert folder.look() == 1
    assert len(session.scalars(select(Recording)).all()) == 2


def test_a_file_that_cannot_be_read_waits_without_a_report_every_minute(
    folder: Folder, session: Session
) -> None:
    file = folder.path / FIRST
    file.write_bytes(odd_audio.wav(1.0, 2))
    folder.look()
    with unreadable(file):
        assert [folder.look(), folder.look()] == [0, 0]
    assert session.scalars(select(ImportBatch)).all() == []
    assert folder.look() == 1


def test_links_to_files_elsewhere_are_left_alone(folder: Folder, tmp_path: Path, session: Session) -> None:
    elsewhere, inside = tmp_path / "elsewhere.wav", folder.path / FIRST
    elsewhere.write_bytes(odd_audio.wav(1.0, 2, seed=1))
    inside.write_bytes(odd_audio.wav(1.0, 2))
    (folder.path / "linked.wav").symlink_to(elsewhere)
    (folder.path / "everything").symlink_to(tmp_path)
    (folder.path / "nowhere.wav").symlink_to(tmp_path / "nothing.wav")
    assert [folder.look(), folder.look()] == [0, 1]
    assert session.scalars(select(WatchedFile.path)).all() == [FIRST]


def test_a_file_whose_name_cannot_be_shown_is_taken_all_the_same(folder: Folder, session: Session) -> None:
    for number, name in enumerate((b"line\nbreak.wav", b"not utf-8 \xff.wav"), 1):
        Path(os.fsdecode(bytes(folder.path) + b"/" + name)).write_bytes(odd_audio.wav(number, 2))
    folder.look()
    assert folder.look() == 2
    assert folder.look() == 0
    names = session.scalars(select(Recording.filename)).all()
    assert sorted(names) == ["line\ufffdbreak.wav", "not utf-8 \ufffd.wav"]
