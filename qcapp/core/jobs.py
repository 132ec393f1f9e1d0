"""Background work: Huey behind one URL. A queued job is a wake-up only; the row it speaks of is the truth.

Huey delivers at most once, so what must happen is written in a row first and found again by a periodic job.
"""

import json
import logging
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from functools import cached_property
from typing import Any

from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey
from huey.api import TaskWrapper
from huey.consumer import Consumer
from huey.registry import Message
from huey.serializer import Serializer
from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from qcapp.core.db import Database
from qcapp.core.errors import Unavailable
from qcapp.core.logs import work_id
from qcapp.settings import Settings

Job = Callable[..., object]
log = logging.getLogger(__name__)


def wake(session: Session, name: str, *args: int | str) -> None:
    """Start the job in a worker after the session's commit; a rollback takes it back. Twice is once."""
    session.info.setdefault("wakes", {})[name, args] = None


class JobQueue:
    """Jobs by name. Web processes only enqueue; a worker registers what the names mean and consumes."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._jobs: dict[str, Job] = {}
        self._context: Callable[[], AbstractContextManager[Any]] = nullcontext

    def attach(self, database: Database, context: Callable[[], AbstractContextManager[Any]]) -> None:
        """Deliver what the database's sessions wake; run every job inside ``context``."""
        database.provide(jobs=self)
        self._context = context

    def job(self, name: str, function: Job) -> None:
        """Say what a name means. Arguments are numbers and texts."""
        self._jobs[name] = function

    def periodic(self, name: str, function: Job, *, minutes: int = 1) -> None:
        """Run a job every so many minutes, on every worker host: it must bear running twice at once."""
        self.job(name, function)

        def due(moment: datetime) -> bool:
            return (moment.hour * 60 + moment.minute) % minutes == 0

        # A run that found no free thread for a minute is dropped: the next one is due already.
        self.huey.periodic_task(due, name=f"every:{name}", expires=60)(lambda: self.run(name))

    def enqueue(self, name: str, *args: int | str) -> None:
        """Put a job into the queue at once; services use ``wake``."""
        self._run_task(name, *args)

    def waiting(self) -> int:
        """Number of queued wake-ups."""
        return int(self.huey.pending_count())

    def run(self, name: str, *args: int | str) -> None:
        """Run a job here and now. Faults are logged with the job's id and never stop the worker."""
        work_id.set(f"{name}-{uuid.uuid4().hex[:8]}")
        if (function := self._jobs.get(name)) is None:
            log.error("nobody knows the job %s", name)
            return
        try:
            with self._context():
                function(*args)
        except Unavailable as fault:
            log.warning("the job %s%r has to wait: %s", name, args, fault)
        except Exception:
            log.exception("the job %s%r failed", name, args)

    def consumer(self, threads: int = 2) -> Consumer:
        """A consumer that is not started yet."""
        huey = (
            self._run_task.huey
        )  # by way of the task: what other processes enqueue must be known by name here
        return Consumer(huey, workers=threads, max_delay=1.0, shutdown_timeout=20)

    @cached_property
    def huey(self) -> Huey:
        """Made at first use, so that a web process starts while the queue's host does not."""
        url = self._settings.queue_url
        common = {"results": False, "serializer": JsonMessages()}
        if url.startswith(("postgresql://", "postgres://")):
            return PostgresHuey("qcapp", dsn=url, blocking=False, **common)  # asks each second, as for SQLite
        if url.startswith(("redis://", "rediss://")):
            return RedisHuey("qcapp", url=url, **common)
        file = self._settings.data_dir.resolve() / "queue.sqlite3"
        return SqliteHuey("qcapp", filename=str(file), **common)

    @cached_property
    def _run_task(self) -> TaskWrapper:
        return self.huey.task(name="run")(self.run)


class JsonMessages(Serializer):  # type: ignore[misc]
    """JSON, not pickle: whoever can write into the queue must not be able to run code in a worker."""

    def _serialize(self, data: Message) -> bytes:
        fields = {key: value for key, value in data._asdict().items() if value is not None}
        return json.dumps(fields, default=_moment).encode()

    def _deserialize(self, data: bytes) -> Message:
        fields = json.loads(bytes(data))
        for key in ("eta", "expires", "expires_resolved"):
            if isinstance(fields.get(key), str):
                fields[key] = datetime.fromisoformat(fields[key])
        return Message(**fields)


def _moment(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"a job cannot carry {type(value).__name__}")


@event.listens_for(Session, "after_commit")
def _deliver(session: Session) -> None:
    """A wake-up that cannot be delivered is only late: the periodic jobs find the row."""
    if session.in_nested_transaction():
        return
    queue: JobQueue | None = session.info.get("jobs")
    for name, args in session.info.pop("wakes", {}):
        if queue is not None:
            try:
                queue.enqueue(name, *args)
            except Exception:
                log.exception("the job %s%r could not be queued", name, args)


@event.listens_for(Session, "after_transaction_end")
def _forget(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop("wakes", None)
