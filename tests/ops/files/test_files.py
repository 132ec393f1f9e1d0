"""Stored files against the rows that name them: what is lost, damaged or unknown is found, told, and put right."""

import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qcapp.calls.import_run import open_batch
from qcapp.calls.models import ImportBatch, Recording
from qcapp.calls.states import RecordingState
from qcapp.calls.tasks import sweep_playback
from qcapp.core import clock
from qcapp.core.audit import AuditEntry
from qcapp.core.errors import Refused, Unavailable
from qcapp.core.storage import PARTS, Storage
from qcapp.ops.backup.manifest import FILES
from qcapp.ops.files import mending, service, tasks
from qcapp.ops.files.checking import FaultyFile, Looked
from qcapp.ops.files.models import FileFault, FileRound, StoredFileFault
from qcapp.people.models import Notice, User
from qcapp.privacy.removing import remove_leftovers
from tests.calls.importing import FIRST, MOSCOW, SECOND, Exchange

Told = set[tuple[str | None, str, bool]]


class Kept(Exchange):
    """Two recordings with playback copies, an import that is going on with its CDR, and ways to damage them."""

    def __init__(self, app: Flask, folder: Path, session: Session) -> None:
        super().__init__(app, folder)
        self.session = session
        self.take(self.file(FIRST), self.file(SECOND, seed=1))
        self.going_on = open_batch(self.database, self.storage, [self.cdr()], MOSCOW)
        with app.app_context():
            sweep_playback()
        session.expire_all()

    @property
    def recording(self) -> Recording:
        return self.session.scalars(select(Recording).order_by(Recording.id)).first()

    def key(self, kind: str) -> str:
        if kind == "cdr":
            batch = self.session.get_one(ImportBatch, self.going_on.batch_id)
            return str(batch.cdr_files[0]["key"])
        names = {"original": "storage_key", "playback": "playback_key", "peaks": "peaks_key"}
        return str(getattr(self.recording, names[kind]))

    def path(self, key: str) -> Path:
        assert self.storage.root is not None
        return self.storage.root / key

    def look(self, **options: object) -> Told:
        """All that holds files once; kind, fault, and whether it was put right."""
        parts = {*self.session.scalars(select(func.substr(Recording.sha256, 1, 2))), "ab", "rest"}
        found = [
            fault
            for part in sorted(parts)
            for fault in service.go_through(self.database, self.storage, part, **options)  # type: ignore[arg-type]
        ]
        self.session.expire_all()
        return {(fault.kind, fault.fault.value, fault.mended_at is not None) for fault in found}

    def faults(self) -> Told:
        return {
            (fault.kind, fault.fault.value, fault.mended_at is not None)
            for fault in self.session.scalars(select(FileFault))
        }


@pytest.fixture
def kept(app: Flask, session: Session, people: SimpleNamespace, tmp_path: Path) -> Kept:
    folder = tmp_path / "exchange"
    folder.mkdir()
    return Kept(app, folder, session)


def remove(path: Path) -> None:
    path.unlink()


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def make_unreadable(path: Path) -> None:
    """What the kernel refuses to read, as it does a bad place of the disk."""
    path.unlink()
    path.symlink_to("/sys/class/net/lo/speed")


@pytest.mark.parametrize("kind", ["original", "playback", "peaks", "cdr"])
@pytest.mark.parametrize(
    ("damage", "fault"), [(remove, "missing"), (flip, "changed"), (make_unreadable, "unreadable")]
)
def test_every_kind_of_file_is_missed_and_compared(
    kept: Kept, kind: str, damage: Callable[[Path], None], fault: str
) -> None:
    assert kept.look() == set()
    damage(kept.path(kept.key(kind)))
    made_anew = kind in ("playback", "peaks")
    assert kept.look() == {(kind, fault, made_anew)}
    assert kept.look() == (set() if made_anew else {(kind, fault, False)})


def test_what_the_product_stores_by_itself_is_never_unknown(kept: Kept) -> None:
    with time_machine.travel(clock.now().timestamp() + 2 * 86400):
        assert kept.look() == set()


def test_a_file_that_is_about_to_be_removed_is_not_unknown(kept: Kept) -> None:
    kept.going_on.finish()
    with time_machine.travel(clock.now().timestamp() + 2 * 86400):
        assert kept.look() == set()
    remove_leftovers(kept.database, kept.storage)
    assert kept.look() == set()


@pytest.mark.parametrize("key", ["original/ab/" + "ab" * 32, "derived/zz/strange", "cdr/strange", "strange"])
def test_a_file_that_no_row_names_is_found_once_it_is_a_day_old(kept: Kept, key: str) -> None:
    path = kept.path(key)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"left by an interrupted import")
    assert kept.look() == set()
    os.utime(path, (0, 0))
    assert kept.look() == {(None, "unknown", False)}
    assert path.exists()
    assert kept.look(removing_unknown=True) == {(None, "unknown", True)}
    assert not path.exists()
    assert kept.look() == kept.faults() == set()


def left_overs(kept: Kept, *keys: str) -> Looked:
    """A look that took the files for such, all of them old."""
    for key in keys:
        os.utime(kept.path(key), (0, 0))
    return Looked("ab", found=[FaultyFile(key, StoredFileFault.UNKNOWN) for key in keys])


def test_a_file_is_not_removed_that_an_import_has_come_to_need_since_the_look(kept: Kept) -> None:
    key, again = "original/ab/" + "ab" * 32, kept.file("again.wav", b"as before").path
    kept.storage.put(key, again)
    looked = left_overs(kept, key)
    kept.storage.put(key, again)
    mending.remove_unknown(kept.database, kept.storage, looked)
    assert looked.found == []
    assert kept.path(key).exists()
    mending.remove_unknown(kept.database, kept.storage, left_overs(kept, key))
    assert not kept.path(key).exists()


def test_a_file_that_a_row_names_by_now_is_not_removed(kept: Kept) -> None:
    keys = [kept.key(kind) for kind in ("original", "playback", "peaks", "cdr")]
    mending.remove_unknown(kept.database, kept.storage, left_overs(kept, *keys))
    assert all(kept.path(key).exists() for key in keys)


def test_a_recording_comes_back_from_a_backup_and_its_copies_with_it(kept: Kept, tmp_path: Path) -> None:
    """Whose original was lost before its copy was made gets the copy, too."""
    backup = tmp_path / "backup"
    for kind in ("original", "cdr"):
        saved = backup / FILES / kept.key(kind)
        saved.parent.mkdir(parents=True)
        saved.write_bytes(kept.path(kept.key(kind)).read_bytes())
        flip(kept.path(kept.key(kind)))
    recording = kept.recording
    remove(kept.path(recording.playback_key))
    lost = {("original", "changed", False), ("cdr", "changed", False), ("playback", "missing", False)}
    assert kept.look() == lost
    recording.state, recording.playback_key, recording.error = RecordingState.FAILED, None, "lost"
    kept.session.commit()
    assert kept.look(backup=backup) == {("original", "changed", True), ("cdr", "changed", True)}
    sweep_playback()
    assert kept.look() == set()
    assert kept.recording.state is RecordingState.READY
    actions = kept.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id.desc()).limit(2))
    assert set(actions) == {"file_mended"}


def test_bytes_that_are_not_the_recordings_are_not_brought_back(kept: Kept, tmp_path: Path) -> None:
    saved = tmp_path / "backup" / FILES / kept.key("original")
    saved.parent.mkdir(parents=True)
    saved.write_bytes(b"something else")
    remove(kept.path(kept.key("original")))
    assert kept.look(backup=tmp_path / "backup") == {("original", "missing", False)}


def test_administrators_are_told_once_and_read_it_on_a_page(
    kept: Kept, people: SimpleNamespace, login: Callable[[User], FlaskClient]
) -> None:
    def notices() -> list[tuple[int, str]]:
        return [(each.user_id, each.path) for each in kept.session.scalars(select(Notice))]

    remove(kept.path(kept.key("original")))
    for _round in range(2):
        kept.look()
        assert notices() == [(people.anna.id, "/files")]
    kept.session.scalars(select(Notice)).one().read_at = clock.now()
    kept.session.commit()
    kept.look()
    assert len(notices()) == 1
    remove(kept.path(kept.key("cdr")))
    kept.look()
    assert len(notices()) == 2
    page = login(people.anna).get("/files").text
    assert f'href="/calls/{kept.recording.call_id}"' in page
    assert "qcapp verify --from" in page
    figures = login(people.anna).get("/metrics").text
    assert 'qcapp_files_faulty{fault="missing"} 2.0' in figures


def test_a_storage_that_does_not_answer_says_nothing_of_its_files(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    part = kept.recording.sha256[:2]
    with pytest.raises(Unavailable):
        service.go_through(kept.database, Storage("s3://gone/company"), part)
    assert kept.faults() == set()
    assert kept.session.get(FileRound, part) is None


def test_an_empty_storage_is_one_sentence_and_not_a_fault_for_each_file(kept: Kept, tmp_path: Path) -> None:
    kept.app.extensions["qcapp_storage"] = Storage(str(tmp_path / "wrong address"))
    with pytest.raises(Refused, match="QCAPP_STORAGE_URL"):
        tasks.look_at_next_part()
    assert kept.faults() == set()


def test_the_work_goes_on_where_it_ended_and_comes_round(kept: Kept) -> None:
    remove(kept.path(kept.key("playback")))
    for _part in PARTS:
        tasks.look_at_next_part()
    kept.session.expire_all()
    rounds = kept.session.scalars(select(FileRound)).all()
    assert {each.part for each in rounds} == set(PARTS)
    assert all(each.checked_at for each in rounds)
    assert kept.faults() == {("playback", "missing", True)}
    assert service.claim(kept.session) == PARTS[0]
    assert service.claim(kept.session) == PARTS[1]  # another worker
    with time_machine.travel(clock.now() + service.TAKEN_FOR * 2):
        assert service.claim(kept.session) == PARTS[0]  # the first was killed
