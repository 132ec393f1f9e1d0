"""The worker's jobs, each in a process of its own that dies when it is told to.

Reads a line for each, its name and how many seconds later than now it runs, and answers how it ended.
"""

import os
import sys
from datetime import timedelta

import qcapp
from qcapp import pipeline
from qcapp.core import clock
from tests.kills import mortal  # noqa: F401


def run(name: str, later_s: int) -> None:
    queue = qcapp.start().extensions["qcapp_jobs"]
    pipeline.register_jobs(queue, wake_transcribers=lambda: None)
    with clock.at(clock.now() + timedelta(seconds=later_s)):
        queue.run(name)


for line in sys.stdin:
    name, later = line.split()
    child = os.fork()
    if child == 0:
        run(name, int(later))
        os._exit(0)
    _pid, status = os.waitpid(child, 0)
    sys.stdout.write("killed\n" if os.WIFSIGNALED(status) else "done\n")
    sys.stdout.flush()
