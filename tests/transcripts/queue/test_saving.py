"""A transcript and everything that follows from it are saved together with "done", by its holder, once."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qcapp.calls.models import Call
from qcapp.core.db import Database
from qcapp.settings import Settings
from qcapp.transcripts import queue
from qcapp.transcripts.engine import types
from qcapp.transcripts.engine.types import Speaker
from qcapp.transcripts.models import Segment, SpeechMetrics, Transcription, TranscriptionState
from qcapp.transcripts.saving import finish
from tests.transcripts.queue.calls import created, let_lease_pass, make_call, queue_calls

SPOKEN = types.Transcript(
    duration=60.0,
    segments=(
        types.RecognisedSegment(
            0, types.Speaker.MANAGER, 1.0, 2.0, "Добрый день!", (types.Word(1.0, 2.0, "день", 0.9),), 0.9
        ),
        types.RecognisedSegment(
            1, types.Speaker.CLIENT, 3.0, 4.0, "Здравствуйте.", (types.Word(3.0, 4.0, "ну", 0.8),), 0.8
        ),
    ),
    removed=(
        types.Removed(
            1, types.Speaker.CLIENT, 50.0, 52.0, "Редактор субтитров", types.RemovalReason.KNOWN_PHANTOM
        ),
    ),
    lost_s=0.5,
    spans={0: (types.Span(1.0, 2.0),), 1: (types.Span(3.0, 4.0),)},
)


def save(session: Session, claim: queue.Claim, spoken: types.Transcript = SPOKEN) -> None:
    job = types.Job(Path("1.wav"), manager_channel=0)
    finish(session, claim, job, spoken, engine="whisper base", work_s=2.5)


def test_a_finished_call_has_its_segments_and_what_was_removed(session: Session, settings: Settings) -> None:
    (row,) = queue_calls(session, 1)
    claim = queue.claim(session, settings)
    assert claim is not None
    save(session, claim)
    session.refresh(row)
    assert (row.state, row.progress, row.token, row.engine) == (
        TranscriptionState.DONE,
        1.0,
        None,
        "whisper base",
    )
    assert (row.work_s, row.lost_s, row.spans) == (2.5, 0.5, {"0": [[1.0, 2.0]], "1": [[3.0, 4.0]]})
    greeting, answer, phantom = row.segments
    assert (greeting.text, greeting.channel, greeting.speaker) == ("Добрый день!", 0, Speaker.MANAGER)
    assert greeting.words == [{"start": 1.0, "end": 2.0, "word": "день", "probability": 0.9}]
    assert (answer.speaker, answer.removed) == (Speaker.CLIENT, None)
    assert (phantom.text, phantom.removed) == ("Редактор субтитров", "known_phantom")


def test_what_follows_from_a_transcript_is_saved_with_it(session: Session, settings: Settings) -> None:
    (row,) = queue_calls(session, 1)
    claim = queue.claim(session, settings)
    assert claim is not None
    save(session, claim)
    assert session.get_one(Call, row.call_id, populate_existing=True).transcribed_at is not None
    assert session.scalar(select(func.count()).select_from(SpeechMetrics)) == 1


def test_sides_that_were_swapped_while_the_model_ran_count(session: Session, settings: Settings) -> None:
    call = make_call(session, 1, manager_channel=0)
    row = queue.request_transcription(session, call.id)
    claim = queue.claim(session, settings)
    assert claim is not None
    assert call.recording is not None
    call.recording.manager_channel = 1
    save(session, claim)
    session.refresh(row)
    assert [segment.speaker for segment in row.segments[:2]] == [Speaker.CLIENT, Speaker.MANAGER]


def test_one_sound_in_both_channels_has_no_sides(session: Session, settings: Settings) -> None:
    call = make_call(session, 1, manager_channel=0)
    row = queue.request_transcription(session, call.id)
    claim = queue.claim(session, settings)
    assert claim is not None
    unknown = tuple(replace(segment, channel=0, speaker=types.Speaker.UNKNOWN) for segment in SPOKEN.segments)
    save(session, claim, replace(SPOKEN, segments=unknown, removed=()))
    session.refresh(row)
    assert {segment.speaker for segment in row.segments} == {Speaker.UNKNOWN}
    assert call.recording is not None
    assert call.recording.manager_channel is None


def test_a_mixed_recording_has_one_unknown_speaker(session: Session, settings: Settings) -> None:
    row = queue.request_transcription(session, make_call(session, 1, channels=1, manager_channel=None).id)
    claim = queue.claim(session, settings)
    assert claim is not None
    save(session, claim)
    session.refresh(row)
    assert {segment.speaker for segment in row.segments} == {Speaker.UNKNOWN}


def test_who_has_lost_the_call_saves_nothing(database_url: str, settings: Settings) -> None:
    with created(database_url) as database:
        with database.transaction() as session:
            (row,) = queue_calls(session, 1)
            lost = queue.claim(session, settings)
            let_lease_pass(session, row)
            taken = queue.claim(session, settings)
        assert lost is not None
        assert taken is not None
        with pytest.raises(queue.LeaseLostError):
            _commit(database, lost)
        assert _segments(database) == 0
        _commit(database, taken)
        with pytest.raises(queue.LeaseLostError):
            _commit(database, taken)
        assert _segments(database) == 3
        with database.reading() as session:
            assert session.get_one(Transcription, row.id).state is TranscriptionState.DONE


def _commit(database: Database, claim: queue.Claim) -> None:
    with database.transaction() as session:
        save(session, claim)


def _segments(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Segment)) or 0
