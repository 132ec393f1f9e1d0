"""``qcapp audit``: what it says to those who run an installation."""

import pytest
from click.testing import CliRunner
from flask.cli import ScriptInfo
from sqlalchemy import delete, select, update

from qcapp.cli import main
from qcapp.core import audit
from qcapp.core.audit import AuditEntry
from qcapp.ops.backup import manifest
from qcapp.ops.backup.manifest import Manifest, Sealed


@pytest.fixture
def qcapp(app, monkeypatch):
    """``qcapp("audit", "verify")`` runs a command on the application of the test."""
    monkeypatch.setattr("qcapp.cli.ScriptInfo", lambda **_made: ScriptInfo(create_app=lambda: app))
    return lambda *arguments: CliRunner().invoke(main, arguments, catch_exceptions=False)


@pytest.fixture
def log(qcapp, session):
    for login in ("anna", "kira", "max"):
        qcapp("user", "add", login, "--name", login, "--role", "qc")
    return session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()


def cut(session, entry):
    session.execute(delete(AuditEntry).where(AuditEntry.id == entry.id))
    session.commit()


def test_verify_says_that_the_log_is_sound(qcapp, log):
    result = qcapp("audit", "verify", "--known", log[0].hash)
    assert result.exit_code == 0
    assert result.output == f"The log is sound up to entry {log[-1].id}.\nLast hash: {log[-1].hash}\n"


def test_verify_of_an_empty_log_is_fine(qcapp, session):
    assert qcapp("audit", "verify").exit_code == 0


def test_verify_names_the_broken_entry(qcapp, session, log):
    session.execute(update(AuditEntry).where(AuditEntry.id == log[1].id).values(diff={"login": "nobody"}))
    session.commit()
    result = qcapp("audit", "verify")
    assert result.exit_code == 1
    assert f"The facts of entry {log[1].id} were changed: " in result.output
    assert f"user_added {log[1].thing}" in result.output
    assert "sound" not in result.output


def test_verify_finds_a_cut_off_end_by_a_hash_of_then(qcapp, session, log):
    cut(session, log[2])
    assert qcapp("audit", "verify").exit_code == 0
    result = qcapp("audit", "verify", "--known", log[2].hash)
    assert result.exit_code == 1
    assert "cut off" in result.output


def test_verify_finds_a_cut_off_end_by_what_it_noted_itself_before(qcapp, session, log):
    qcapp("audit", "verify")
    cut(session, log[2])
    for _once_and_again in range(2):
        result = qcapp("audit", "verify")
        assert result.exit_code == 1
        assert f"Entry {log[2].id} of " in result.output
        assert "cut off" in result.output


@pytest.mark.parametrize("name", ["", manifest.NAME])
def test_verify_finds_a_cut_off_end_by_a_backup(qcapp, session, log, tmp_path, name):
    part = tmp_path / "part"
    part.touch()
    Manifest(
        made_at=log[2].at,
        program="1",
        kind="sqlite",
        revision="1",
        database=Sealed.of(part),
        files=Sealed.of(part),
        file_count=0,
        audit=audit.last_head(session),
    ).write(tmp_path)
    assert qcapp("audit", "verify", "--manifest", str(tmp_path / name)).exit_code == 0
    cut(session, log[2])
    assert qcapp("audit", "verify", "--manifest", str(tmp_path / name)).exit_code == 1


def test_verify_says_what_was_erased_by_what(qcapp, session, log):
    erased = {"erasure": "erasure:1", "by_id": None}
    audit.erase_facts(session, [log[0].id, log[2].id], lambda name, _value: name == "role", **erased)
    session.commit()
    result = qcapp("audit", "verify")
    assert result.exit_code == 0
    assert result.output.startswith("Facts of 2 entries were erased by erasure:1.\n")


def test_a_missing_key_is_a_sentence_and_a_lost_one_can_be_replaced(qcapp, session, log, settings):
    key = settings.data_dir / "audit_key"
    key.unlink()
    for command in (("audit", "verify"), ("user", "password", "anna")):
        result = qcapp(*command)
        assert result.exit_code == 75
        assert f"Put the copy of the key back as {key.resolve()}." in result.output
    result = qcapp("audit", "rekey")
    assert "can no longer be proved" in result.output
    assert qcapp("audit", "verify").exit_code == 0


def test_a_page_says_that_the_key_is_missing(session, log, settings, client):
    (settings.data_dir / "audit_key").write_text("another")
    response = client.post("/login", data={"login": "anna", "password": "wrong"})
    assert response.status_code == 503
    assert "another key" in response.text
