"""`qcapp import` as an administrator types it."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.import_cli import import_command
from qcapp.calls.models import Call, ImportBatch, Recording, Source
from qcapp.calls.states import BatchState
from qcapp.core.errors import Refused, Unavailable
from qcapp.settings import Settings
from tests.broken import without
from tests.calls.importing import CDR, FIRST, SECOND
from tests.factories import odd_audio


@pytest.fixture
def folder(session: Session, people: SimpleNamespace, tmp_path: Path) -> Path:
    """A folder as FreePBX leaves it, with things beside the recordings."""
    monitor = tmp_path / "monitor"
    day = monitor / "2026" / "10"
    day.mkdir(parents=True)
    (day / FIRST).write_bytes(odd_audio.wav(1.0, 2))
    (day / SECOND).write_bytes(odd_audio.wav(1.0, 2, seed=1))
    (day / "broken.wav").write_bytes(b"")
    (day / FIRST.replace(".wav", ".json")).write_text("{}")
    (monitor / "README.txt").write_text("about")
    (monitor / ".hidden.wav").write_bytes(b"x")
    (monitor / "Master.csv").write_text(CDR)
    return monitor


def run(app: Flask, *arguments: str | Path) -> Result:
    return CliRunner().invoke(
        import_command, [str(argument) for argument in arguments], obj=ScriptInfo(create_app=lambda: app)
    )


def test_it_prints_the_promised_json_and_ends_well_whatever_was_refused(app: Flask, folder: Path) -> None:
    result = run(app, folder, "--cdr", folder / "Master.csv", "--timezone", "Europe/Moscow", "--json")
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    (refused,) = report.pop("refused")
    assert refused["file"] == "broken.wav"
    assert "empty" in refused["reason"]
    assert report == {
        "imported": 2,
        "duplicates": 0,
        "cdr_without_audio": 2,
        "audio_without_cdr": 0,
        "without_manager": 1,
    }


def test_it_says_the_same_in_words(app: Flask, folder: Path) -> None:
    result = run(app, folder, "--cdr", folder / "Master.csv", "--timezone", "Europe/Moscow")
    assert "broken.wav: The file is empty" in result.stdout
    assert "2 recordings imported" in result.stdout
    assert "1 call has no manager" in result.stdout


def test_it_asks_for_the_zone_instead_of_guessing(app: Flask, folder: Path, session: Session) -> None:
    result = run(app, folder, "--json")
    assert isinstance(result.exception, Refused)
    assert "Which time zone" in str(result.exception)
    assert session.scalars(select(Call)).all() == []


def test_it_knows_no_made_up_zone(app: Flask, folder: Path) -> None:
    result = run(app, folder, "--timezone", "Mars/Olympus")
    assert result.exit_code == 2
    assert "no time zone" in result.stderr


def test_it_takes_one_file_and_remembers_source_and_side(app: Flask, folder: Path, session: Session) -> None:
    file = folder / "2026" / "10" / FIRST
    result = run(
        app,
        file,
        "--source",
        "Office",
        "--timezone",
        "UTC",
        "--manager-channel",
        "1",
        "--cdr-format",
        "cdr_csv",
    )
    assert result.exit_code == 0
    assert session.scalars(select(Recording.manager_channel)).all() == [1]
    source = session.scalars(select(Source)).one()
    assert (source.name, source.timezone, source.manager_channel) == ("Office", "UTC", 1)


def test_when_the_storage_goes_away_it_says_so_and_the_same_command_takes_the_rest(
    app: Flask, session: Session, settings: Settings, folder: Path
) -> None:
    arguments = (folder, "--cdr", folder / "Master.csv", "--timezone", "Europe/Moscow")
    with without(Path(settings.storage_location) / "original"):
        result = run(app, *arguments)
    assert isinstance(result.exception, Unavailable)
    assert "give the same command again" in result.stderr
    assert session.scalars(select(ImportBatch.state)).all() == [BatchState.DONE]
    assert run(app, *arguments).exit_code == 0
    assert len(session.scalars(select(Recording)).all()) == 2
