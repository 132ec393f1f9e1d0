"""The commands as a whole: how they end when something is wrong, and when something cannot be done now."""

import os
import tempfile

import pytest
from click.testing import CliRunner, Result

from qcapp.cli import main


@pytest.fixture
def run(monkeypatch, tmp_path):
    monkeypatch.setenv("QCAPP_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("QCAPP_LOCALE", "en")
    monkeypatch.setattr(
        tempfile, "tempdir", tempfile.tempdir
    )  # a command sets it and the umask for its process
    umask = os.umask(0o022)

    def run(*arguments: str, **env: str) -> Result:
        return CliRunner().invoke(main, arguments, env=env)

    yield run
    os.umask(umask)


def test_a_refusal_is_a_sentence_and_status_1(run):
    result = run("transcript", "17")
    assert result.exit_code == 1
    assert result.stderr.endswith("Error: Call 17 has no transcript.\n")


def test_what_cannot_be_done_now_is_a_sentence_with_its_cause_and_status_75(run):
    nowhere = "postgresql://nobody@127.0.0.1:9/qcapp"
    result = run("transcript", "17", QCAPP_DATABASE_URL=nowhere)
    assert result.exit_code == os.EX_TEMPFAIL
    assert "Error: The database cannot be used at the moment." in result.stderr
    assert "127.0.0.1" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("mark", ["audit_head.json", "files/original/ab/abc"])
def test_a_database_that_was_removed_is_missed_and_no_new_one_takes_its_place(run, tmp_path, mark):
    assert run("db", "upgrade").exit_code == 0
    file, left = tmp_path / "qcapp.sqlite3", tmp_path / mark
    left.parent.mkdir(parents=True, exist_ok=True)
    left.write_text("of the former database")
    file.unlink()
    for command in (("transcript", "17"), ("db", "upgrade"), ("serve",), ("worker",), ("up",), ("demo",)):
        result = run(*command)
        assert result.exit_code == 1
        assert "is gone, and nothing was made in its place" in result.stderr
    assert not file.exists()


def test_a_damaged_database_is_told_in_words_and_left_as_it_is(run, tmp_path):
    file = tmp_path / "qcapp.sqlite3"
    file.write_bytes(b"not a database" * 100)
    result = run("transcript", "17")
    assert result.exit_code == os.EX_TEMPFAIL
    assert "The database is damaged" in result.stderr
    assert file.read_bytes() == b"not a database" * 100
