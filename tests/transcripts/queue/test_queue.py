"""Who may work on a call, for how long, how often, and what becomes of it when the work fails."""

from types import SimpleNamespace

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.core.audit import AuditEntry
from qcapp.core.errors import Forbidden, Refused
from qcapp.settings import Settings
from qcapp.transcripts import queue
from qcapp.transcripts.models import Transcription, TranscriptionState
from tests.transcripts.queue.calls import let_lease_pass, make_call, queue_calls

State = TranscriptionState


def test_asking_twice_queues_a_call_once(session: Session) -> None:
    call = make_call(session, 1)
    assert queue.request_transcription(session, call.id) is queue.request_transcription(session, call.id)
    assert session.scalars(select(Transcription)).one().state is State.QUEUED


def test_a_claim_takes_the_oldest_calls_and_nobody_else_gets_them(
    session: Session, settings: Settings
) -> None:
    rows = queue_calls(session, 3)
    first = queue.claim(session, 2, settings)
    assert [claim.id for claim in first] == [rows[0].id, rows[1].id]
    assert [claim.id for claim in queue.claim(session, 2, settings)] == [rows[2].id]
    assert queue.claim(session, 2, settings) == []


def test_a_claim_can_be_limited_to_some_calls(session: Session, settings: Settings) -> None:
    rows = queue_calls(session, 3)
    (claim,) = queue.claim(session, 5, settings, only={rows[2].call_id})
    assert claim.id == rows[2].id


def test_a_call_whose_lease_has_passed_is_taken_over(session: Session, settings: Settings) -> None:
    (row,) = queue_calls(session, 1)
    (lost,) = queue.claim(session, 1, settings)
    let_lease_pass(session, row)
    (taken,) = queue.claim(session, 1, settings)
    assert taken.id == lost.id
    assert taken.token != lost.token


def test_the_lease_is_measured_by_the_clock_of_the_database(session: Session, settings: Settings) -> None:
    queue_calls(session, 1)
    queue.claim(session, 1, settings)
    with time_machine.travel("2099-01-01T00:00:00Z"):  # this host's clock is far ahead
        assert queue.claim(session, 1, settings) == []


def test_renewing_keeps_the_call_and_shows_the_progress(session: Session, settings: Settings) -> None:
    (row,) = queue_calls(session, 1)
    (claim,) = queue.claim(session, 1, settings)
    let_lease_pass(session, row)
    assert queue.renew(session, claim, settings, 0.4)
    assert queue.claim(session, 1, settings) == []
    session.refresh(row)
    assert row.progress == pytest.approx(0.4)


def test_a_lost_call_can_neither_be_renewed_nor_finished_nor_failed(
    session: Session, settings: Settings
) -> None:
    (row,) = queue_calls(session, 1)
    (lost,) = queue.claim(session, 1, settings)
    let_lease_pass(session, row)
    queue.claim(session, 1, settings)
    assert not queue.renew(session, lost, settings, 0.5)
    with pytest.raises(queue.LeaseLostError):
        queue.mark_done(session, lost)
    with pytest.raises(queue.LeaseLostError):
        queue.fail(session, lost, settings)


def test_a_released_call_is_free_at_once_and_keeps_its_attempts(session: Session, settings: Settings) -> None:
    (row,) = queue_calls(session, 1)
    (claim,) = queue.claim(session, 1, settings)
    queue.release(session, claim)
    session.refresh(row)
    assert (row.state, row.attempts, row.token) == (State.QUEUED, 0, None)
    assert len(queue.claim(session, 1, settings)) == 1


def test_a_passing_fault_is_tried_again_later_and_alone(session: Session, settings: Settings) -> None:
    rows = queue_calls(session, 3)
    (claim,) = queue.claim(session, 1, settings)
    queue.fail(session, claim, settings)
    assert {again.id for again in queue.claim(session, 1, settings)} == {
        rows[1].id
    }  # the first one has to wait
    let_lease_pass(session, rows[0])
    assert [again.id for again in queue.claim(session, 5, settings)] == [rows[0].id]
    assert [again.id for again in queue.claim(session, 5, settings)] == [rows[2].id]


def test_after_the_last_attempt_the_call_has_failed_in_words(session: Session, settings: Settings) -> None:
    (row,) = queue_calls(session, 1)
    for _attempt in range(settings.max_attempts):
        let_lease_pass(session, row)
        (claim,) = queue.claim(session, 1, settings)
        queue.fail(session, claim, settings)
    session.refresh(row)
    assert (row.state, row.attempts, row.token) == (State.FAILED, 3, None)
    assert row.error == "Transcribing failed repeatedly; the worker's log says where. Try again."
    assert queue.claim(session, 1, settings) == []


def test_a_fault_of_the_recording_fails_the_call_at_once_with_its_sentence(
    session: Session, settings: Settings
) -> None:
    (row,) = queue_calls(session, 1)
    (claim,) = queue.claim(session, 1, settings)
    queue.fail(session, claim, settings, "There is no sound in the file.")
    session.refresh(row)
    assert (row.state, row.error) == (State.FAILED, "There is no sound in the file.")


def test_a_call_whose_worker_died_each_time_is_given_up(session: Session, settings: Settings) -> None:
    (row,) = queue_calls(session, 1)
    for _attempt in range(settings.max_attempts):
        let_lease_pass(session, row)
        assert len(queue.claim(session, 1, settings)) == 1
    assert queue.give_up(session, settings) == 0  # the last worker may still live
    let_lease_pass(session, row)
    assert queue.claim(session, 1, settings) == []
    assert queue.give_up(session, settings) == 1
    session.refresh(row)
    assert row.state is State.FAILED
    assert row.error is not None
    assert row.error.startswith("The worker died")


def test_a_failed_call_can_be_tried_again_by_who_may(
    session: Session, settings: Settings, people: SimpleNamespace
) -> None:
    (row,) = queue_calls(session, 1)
    (claim,) = queue.claim(session, 1, settings)
    queue.fail(session, claim, settings, "No sound.")
    session.refresh(row)
    with pytest.raises(Forbidden):
        queue.retry(session, row.call, by=people.max)
    queue.retry(session, row.call, by=people.kira)
    session.refresh(row)
    assert (row.state, row.attempts, row.error) == (State.QUEUED, 0, None)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "transcription_retried")).one()
    assert (entry.by_id, entry.thing) == (people.kira.id, f"call:{row.call_id}")
    with pytest.raises(Refused):
        queue.retry(session, row.call, by=people.kira)


def test_a_fault_that_holds_all_calls_is_said_beside_each_and_costs_no_attempt(
    session: Session, settings: Settings
) -> None:
    rows = queue_calls(session, 2)
    queue.hold(session, "The model is missing.")
    for row in rows:
        session.refresh(row)
        assert (row.state, row.attempts, row.error) == (State.QUEUED, 0, "The model is missing.")
    queue.claim(session, 1, settings)
    session.refresh(rows[0])
    assert rows[0].error is None
