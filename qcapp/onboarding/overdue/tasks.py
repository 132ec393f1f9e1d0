"""Background work on overdue stages: whoever decides about them is told."""

from qcapp.core.jobs import JobQueue
from qcapp.core.web import database
from qcapp.onboarding.overdue import service as overdue

TELL = "onboarding.tell_overdue"
EVERY_MINUTES = 30


def register(queue: JobQueue) -> None:
    """Tell a worker what the names of these jobs mean."""

    def tell_due() -> None:
        for record_id in due():
            queue.run(TELL, record_id)  # one that fails stops no other

    queue.job(TELL, tell)
    queue.periodic("onboarding.overdue", tell_due, minutes=EVERY_MINUTES)


def due() -> list[int]:
    with database().reading() as session:
        return [late.record.id for late in overdue.overdue_today(session)]


def tell(record_id: int) -> None:
    with database().transaction() as session:
        overdue.tell_deciders(session, record_id)
