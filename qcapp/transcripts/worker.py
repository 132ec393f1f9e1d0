"""One transcription process: claims calls as the model asks for more, and saves each as soon as it is ready.

The model works on the windows of several calls together. No transaction is open while it runs.
"""

import logging
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from qcapp.calls.models import Recording
from qcapp.core.db import Database
from qcapp.core.errors import Refused, Unavailable
from qcapp.core.i18n import _
from qcapp.core.storage import Storage
from qcapp.settings import Settings
from qcapp.transcripts import queue
from qcapp.transcripts.engine.transcribe import WhisperEngine
from qcapp.transcripts.engine.types import AUTO, Engine, Failure, Job, JobResult
from qcapp.transcripts.lease import Leases
from qcapp.transcripts.queue import Claim, LeaseLostError
from qcapp.transcripts.saving import finish

log = logging.getLogger(__name__)
RUN_OF_CALLS = 50
"""Calls that follow each other through the model; after them, those that failed before get a turn."""
POLL_S = 5.0
"""Between two looks at the queue without a wake-up."""
HOLD_S = 30.0
"""Between two tries to load a model, or to reach a database or storage, that is not there."""


class StoppedError(Exception):
    """The process was told to stop, or has lost all its calls."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What a worker works with; ``only``: the calls it may take, None for all; ``threads`` of the model."""

    database: Database
    storage: Storage
    settings: Settings
    only: Collection[int] | None = None
    threads: int = 1


def run(bench: Bench, told_to_stop: Callable[[], bool], rest: Callable[[float], None]) -> None:
    """Work until told to stop; ``rest(seconds)`` waits, or less if there is a wake-up."""
    engine = None
    while not told_to_stop():
        try:
            engine = engine or _load(bench)
            if engine is None:
                rest(HOLD_S)
            elif not Shift(bench, engine, told_to_stop).work():
                rest(POLL_S)
        except Unavailable as fault:
            log.warning("%s Trying again in %d s", fault, HOLD_S)
            rest(HOLD_S)
        except SQLAlchemyError:
            log.exception("a fault of the database; trying again in %d s", HOLD_S)
            rest(HOLD_S)


def _load(bench: Bench) -> Engine | None:
    """The model; without it no call is claimed, so none loses an attempt, and every waiting one says why."""
    settings = bench.settings
    reason, engine = None, None
    try:
        engine = WhisperEngine(settings.whisper_model, settings.data_dir, bench.threads)
        if settings.language not in (AUTO, *engine.whisper.languages):
            raise Refused(_("The model does not know the language %(code)s.", code=settings.language))
    except Refused as refusal:
        engine = None
        reason = str(refusal)
        log.error("no call is transcribed: %s", reason)
    with bench.database.transaction() as session:
        queue.hold(session, reason)
    return engine


class Shift:
    """A run of calls through the model; each is claimed when the model has room for it."""

    def __init__(self, bench: Bench, engine: Engine, told_to_stop: Callable[[], bool]) -> None:
        self._bench = bench
        self._engine = engine
        self._told_to_stop = told_to_stop
        self._leases = Leases(bench.database, bench.settings, told_to_stop)
        self._claims: dict[str, Claim] = {}
        self._files: dict[str, ExitStack] = {}
        self._held_up = False

    def work(self) -> bool:
        """Transcribe what waits; whether it is of use to look for more at once."""
        with self._leases:
            try:
                since = time.monotonic()
                for outcome in self._engine.transcribe(self._jobs(), self._progress):
                    # Calls are worked on together: the time since the one before is booked on this one.
                    now = time.monotonic()
                    self._take(outcome, now - since)
                    since = now
            except StoppedError:
                log.info("stopped")
            except (SQLAlchemyError, Unavailable):
                raise
            except Exception as error:  # whatever the model met: its calls are tried again, one by one
                log.exception("the model failed with %d calls in hand", len(self._leases.held()))
                for claim in self._leases.held():
                    self._fail(claim, error)
            finally:
                for files in self._files.values():
                    files.close()
                self._leases.release_all()
        return bool(self._claims) and not self._held_up

    def _jobs(self) -> Iterator[Job]:
        """Calls from the queue, one at a time, as the model asks for them.

        One that failed before goes alone: should it kill the process, no other call pays for it.
        """
        while len(self._claims) < RUN_OF_CALLS and not self._held_up and not self._told_to_stop():
            if (claim := self._claim()) is None:
                return
            self._claims[str(claim.id)] = claim
            self._leases.add(claim)
            if (job := self._job(claim)) is not None:
                yield job
            if claim.again:
                return

    def _claim(self) -> Claim | None:
        bench = self._bench
        try:
            with bench.database.reading() as session:
                if not queue.is_waiting(session, bench.only):
                    return None
            with bench.database.transaction() as session:
                queue.give_up(session, bench.settings)
                return queue.claim(session, bench.settings, only=bench.only, first_time=bool(self._claims))
        except Unavailable:
            # What is in hand is worth finishing; saving it is tried until it is done.
            log.warning("no further call could be claimed")
            return None

    def _job(self, claim: Claim) -> Job | None:
        """The recording as a local file; None if there is none, which may pass."""
        files = self._files[str(claim.id)] = ExitStack()
        try:
            with self._bench.database.reading() as session:
                recording = session.scalars(select(Recording).where(Recording.call_id == claim.call_id)).one()
            path = files.enter_context(self._bench.storage.local_path(recording.storage_key))
        except FileNotFoundError:
            self._fail(claim, Refused(_("The recording is not in the storage. Restore it from a backup.")))
            return None
        except Unavailable as fault:
            self._postpone(claim, fault)
            return None
        settings = self._bench.settings
        return Job(
            path,
            manager_channel=recording.manager_channel,
            language=settings.language,
            hotwords=", ".join(filter(None, (settings.company, settings.vocabulary))),
            key=str(claim.id),
            name=recording.filename,
        )

    def _progress(self, job: Job, share: float) -> None:
        self._leases.report(self._claims[job.key], share)
        if self._told_to_stop() or not self._leases.held():
            raise StoppedError

    def _take(self, outcome: JobResult, work_s: float) -> None:
        claim = self._claims[outcome.job.key]
        if isinstance(outcome.result, Failure):
            if outcome.result.fault:
                self._postpone(claim, outcome.result.fault)
            else:
                self._fail(claim, Refused(outcome.result.reason), final=True)
            return
        transcript = outcome.result
        try:
            self._write(
                lambda session: finish(
                    session, claim, outcome.job, transcript, engine=self._engine.name, work_s=work_s
                )
            )
        except LeaseLostError:
            log.warning("call %d is not ours any more; its transcript is dropped", claim.call_id)
        self._let_go(claim)

    def _fail(self, claim: Claim, error: Exception, *, final: bool = False) -> None:
        reason = str(error) if isinstance(error, Refused) else ""
        log.warning("call %d was not transcribed: %s", claim.call_id, reason or repr(error))
        with suppress(LeaseLostError):
            self._write(lambda session: queue.fail(session, claim, self._bench.settings, reason, final=final))
        self._let_go(claim)

    def _postpone(self, claim: Claim, fault: Unavailable) -> None:
        """Not this call is at fault: no attempt is lost, and no further call is claimed for a while."""
        self._held_up = True
        log.warning("call %d waits: %s", claim.call_id, fault)
        self._write(lambda session: queue.postpone(session, claim, HOLD_S, str(fault)))
        self._let_go(claim)

    def _write(self, change: Callable[[Session], object]) -> None:
        """In a transaction, as often as it takes: minutes of work are not thrown away because a database restarts."""
        told = False
        while True:
            try:
                with self._bench.database.transaction() as session:
                    change(session)
            except Unavailable as fault:
                if self._told_to_stop():
                    raise
                if not told:
                    log.warning("the work cannot be saved and is tried again: %s", fault)
                    told = True
                self._leases.show_life()
                time.sleep(POLL_S)
            else:
                return

    def _let_go(self, claim: Claim) -> None:
        self._leases.give_back(claim)
        if files := self._files.pop(str(claim.id), None):
            files.close()
