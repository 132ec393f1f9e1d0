"""An installation in use goes from SQLite to PostgreSQL: nothing is missing, nothing is different, both sides agree."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from sqlalchemy import JSON, func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.schema import CreateTable

from qcapp import create_app
from qcapp.calls.models import Call, CallTag, Client
from qcapp.calls.search import said
from qcapp.cli import main
from qcapp.core import audit, text_search
from qcapp.core.audit import AuditEntry
from qcapp.core.db import Base, Database
from qcapp.core.errors import Refused
from qcapp.core.storage import Storage, derived_key, original_key, sha256_of
from qcapp.ops import migrating
from qcapp.ops.move import moving
from qcapp.ops.seed import fill
from qcapp.people.audited import PeopleAction
from qcapp.settings import ROOT, Settings
from tests.core.test_storage import endpoint, s3  # noqa: F401 (fixtures)
from tests.databases import fresh_url, open_database
from tests.factories import people as cast

KEY = "for tests only"


@pytest.fixture(scope="module")
def in_use(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of an installation on SQLite, with what is hard to carry; every test works on a copy."""
    folder = tmp_path_factory.mktemp("in_use")
    settings = Settings(data_dir=folder, secret_key=KEY, audit_key=KEY)
    app = create_app(settings)
    database: Database = app.extensions["qcapp_database"]
    with app.app_context():
        migrating.upgrade_installation(database)
        cards = ROOT / "checklists"
        fill(database, calls_wanted=200, reviews_wanted=20, seed=3, cards=cards, say=lambda _said: None)
        with database.transaction() as session:
            cast.make_cast(session)
            calls = session.scalars(select(Call).order_by(Call.id).limit(8)).all()
            for call, tag in zip(calls, ["я", "z", "Z", "_", "é", "a b", "ä", "ё"], strict=True):
                session.add(CallTag(call_id=call.id, tag=tag))
            calls[0].cdr = {"whole": 3.0, "large": 1e16, "nested": [None, {"ключ": "a\0b"}]}
            calls[1].cdr = None
            session.execute(update(Call).where(Call.id == calls[2].id).values(cdr=JSON.NULL))
            session.add(Client(phone="+70000000001", name="Имя с NUL\0"))
            session.add(deleted := Client(phone="+70000000003"))
            session.flush()
            session.delete(deleted)
            audit.record(session, PeopleAction.SIGNED_IN, "user:1", by_id=None, share=0.1, text="«да»")
    database.engine.dispose()
    storage = Storage(settings.storage_location)
    for number in range(3):
        path = folder / "uploaded"
        path.write_bytes(f"sound {number}".encode())
        storage.put(original_key(sha256_of(path)), path)
        storage.put(derived_key(sha256_of(path), "peaks-1.json"), path)
    return folder


@pytest.fixture
def old(in_use: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder to move from, with the environment of its commands."""
    folder = tmp_path / "var"
    shutil.copytree(in_use, folder)
    for name, value in {"DATA_DIR": str(folder), "AUDIT_KEY": KEY, "SECRET_KEY": KEY, "LOCALE": "en"}.items():
        monkeypatch.setenv(f"QCAPP_{name}", value)
    return folder


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    with fresh_url("postgresql", tmp_path) as url:
        yield url


def run(*arguments: str, status: int = 0) -> str:
    result = CliRunner().invoke(main, [*arguments])
    assert result.exit_code == status, result.output
    return result.output


def seen(session: Session) -> dict[str, list[tuple[object, ...]]]:
    """Every row, as the product reads it; the two ways to say that a document is not there are told apart."""
    found = {
        table.name: sorted((tuple(row) for row in session.execute(table.select())), key=repr)
        for table in Base.metadata.sorted_tables
    }
    null = select(Call.id, Call.cdr.is_(None)).order_by(Call.id)
    found["cdr is null"] = [tuple(row) for row in session.execute(null)]
    return found


def without_nul(value: object) -> object:
    if isinstance(value, str):
        return value.replace("\0", "\ufffd")
    if isinstance(value, dict):
        return {name: without_nul(each) for name, each in value.items()}
    return [without_nul(each) for each in value] if isinstance(value, list) else value


def compared(folder: Path, url: str) -> SimpleNamespace:
    """Both sides with all their rows; the entry about the move itself is taken from the new one."""
    before, after = open_database(f"sqlite:///{folder / 'qcapp.sqlite3'}"), open_database(url)
    with before.reading() as session:
        was = {name: [tuple(map(without_nul, row)) for row in rows] for name, rows in seen(session).items()}
        logs = [audit.check(session)]
    with after.reading() as session:
        now = seen(session)
        moved = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
        logs.append(audit.check(session))
    assert moved.action == "installation_moved"
    last = now["audit_entry"].pop(next(n for n, row in enumerate(now["audit_entry"]) if row[0] == moved.id))
    assert last[0] == moved.id
    for database in (before, after):
        database.engine.dispose()
    return SimpleNamespace(before=was, after=now, logs=logs)


def made_by_the_models() -> list[str]:
    return [str(CreateTable(table)) for table in Base.metadata.tables.values()]


def test_everything_is_carried_over_and_the_product_goes_on_with_it(old: Path, url: str) -> None:
    before = (old / "qcapp.sqlite3").read_bytes()
    tables = made_by_the_models()
    told = run("move", url)
    assert "The files stay where they are" in told
    assert made_by_the_models() == tables  # a move changes the database, not the program that goes on
    both = compared(old, url)
    assert len(both.before["call"]) == 200
    assert both.after == both.before
    assert [log.faults for log in both.logs] == [[], []]
    assert (old / "qcapp.sqlite3").read_bytes() == before
    new = open_database(url)
    migrating.demand_current(new.engine)
    with new.transaction() as session:
        assert session.scalar(select(Call.id).where(said(session, text_search.parse("алло"))).limit(1))
        newest = session.scalar(select(func.max(Client.id)))
        session.add(added := Client(phone="+70000000002"))
        session.flush()
        assert added.id == newest + 2  # the number of the client deleted before the move is used no more
    with new.writing() as session, pytest.raises(IntegrityError):  # references are checked again
        session.execute(text('UPDATE "user" SET team_id = 1000000'))
    new.engine.dispose()
    assert "other data" in run("move", url, status=1)


KILLED = """
import os, signal, sys
from qcapp.ops.move import moving, rows, target
from qcapp.cli import main

left = int(sys.argv[1])

def counted(function):
    def call(*arguments, **options):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*arguments, **options)
    return call

rows.AT_ONCE = 50
rows.add = counted(rows.add)
target.begin = counted(target.begin)
target.finish = counted(target.finish)
moving._carry_index = counted(moving._carry_index)
moving._carry_file = counted(moving._carry_file)
main(["move", *sys.argv[2:]])
"""


def test_killed_at_any_point_it_goes_on_where_it_was(old: Path, url: str, tmp_path: Path) -> None:
    """Each start gets a little further and is killed; what is half there can not be started."""
    files = tmp_path / "new files"
    for after in (1, 3, 9, 20, 60, 200, 10**6):
        done = subprocess.run(
            [sys.executable, "-c", KILLED, str(after), url, "--storage", str(files)],
            env=os.environ,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL, done.stderr
        new = open_database(url)
        if after > 1:
            with pytest.raises(Refused, match="not finished"):
                migrating.demand_current(new.engine)
        new.engine.dispose()
    assert done.returncode == 0, done.stderr
    both = compared(old, url)
    assert both.after == both.before
    assert contents(Storage(str(files))) == contents(Storage(str(old / "files")))


def contents(storage: Storage) -> dict[str, bytes]:
    return {key: storage.read(key) for key, _size in storage.contents()}


def test_what_has_changed_since_an_interrupted_start_is_carried_anew(
    old: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(moving, "_compare_logs", _interrupt)
        assert isinstance(CliRunner().invoke(main, ["move", url]).exception, InterruptedError)
    database = open_database(f"sqlite:///{old / 'qcapp.sqlite3'}")
    with database.transaction() as session:
        session.execute(text("UPDATE client SET company = 'another' WHERE id = (SELECT min(id) FROM client)"))
        session.execute(text("DELETE FROM call_tag WHERE tag = 'Z'"))
        audit.record(session, PeopleAction.SIGNED_IN, "user:2", by_id=None)
    database.engine.dispose()
    run("move", url)
    both = compared(old, url)
    assert both.after == both.before


def _interrupt(*_arguments: object) -> None:
    raise InterruptedError


def test_files_go_to_s3(old: Path, url: str, s3: str) -> None:  # noqa: F811
    told = run("move", url, "--storage", s3)
    assert f"QCAPP_STORAGE_URL={s3}" in told
    assert contents(Storage(s3)) == contents(Storage(str(old / "files")))
    assert len(contents(Storage(s3))) == 6


def test_it_refuses_while_the_installation_is_in_use(old: Path, url: str) -> None:
    database = open_database(f"sqlite:///{old / 'qcapp.sqlite3'}")
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Call)) == 200
    assert "Stop web and workers" in run("move", url, status=1)
    database.engine.dispose()
    run("move", url)


def test_it_refuses_a_database_or_a_storage_that_holds_something(old: Path, url: str, tmp_path: Path) -> None:
    other = Storage(str(tmp_path / "others"))
    (tmp_path / "mine").write_bytes(b"somebody's")
    other.put("original/ab/mine", tmp_path / "mine")
    assert "other files" in run("move", url, "--storage", str(tmp_path / "others"), status=1)
    with fresh_url("postgresql", tmp_path) as taken:
        database = open_database(taken)
        with database.engine.begin() as connection:
            connection.execute(text("CREATE TABLE theirs AS SELECT 1 AS id"))
        database.engine.dispose()
        assert "other data" in run("move", taken, status=1)


def test_it_refuses_any_other_way(old: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "only to PostgreSQL" in run("move", "sqlite:////tmp/elsewhere.sqlite3", status=1)
    run("move", url)
    monkeypatch.setenv("QCAPP_DATABASE_URL", url)
    assert "only to PostgreSQL" in run("move", url, status=1)


def test_a_log_that_was_tampered_with_is_moved_as_it_is_and_said_to_be_so(old: Path, url: str) -> None:
    database = open_database(f"sqlite:///{old / 'qcapp.sqlite3'}")
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE audit_entry SET thing = 'user:9' WHERE id = 2"))
    database.engine.dispose()
    assert "has faults" in run("move", url)
    both = compared(old, url)
    assert [len(log.faults) for log in both.logs] == [1, 1]
