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
