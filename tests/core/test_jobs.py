"""Wake-ups are sent after the commit, never after a rollback, and never stand in the way of the work."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest
from fakeredis import TcpFakeServer
from huey.consumer import Consumer
from sqlalchemy import text

from qcapp.core.db import Database
from qcapp.core.jobs import JobQueue, wake
from qcapp.settings import Settings
from tests.databases import fresh_url
from tests.waiting import until


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with fresh_url("sqlite", tmp_path) as url:
        database = Database(url)
        yield database
        database.engine.dispose()


@contextmanager
def redis_url() -> Iterator[str]:
    """A server that speaks Redis over a socket."""
    server = TcpFakeServer(("127.0.0.1", 0), server_type="redis")
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"redis://127.0.0.1:{server.server_address[1]}/0"
    server.shutdown()
    server.server_close()


@contextmanager
def queue_url(kind: str, folder: Path) -> Iterator[str]:
    match kind:
        case "sqlite":
            yield ""
        case "postgresql":
            with fresh_url(kind, folder) as url:
                yield url.replace("+psycopg", "")
        case "redis":
            with redis_url() as url:
                yield url


@pytest.fixture(params=["sqlite", "postgresql", "redis"])
def queue(
    request: pytest.FixtureRequest, settings: Settings, database: Database, tmp_path: Path
) -> Iterator[JobQueue]:
    with queue_url(request.param, tmp_path) as url:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        settings.queue_url = url
        queue = JobQueue(settings)
        queue.attach(database, nullcontext)
        yield queue
        queue.huey.storage.close()


@pytest.fixture
def run(queue: JobQueue) -> Iterator[Callable[[], Consumer]]:
    started: list[Consumer] = []

    def run() -> Consumer:
        consumer = queue.consumer()
        consumer.start()
        started.append(consumer)
        return consumer

    yield run
    for consumer in started:
        consumer.stop(graceful=True)


def test_a_job_is_queued_only_after_the_commit(queue: JobQueue, database: Database) -> None:
    with database.transaction() as session:
        session.execute(text("SELECT 1"))
        wake(session, "greet", 1)
        assert queue.waiting() == 0
    assert queue.waiting() == 1


def test_a_rollback_takes_the_job_back(queue: JobQueue, database: Database) -> None:
    with database.writing() as session:
        session.execute(text("SELECT 1"))
        wake(session, "greet", 1)
        session.rollback()
        session.execute(text("SELECT 1"))
        session.commit()
    assert queue.waiting() == 0


def test_the_end_of_a_savepoint_is_not_yet_the_commit(queue: JobQueue, database: Database) -> None:
    with database.transaction() as session:
        with session.begin_nested():
            wake(session, "greet", 1)
        assert queue.waiting() == 0
    assert queue.waiting() == 1


def test_the_same_job_twice_in_a_transaction_is_queued_once(queue: JobQueue, database: Database) -> None:
    with database.transaction() as session:
        session.execute(text("SELECT 1"))
        wake(session, "greet", 1)
        wake(session, "greet", 1)
        wake(session, "greet", 2)
    assert queue.waiting() == 2


def test_a_worker_runs_the_job_with_its_arguments(
    queue: JobQueue, database: Database, run: Callable[[], Consumer]
) -> None:
    greeted: list[tuple[int, str]] = []
    queue.job("greet", lambda number, name: greeted.append((number, name)))
    run()
    with database.transaction() as session:
        session.execute(text("SELECT 1"))
        wake(session, "greet", 7, "Кира")
    until(lambda: greeted == [(7, "Кира")])


def test_a_worker_runs_what_another_process_has_queued(
    queue: JobQueue, settings: Settings, run: Callable[[], Consumer]
) -> None:
    elsewhere = JobQueue(settings)
    elsewhere.enqueue("greet", 7, "Кира")
    elsewhere.huey.storage.close()
    greeted: list[tuple[int, str]] = []
    queue.job("greet", lambda number, name: greeted.append((number, name)))
    run()
    until(lambda: greeted == [(7, "Кира")])


def test_a_job_that_fails_is_logged_and_the_next_one_runs(
    queue: JobQueue, run: Callable[[], Consumer], caplog: pytest.LogCaptureFixture
) -> None:
    done: list[int] = []
    queue.job("break", lambda: 1 // 0)
    queue.job("work", lambda: done.append(1))
    run()
    queue.enqueue("break")
    queue.enqueue("unknown")
    queue.enqueue("work")
    until(lambda: done == [1])
    until(lambda: "the job break() failed" in caplog.text and "nobody knows the job unknown" in caplog.text)


def test_a_queue_out_of_reach_does_not_break_the_commit(
    settings: Settings, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    settings.queue_url = "postgresql://nobody@127.0.0.1:1/nowhere"
    JobQueue(settings).attach(database, nullcontext)
    with database.transaction() as session:
        session.execute(text("CREATE TABLE thing (id INTEGER)"))
        wake(session, "greet", 1)
    with database.transaction() as session:
        assert session.execute(text("SELECT count(*) FROM thing")).scalar() == 0
    assert "could not be queued" in caplog.text


def test_what_lies_in_the_queue_is_json(queue: JobQueue) -> None:
    queue.enqueue("greet", 1)
    (message,) = queue.huey.storage.enqueued_items()
    assert bytes(message).startswith(b'{"id"')


def test_a_periodic_job_is_due_every_so_many_minutes(queue: JobQueue) -> None:
    queue.periodic("sweep", lambda: None, minutes=5)
    (task,) = queue.huey._registry.periodic_tasks
    due = [
        minute for minute in range(60) if task.validate_datetime(datetime(2025, 11, 3, 7, minute, tzinfo=UTC))
    ]
    assert due == list(range(0, 60, 5))
