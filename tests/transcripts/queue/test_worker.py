"""One shift of a worker: what becomes of the calls when the model, the storage or a recording is at fault."""

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest

from qcapp.transcripts import queue, worker
from qcapp.transcripts.engine.model_files import EMBEDDED
from qcapp.transcripts.engine.transcribe import WhisperEngine
from qcapp.transcripts.engine.types import Job, JobResult, Progress, Transcript
from qcapp.transcripts.models import TranscriptionState
from qcapp.transcripts.worker import Bench, Shift, run
from tests.broken import without
from tests.databases import locked
from tests.transcripts.queue.calls import let_lease_pass, queue_calls
from tests.transcripts.queue.conftest import Place

State = TranscriptionState


class Breaking:
    """A recogniser that breaks down in the middle, as one does that runs out of memory."""

    name = "breaking"

    def transcribe(self, jobs: Iterable[Job], progress: Progress | None = None) -> Iterator[JobResult]:
        asked = list(jobs)
        assert progress is not None
        progress(asked[0], 0.5)
        yield JobResult(asked[0], Transcript(6.0))
        raise MemoryError


class Patient:
    """A recogniser that works step by step for ever, and writes down what it was asked."""

    name = "patient"

    def __init__(self) -> None:
        self.jobs: list[Job] = []

    def transcribe(self, jobs: Iterable[Job], progress: Progress | None = None) -> Iterator[JobResult]:
        self.jobs += jobs
        assert progress is not None
        for step in count(1):
            progress(self.jobs[0], 1 - 1 / step)
        yield JobResult(self.jobs[0], Transcript(6.0))


def never() -> bool:
    return False


def bench_of(place: Place) -> Bench:
    return Bench(place.database, place.storage, place.settings)


def test_without_a_model_no_call_is_taken_and_each_says_why(
    place: Place, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    place.add_calls(2)
    place.settings.whisper_model = str(tmp_path)  # a folder without a model
    rests: list[float] = []
    run(bench_of(place), told_to_stop=lambda: bool(rests), rest=rests.append)
    sentence = "QCAPP_WHISPER_MODEL names a folder without model.bin: it holds no faster-whisper model."
    assert [(row.state, row.attempts, row.error) for row in place.rows()] == [(State.QUEUED, 0, sentence)] * 2
    assert caplog.text.count(sentence) == 1


def test_with_a_model_one_bit_of_which_was_changed_no_call_is_taken_however_often_it_is_tried(
    place: Place, model_folder: Path
) -> None:
    place.add_calls(1)
    place.settings.whisper_model = ""
    copy = shutil.copytree(model_folder, place.settings.data_dir / "models" / EMBEDDED)
    with (copy / "model.bin").open("r+b") as file:
        file.seek(1_000_000)
        (byte,) = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte ^ 1]))
    rests: list[float] = []
    run(bench_of(place), told_to_stop=lambda: len(rests) > 1, rest=rests.append)
    (row,) = place.rows()
    assert (row.state, row.attempts) == (State.QUEUED, 0)
    assert row.error is not None
    assert row.error.startswith("The recogniser's model has been changed or damaged (model.bin).")


def test_a_language_the_model_does_not_know_is_refused_in_words(place: Place) -> None:
    place.add_calls(1)
    place.settings.language = "xx"
    rests: list[float] = []
    run(bench_of(place), told_to_stop=lambda: bool(rests), rest=rests.append)
    assert place.rows()[0].error == "The model does not know the language xx."


def test_when_the_model_is_back_the_calls_do_not_complain_any_more(place: Place) -> None:
    place.add_calls(1)
    with place.database.transaction() as session:
        queue.hold(session, "The model is missing.")
    answers = iter([False, True, True])
    run(bench_of(place), told_to_stop=lambda: next(answers), rest=lambda _seconds: None)
    assert place.rows()[0].error is None


def test_what_was_ready_before_the_model_broke_is_saved_and_the_rest_tried_again_later(place: Place) -> None:
    place.add_calls(3)
    assert Shift(bench_of(place), Breaking(), never).work()
    first, *others = place.rows()
    assert (first.state, first.engine) == (State.DONE, "breaking")
    assert {(row.state, row.attempts, row.token) for row in others} == {(State.QUEUED, 1, None)}
    assert all(row.lease_until is not None for row in others)


def test_a_recording_missing_in_the_storage_is_tried_again_and_said(place: Place) -> None:
    with place.database.transaction() as session:
        queue_calls(session, 1)  # nothing lies in the storage
    assert Shift(bench_of(place), Patient(), told_to_stop=never).work()
    (row,) = place.rows()
    assert (row.state, row.attempts) == (State.QUEUED, 1)
    assert row.error == "The recording is not in the storage. Restore it from a backup."


def test_a_recording_without_sound_fails_at_once_with_the_reason(place: Place) -> None:
    place.add_calls(1, seconds=0)
    engine = WhisperEngine(place.settings.whisper_model, place.settings.data_dir)
    assert Shift(bench_of(place), engine, never).work()
    (row,) = place.rows()
    assert (row.state, row.attempts) == (State.FAILED, 1)
    assert row.error == "There is no sound in the file: its header is there, the recording is not."


def test_a_call_that_failed_before_goes_alone(place: Place) -> None:
    place.add_calls(3)
    place.settings.max_attempts = 5
    with place.database.transaction() as session:
        claim = queue.claim(session, place.settings)
        assert claim is not None
        queue.fail(session, claim, place.settings)
    _let_all_leases_pass(place)
    engine = Patient()
    steps = iter(range(5))
    Shift(bench_of(place), engine, told_to_stop=lambda: next(steps, None) is None).work()
    assert [job.key for job in engine.jobs] == [str(claim.id)]


def test_the_model_is_told_the_file_the_side_and_the_vocabulary(place: Place) -> None:
    place.add_calls(1)
    place.settings.company, place.settings.vocabulary = "Северный сайт", "лендинг, КП"
    engine = Patient()
    steps = iter(range(5))
    Shift(bench_of(place), engine, told_to_stop=lambda: next(steps, None) is None).work()
    (job,) = engine.jobs
    assert job.path.is_file()
    assert (job.name.endswith(".wav"), job.manager_channel, job.language) == (True, 0, "ru")
    assert job.hotwords == "Северный сайт, лендинг, КП"


def test_a_shift_without_calls_is_no_work(place: Place) -> None:
    assert not Shift(bench_of(place), Patient(), never).work()


def _let_all_leases_pass(place: Place) -> None:
    with place.database.transaction() as session:
        for row in place.rows():
            let_lease_pass(session, row)


def test_while_the_storage_is_away_calls_wait_and_lose_no_attempt(place: Place) -> None:
    place.add_calls(2)
    with without(Path(place.settings.storage_location)):
        assert not Shift(bench_of(place), Patient(), never).work()
    first, second = place.rows()
    assert (first.state, first.attempts, first.token) == (State.QUEUED, 0, None)
    assert "storage of files does not answer" in (first.error or "")
    assert first.lease_until is not None
    assert (second.state, second.error) == (State.QUEUED, None)


def test_a_recording_that_cannot_be_read_to_its_end_loses_no_attempt(place: Place) -> None:
    place.add_calls(1)
    engine = WhisperEngine(place.settings.whisper_model, place.settings.data_dir)
    for file in (Path(place.settings.storage_location) / "original").iterdir():
        file.unlink()
        file.symlink_to("/proc/self/mem")  # every read of it is an input/output error
    assert not Shift(bench_of(place), engine, never).work()
    (row,) = place.rows()
    assert (row.state, row.attempts) == (State.QUEUED, 0)


def test_a_result_waits_for_a_database_that_is_locked(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The model ends while somebody else writes, and the lock is let go of after the first try to save."""
    place.add_calls(1)
    lock = ExitStack()

    class Quick:
        name = "quick"

        def transcribe(self, jobs: Iterable[Job], progress: Progress | None = None) -> Iterator[JobResult]:
            assert progress is not None
            for job in jobs:
                lock.enter_context(locked(place.database, "transcription"))
                yield JobResult(job, Transcript(6.0))

    monkeypatch.setattr(worker.time, "sleep", lambda _seconds: lock.close())
    Shift(bench_of(place), Quick(), never).work()
    (row,) = place.rows()
    assert (row.state, row.attempts) == (State.DONE, 1)
