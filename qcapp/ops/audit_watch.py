"""Notes the newest entry of the audit log outside the database, so that a log that was cut off shows."""

import logging

from qcapp.core import audit
from qcapp.core.jobs import JobQueue
from qcapp.core.web import database

log = logging.getLogger(__name__)


def register(queue: JobQueue) -> None:
    """Tell a worker what the names of these jobs mean."""
    queue.periodic("ops.note_audit_head", note_head, minutes=5)


def note_head() -> None:
    """Note the newest entry on this host, unless the one noted before is gone."""
    with database().reading() as session:
        if not audit.note_head(session):
            log.error("the audit log was cut off: run qcapp audit verify")
