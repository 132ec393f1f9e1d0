"""How gunicorn serves the pages: read by ``qcapp serve``, whose options come on top."""

import gc
import os
from typing import Any

from qcapp.core import process
from qcapp.core.supervision import UNDER_PARENT, stop_with_parent
from qcapp.core.web import CHANGES_AT_ONCE

wsgi_app = "qcapp:start()"
worker_class = "gthread"  # a browser that hears a call holds its connection: a thread each, not a process
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


def when_ready(_server: object) -> None:
    """In the master process: end with ``qcapp up``, even if that is killed."""
    if os.environ.get(UNDER_PARENT):
        stop_with_parent()
