"""The renewer keeps a call while its worker lives, and lets go of what is given back or lost."""

from collections.abc import Iterator

import pytest

from qcapp.core.db import Database
from qcapp.settings import Settings
from qcapp.transcripts import queue
from qcapp.transcripts.lease import Leases
from qcapp.transcripts.models import Transcription, TranscriptionState
from tests.transcripts.queue.calls import created, let_lease_pass, queue_calls
from tests.waiting import until


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with created(database_url) as database:
        yield database


@pytest.fixture
def short(settings: Settings) -> Settings:
    settings.lease_s = 1
    return settings


def start(database: Database, settings: Settings) -> tuple[Transcription, queue.Claim]:
    with database.transaction() as session:
        (row,) = queue_calls(session, 1)
        claim = queue.claim(session, settings)
    assert claim is not None
    return row, claim


def test_a_call_is_kept_beyond_its_first_lease(database: Database, short: Settings) -> None:
    row, claim = start(database, short)
    with Leases(database, short) as leases:
        leases.add(claim)
        first = _row(database, row.id).lease_until
        assert first is not None
        until(lambda: _row(database, row.id).lease_until > first + 2 * short.lease)
        with database.transaction() as session:
            assert queue.claim(session, short) is None
    until(lambda: _claim(database, short))  # nobody renews any more


def test_the_progress_is_shown(database: Database, short: Settings) -> None:
    row, claim = start(database, short)
    with Leases(database, short) as leases:
        leases.add(claim)
        leases.report(claim, 0.25)
        until(lambda: _row(database, row.id).progress == pytest.approx(0.25))


def test_a_lost_call_is_noticed(database: Database, settings: Settings) -> None:
    row, claim = start(database, settings)
    with database.transaction() as session:
        let_lease_pass(session, row)
        assert queue.claim(session, settings) is not None
    with Leases(database, settings) as leases:
        leases.add(claim)
        until(lambda: not leases.held())


def test_a_call_given_back_is_left_alone(database: Database, short: Settings) -> None:
    row, claim = start(database, short)
    with Leases(database, short) as leases:
        leases.add(claim)
        leases.give_back(claim)
        leases.report(claim, 0.5)
        assert leases.held() == []
        until(lambda: _claim(database, short))
    assert _row(database, row.id).progress == 0.0


def test_who_is_told_to_stop_gives_all_calls_back_before_the_model_is_done(
    database: Database, short: Settings
) -> None:
    row, claim = start(database, short)
    with Leases(database, short, told_to_stop=lambda: True) as leases:
        leases.add(claim)
        until(lambda: _row(database, row.id).state is TranscriptionState.QUEUED)
        until(lambda: not leases.held())
    assert _row(database, row.id).attempts == 0


def test_a_database_that_is_away_for_a_moment_costs_nothing(
    database: Database, short: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    row, claim = start(database, short)
    away = Database("sqlite:////nowhere/at/all.sqlite3")
    with Leases(away, short) as leases:
        leases.add(claim)
        until(lambda: "could not be renewed" in caplog.text)
        assert leases.held() == [claim]
        leases._database = database  # it is back
        until(lambda: _row(database, row.id).lease_until > _row(database, row.id).started_at)


def _row(database: Database, key: int) -> Transcription:
    with database.reading() as session:
        return session.get_one(Transcription, key)


def _claim(database: Database, settings: Settings) -> queue.Claim | None:
    with database.transaction() as session:
        return queue.claim(session, settings)
