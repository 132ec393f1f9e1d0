"""The comparison of rows and stored files as background work: everything once in less than a week."""

from qcapp.calls.ingest import retried
from qcapp.core.jobs import JobQueue
from qcapp.core.web import database, storage
from qcapp.ops.files import service
from qcapp.ops.files.checking import demand_storage

EVERY_MINUTES = 30  # 257 parts: five days and a half


def register(queue: JobQueue) -> None:
    """Tell a worker what the name of this job means."""
    queue.periodic("ops.look_at_files", look_at_next_part, minutes=EVERY_MINUTES)


def look_at_next_part() -> None:
    demand_storage(database(), storage())
    part = retried(database(), service.claim)
    if part is not None:
        service.go_through(database(), storage(), part)
