"""One transcription process, as transcripts/crew.py starts it: ``python -m qcapp.transcriber``.

No command of ``qcapp``: the libraries of the model take seconds to load, and no other process needs them.
"""

import os
import select
from contextlib import suppress

import click

from qcapp import start
from qcapp.core import logs, web
from qcapp.core.supervision import StopSignal, stop_signals
from qcapp.transcripts import worker
from qcapp.transcripts.worker import Bench


@click.command()
@click.option("--threads", default=1, help="Of the model.")
@click.option("--only", default="", help="Numbers of the calls to take; default: all.")
def main(threads: int, only: str) -> None:
    """Take calls and transcribe them until told to stop."""
    logs.configure()
    calls = {int(number) for number in only.split(",")} if only else None
    with start().app_context(), stop_signals() as stop:
        bench = Bench(web.database(), web.storage(), web.settings(), calls, threads)
        line = _ParentLine(stop)
        worker.run(bench, line.told_to_stop, line.rest)


class _ParentLine:
    """Listens to the parent: bytes are wake-ups, the end of the pipe or a signal means stop.

    Two threads ask, the working one and the one that keeps the leases: the second finds nothing to read.
    """

    def __init__(self, stop: StopSignal) -> None:
        os.set_blocking(0, False)
        self._stop = stop
        self._orphan = False

    def told_to_stop(self) -> bool:
        self.rest(0)
        return self._orphan or self._stop.is_set()

    def rest(self, seconds: float) -> None:
        readable = select.select([0, self._stop], [], [], seconds)[0]
        if 0 in readable:
            with suppress(BlockingIOError):
                self._orphan = self._orphan or not os.read(0, 4096)


if __name__ == "__main__":
    main()
