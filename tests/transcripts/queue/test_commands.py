"""``qcapp transcribe`` and ``qcapp transcript`` as they are typed; the model works in its own processes."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click import Command
from click.testing import CliRunner, Result
from flask.cli import ScriptInfo
from sqlalchemy import select

from qcapp import create_app
from qcapp.transcripts import queue
from qcapp.transcripts.engine.types import Job
from qcapp.transcripts.models import Transcription, TranscriptionState
from qcapp.transcripts.queue_cli import transcribe, transcript
from qcapp.transcripts.saving import finish
from tests.transcripts.queue.calls import make_call, store_call
from tests.transcripts.queue.conftest import SPOKEN as RECORDING
from tests.transcripts.queue.conftest import Place, cut
from tests.transcripts.queue.test_saving import SPOKEN

State = TranscriptionState
Run = Callable[..., Result]


@pytest.fixture
def run(place: Place, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Types a command at this place; the processes it starts find the place by its environment."""
    for name, value in place.env.items():
        monkeypatch.setenv(name, value)

    def run(command: Command, *arguments: str) -> Result:
        info = ScriptInfo(create_app=lambda: create_app(place.settings, place.database))
        return CliRunner().invoke(command, arguments, obj=info)

    return run


def done(place: Place) -> Transcription:
    with place.database.transaction() as session:
        row = queue.request_transcription(session, make_call(session, 1).id)
        claim = queue.claim(session, place.settings)
        assert claim is not None
        finish(session, claim, Job(Path("1.wav"), 0), SPOKEN, engine="whisper base", work_s=1)
    return row


@pytest.mark.model
def test_all_calls_are_transcribed_and_the_failed_ones_named(place: Place, run: Run, tmp_path: Path) -> None:
    cut(RECORDING, tmp_path / "spoken.wav", start_s=0, seconds=6)
    cut(RECORDING, tmp_path / "empty.wav", start_s=0, seconds=0)
    with place.database.transaction() as session:
        spoken = store_call(session, place.storage, tmp_path / "spoken.wav").id
        empty = store_call(session, place.storage, tmp_path / "empty.wav").id
    result = run(transcribe, "--all", "--workers", "1")
    assert result.exit_code == 1
    assert f"{empty}: There is no sound in the file" in result.stderr
    assert "1 call transcribed." in result.stdout
    with place.database.reading() as session:
        states = {row.call_id: row.state for row in session.scalars(select(Transcription))}
    assert states == {spoken: State.DONE, empty: State.FAILED}


def test_a_call_that_is_done_is_not_done_again(place: Place, run: Run) -> None:
    row = done(place)
    result = run(transcribe, str(row.call_id))
    assert (result.exit_code, result.stdout) == (0, "0 calls transcribed.\n")
    assert len(place.segments_of(row)) == 3


def test_an_unknown_call_is_refused_in_words(place: Place, run: Run) -> None:
    result = run(transcribe, "17")
    assert str(result.exception) == "There is no call 17."


def test_calls_or_all_must_be_said(place: Place, run: Run) -> None:
    assert "Name the calls by number, or say --all." in run(transcribe).stderr
    assert "Name the calls by number, or say --all." in run(transcribe, "1", "--all").stderr


def test_a_transcript_is_printed_in_its_newest_wording(place: Place, run: Run) -> None:
    row = done(place)
    with place.database.transaction() as session:
        segment = session.get_one(Transcription, row.id).segments[0]
        segment.text = "Добрый вечер!"
    text = run(transcript, str(row.call_id)).stdout
    assert text.splitlines() == [
        "[00:00:01.0] Manager: Добрый вечер!",
        "[00:00:03.0] Client: Здравствуйте.",
    ]


@pytest.mark.parametrize(("form", "start"), [("srt", "1\n00:00:01,000"), ("vtt", "WEBVTT")])
def test_a_transcript_is_printed_for_players(place: Place, run: Run, form: str, start: str) -> None:
    row = done(place)
    assert run(transcript, str(row.call_id), "--format", form).stdout.startswith(start)


def test_a_transcript_as_json_has_the_form_of_transcribe_file(place: Place, run: Run) -> None:
    row = done(place)
    whole = json.loads(run(transcript, str(row.call_id), "--format", "json").stdout)
    assert (whole["duration"], whole["lost_s"]) == (60.0, 0.5)
    assert [(piece["speaker"], piece["text"]) for piece in whole["segments"]] == [
        ("manager", "Добрый день!"),
        ("client", "Здравствуйте."),
    ]
    assert whole["segments"][0]["words"] == [{"start": 1.0, "end": 2.0, "word": "день", "probability": 0.9}]
    assert whole["removed"][0]["reason"] == "known_phantom"


def test_a_call_without_a_transcript_is_refused_in_words(place: Place, run: Run) -> None:
    result = run(transcript, "17")
    assert str(result.exception) == "Call 17 has no transcript."
