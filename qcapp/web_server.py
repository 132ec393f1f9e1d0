"""How gunicorn serves the pages: read by ``qcapp serve``, whose options come on top."""

import gc
import os
import socket
import struct
from typing import Any

from gunicorn.arbiter import Arbiter
from gunicorn.workers.gthread import ThreadWorker

from qcapp.core import process
from qcapp.core.supervision import UNDER_PARENT, stop_with_parent
from qcapp.core.web import CHANGES_AT_ONCE

SILENCE_S = 30  # how long a client that has more to send may send nothing


class Worker(ThreadWorker):  # type: ignore[misc]
    """A thread for each connection, because a browser that hears a call holds its own."""

    def is_parent_alive(self) -> bool:
        """Without its master it finishes what it has begun, and at once leaves the address to the next master."""
        alive = bool(super().is_parent_alive())
        if not alive:
            self.set_accept_enabled(False)
            for listener in self.sockets:
                listener.close()
        return alive


wsgi_app = "qcapp:start()"
worker_class = Worker
workers = 2
threads = CHANGES_AT_ONCE + 4
timeout = 120
graceful_timeout = 20
keepalive = 1  # also how long a spare connection of a browser may hold up the end of a process
control_socket_disable = True
# A temporary file that is touched each second; on a real disk that can stall a worker.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
# Without the query string and the page before it, which hold what somebody looked for.
access_log_format = '%(h)s "%(m)s %(U)s" %(s)s %(B)s B %(M)s ms'
logconfig_dict: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "qcapp.core.logs.JsonLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"level": "INFO", "handlers": ["stderr"]},
    "loggers": {f"gunicorn.{name}": {"handlers": [], "propagate": True} for name in ("error", "access")},
}


def on_starting(_server: object) -> None:
    """In the master process, whose workers begin as it does."""
    process.begin()


def post_worker_init(_worker: object) -> None:
    """What the start has made stays: looking through it for garbage held up one page in twenty for 150 ms."""
    gc.collect()
    gc.freeze()


def when_ready(server: Arbiter) -> None:
    """In the master process: no silent client keeps a thread for good; it ends with ``qcapp up``, even if killed."""
    for listener in server.LISTENERS:  # connections inherit it; for receiving only, since a player may pause
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("@ll", SILENCE_S, 0))
    if os.environ.get(UNDER_PARENT):
        stop_with_parent()
