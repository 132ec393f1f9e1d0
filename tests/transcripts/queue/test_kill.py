"""kill -9 at any point: every call is transcribed once, nothing is lost, nothing is doubled.

Real processes, the real model, both databases. Each kill waits for what it is about, not for a time.
"""

import re
import signal
from collections import Counter
from collections.abc import Callable
from subprocess import Popen

import pytest
from sqlalchemy import select, text

from qcapp.transcripts.models import Transcription, TranscriptionState
from tests.transcripts.queue.conftest import Place
from tests.waiting import until

pytestmark = pytest.mark.model
State = TranscriptionState
PATIENCE_S = 240.0
CALLS = 6


def test_every_call_is_transcribed_once_wherever_a_process_is_killed(place: Place) -> None:
    place.add_calls(CALLS)
    killed(place, lambda: place.in_state(State.RUNNING))  # after a claim
    done = len(place.in_state(State.DONE))
    killed(place, lambda: len(place.in_state(State.DONE)) > done)  # after a commit, with others in hand
    killed_before_the_commit(place)
    for process in (place.start(), place.start()):
        assert process.poll() is None
    until(lambda: len(place.in_state(State.DONE)) == CALLS, PATIENCE_S)
    assert_once(place)


def test_who_was_thought_dead_and_comes_back_saves_nothing(place: Place) -> None:
    place.add_calls(1)
    sleeper = place.start()
    until(lambda: place.in_state(State.RUNNING), PATIENCE_S)
    sleeper.send_signal(signal.SIGSTOP)
    place.start()
    until(lambda: place.in_state(State.DONE), PATIENCE_S)
    (row,) = place.rows()
    before = [segment.id for segment in place.segments_of(row)]
    sleeper.send_signal(signal.SIGCONT)
    until(lambda: re.search("transcript is dropped|stopped", place.log.read_text()), PATIENCE_S)
    assert [segment.id for segment in place.segments_of(row)] == before
    assert_once(place)


def test_sigterm_gives_the_calls_back_at_once_without_costing_an_attempt(place: Place) -> None:
    place.add_calls(3)
    process = place.start(QCAPP_LEASE_S="3600")
    until(lambda: place.in_state(State.RUNNING), PATIENCE_S)
    process.terminate()
    assert process.wait(PATIENCE_S) == 0
    assert not place.in_state(State.RUNNING)
    assert {row.attempts for row in place.in_state(State.QUEUED)} <= {0}
    assert {row.token for row in place.rows()} == {None}


def test_an_orphan_gives_its_calls_back_and_ends(place: Place) -> None:
    place.add_calls(1)
    process = place.start(QCAPP_LEASE_S="3600")
    until(lambda: place.in_state(State.RUNNING), PATIENCE_S)
    assert process.stdin is not None
    process.stdin.close()  # as if the parent had died
    assert process.wait(PATIENCE_S) == 0
    assert not place.in_state(State.RUNNING)


def killed(place: Place, moment: Callable[[], object]) -> None:
    """Start a process and kill it when the moment has come."""
    process = place.start()
    until(moment, PATIENCE_S)
    kill(process)


def kill(process: Popen[bytes]) -> None:
    assert process.poll() is None
    process.kill()
    process.wait()


def killed_before_the_commit(place: Place) -> None:
    """Keep a process from saving its transcript, see that it tries, and kill it there."""
    row = next(row for row in place.rows() if row.state is not State.DONE)
    process = place.start("--only", str(row.call_id))
    until(lambda: place.row(row).state is State.RUNNING and place.row(row).token != row.token, PATIENCE_S)
    with place.database.writing() as session:  # holds the row; on SQLite, the database
        locked = select(Transcription.state).where(Transcription.id == row.id).with_for_update()
        assert session.scalar(locked) is State.RUNNING
        until(lambda: tries_to_save(place), PATIENCE_S)
        kill(process)
    assert place.segments_of(row) == []
    assert place.row(row).state is State.RUNNING


def tries_to_save(place: Place) -> bool:
    if place.database.engine.dialect.name == "sqlite":
        return "cannot be saved" in place.log.read_text()
    return saving_waits(place)


def saving_waits(place: Place) -> bool:
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%finished_at%'"
    )
    with place.database.reading() as session:
        return bool(session.scalar(waiting))


def assert_once(place: Place) -> None:
    """Every call has a text, none has a piece of it twice, and each was measured once."""
    rows = place.rows()
    for row in rows:
        pieces = Counter((piece.channel, piece.start_s, piece.text) for piece in place.segments_of(row))
        assert pieces, f"call {row.call_id} has no text"
        assert max(pieces.values()) == 1
        assert row.token is None
    assert place.count_metrics() == len(rows)
