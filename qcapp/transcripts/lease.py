"""Keeps claimed calls for a worker while the model runs: a thread with short transactions of its own."""

import logging
import os
import threading
import time
from collections.abc import Callable
from typing import Self

from sqlalchemy.exc import SQLAlchemyError

from qcapp.core.db import Database
from qcapp.core.errors import Unavailable
from qcapp.settings import Settings
from qcapp.transcripts import queue
from qcapp.transcripts.queue import Claim

log = logging.getLogger(__name__)
SHOW_EVERY_S = 2.0
STUCK_AFTER_S = 900.0
"""The model works in steps of seconds. A worker without one for so long will never come back by itself."""


class Leases:
    """The claims of one worker, renewed until they are given back or lost.

    When the worker is told to stop they are released at once, since a step of the model may take longer than
    anybody waits for the process to end.
    """

    def __init__(
        self, database: Database, settings: Settings, told_to_stop: Callable[[], bool] = lambda: False
    ) -> None:
        self._database = database
        self._settings = settings
        self._told_to_stop = told_to_stop
        self._progress: dict[Claim, float] = {}
        self._shown: dict[Claim, float] = {}
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._alive = self._renewed = time.monotonic()
        self._thread = threading.Thread(target=self._keep, name="leases", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        self._thread.join()

    def add(self, claim: Claim) -> None:
        """Renew this claim from now on."""
        with self._lock:
            self._alive = time.monotonic()
            self._progress[claim] = 0.0

    def show_life(self) -> None:
        """Say that the worker waits for something and is not stuck."""
        with self._lock:
            self._alive = time.monotonic()

    def report(self, claim: Claim, share: float) -> None:
        """Say how far a call is, 0…1; this also shows that the worker lives."""
        with self._lock:
            self._alive = time.monotonic()
            if claim in self._progress:
                self._progress[claim] = share

    def give_back(self, claim: Claim) -> None:
        """Stop renewing: the call is finished, failed or released."""
        with self._lock:
            self._progress.pop(claim, None)

    def held(self) -> list[Claim]:
        """The claims that are still ours and not given back."""
        with self._lock:
            return list(self._progress)

    def release_all(self) -> None:
        """Give every call back untouched."""
        for claim in self.held():
            with self._database.transaction() as session:
                queue.release(session, claim)
            self.give_back(claim)

    def _keep(self) -> None:
        pace = min(SHOW_EVERY_S, self._settings.lease_s / 4)
        while not self._ended.wait(pace):
            if time.monotonic() - self._alive > STUCK_AFTER_S:
                log.critical(
                    "no step of work for %d s: the process ends, its calls are taken over", STUCK_AFTER_S
                )
                os._exit(os.EX_SOFTWARE)
            try:
                if self._told_to_stop():
                    self.release_all()
                self._renew()
            except (SQLAlchemyError, Unavailable):
                log.warning("the leases could not be renewed; trying again", exc_info=True)

    def _renew(self) -> None:
        with self._lock:
            current = dict(self._progress)
        due = time.monotonic() - self._renewed >= self._settings.lease_s / 3
        changed = {claim: share for claim, share in current.items() if due or self._shown.get(claim) != share}
        if not changed:
            return
        with self._database.transaction() as session:
            lost = [
                claim
                for claim, share in changed.items()
                if not queue.renew(session, claim, self._settings, share)
            ]
        self._shown = current
        if due:
            self._renewed = time.monotonic()
        for claim in lost:
            # Given back meanwhile, or taken over by somebody who thought us dead.
            self.give_back(claim)
