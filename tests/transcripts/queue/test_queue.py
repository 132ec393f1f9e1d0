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


def take(session: Session, settings: Settings) -> queue.Claim:
    """A claim where there must be one."""
    claim = queue.claim(session, settings)
    assert claim is not None
    return claim


def test_asking_twice_queues_a_call_once(session: Session) -> None:
    call = make_call(session, 1)
    assert queue.request_transcription(session, call.id) is queue.request_transcription(session, call.id)
    assert session.scalars(select(Transcription)).one().state is State.QUEUED


def test_a_claim_takes_the_oldest_calls_and_nobody_else_gets_them(
    session: Session, settings: Settings
) -> None:
    rows = queue_calls(session, 3)
    assert [take(session, settings).id for _row in rows] == [row.id for row in rows]
    assert queue.claim(session, settings) is None
    assert not queue.is_waiting(session)


def test_a_claim_can_be_limited_to_some_calls(session: Session, settings: Settings) -> None:
    rows = queue_calls(session, 3)
    claim = queue.claim(session, settings, only={rows[2].call_id})
    assert claim is not None
    assert claim.id == rows[2].id
    assert queue.claim(session, settings, only={rows[2].call_id}) is None


def test_a_call_whose_lease_has_passed_is_taken_over(session: Session, settings: Settings) -> None:
    (row,) = queue_calls(session, 1)
    lost = take(session, settings)
    let_lease_pass(session, row)
    taken = take(session, settings)
    assert taken.id == lost.id
    assert taken.token != lost.token


def test_the_lease_is_measured_by_the_clock_of_the_database(session: Session, settings: Settings) -> None:
    queue_calls(session, 1)
    queue.claim(session, settings)
    with time_machine.travel("2099-01-01T00:00:00Z"):  # this host's clock is far ahead
        assert queue.claim(session, settings) is None


def test_renewing_keeps_the_call_and_shows_the_progress(session: Session, settings: Settings) -> None:
    (row,) = queue_calls(session, 1)
    claim = take(session, settings)
    let_lease_pass(session, row)
    assert queue.renew(session, claim, settings, 0.4)
    assert queue.claim(session, settings) is None
    session.refresh(row)
    assert row.progress == pytest.approx(0.4)


def test_a_lost_call_can_neither_be_renewed_nor_finished_nor_failed(
    session: Session, settings: Settings
) -> None:
    (row,) = queue_calls(session, 1)
    lost = take(session, settings)
    let_lease_pass(session, row)
    queue.claim(session, settings)
    assert not queue.renew(session, lost, settings, 0.5)
    with pytest.raises(queue.LeaseLostError):
        queue.mark_done(session, lost)
    with pytest.raises(queue.LeaseLostError):
        queue.fail(session, lost, settings)


def test_a_released_call_is_free_at_once_and_keeps_its_attempts(session: Session, settings: Settings) -> None:
    (row,) = queue_calls(session, 1)
    claim = take(session, settings)
    queue.release(session, claim)
    session.refresh(row)
    assert (row.state, row.attempts, row.token) == (State.QUEUED, 0, None)
    assert queue.claim(session, settings) is not None


def test_a_passing_fault_is_tried_again_after_a_while_before_the_others(
    session: Session, settings: Settings
) -> None:
    rows = queue_calls(session, 4)
    queue.fail(session, take(session, settings), settings)
    assert take(session, settings).id == rows[1].id  # the first one has to wait
    let_lease_pass(session, rows[0])
    fresh = queue.claim(session, settings, first_time=True)
    assert fresh is not None
    assert (fresh.id, fresh.again) == (rows[2].id, False)
    again = take(session, settings)
    assert (again.id, again.again) == (rows[0].id, True)


def test_after_the_last_attempt_the_call_has_failed_in_words(session: Session, settings: Settings) -> None:
    (row,) = queue_calls(session, 1)
    for _attempt in range(settings.max_attempts):
        let_lease_pass(session, row)
        claim = take(session, settings)
        queue.fail(session, claim, settings)
    session.refresh(row)
    assert (row.state, row.attempts, row.token) == (State.FAILED, 3, None)
    assert row.error == "Transcribing failed; the worker's log says where."
    assert queue.claim(session, settings) is None


def test_a_fault_of_the_recording_fails_the_call_at_once_with_its_sentence(
    session: Session, settings: Settings
) -> None:
    (row,) = queue_calls(session, 1)
    claim = take(session, settings)
    queue.fail(session, claim, settings, "There is no sound in the file.", final=True)
    session.refresh(row)
    assert (row.state, row.error) == (State.FAILED, "There is no sound in the file.")


def test_a_call_whose_worker_died_each_time_is_given_up(session: Session, settings: Settings) -> None:
    (row,) = queue_calls(session, 1)
    for _attempt in range(settings.max_attempts):
        let_lease_pass(session, row)
        assert queue.claim(session, settings) is not None
    assert queue.give_up(session, settings) == 0  # the last worker may still live
    let_lease_pass(session, row)
    assert queue.claim(session, settings) is None
    assert queue.give_up(session, settings) == 1
    session.refresh(row)
    assert row.state is State.FAILED
    assert row.error is not None
    assert row.error.startswith("The worker died")


def test_a_failed_call_can_be_tried_again_by_who_may(
    session: Session, settings: Settings, people: SimpleNamespace
) -> None:
    (row,) = queue_calls(session, 1)
    claim = take(session, settings)
    queue.fail(session, claim, settings, "No sound.", final=True)
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
    queue.claim(session, settings)
    session.refresh(rows[0])
    assert rows[0].error is None
