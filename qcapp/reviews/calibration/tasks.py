"""Background work on calibrations: reviewers are reminded of deadlines."""

from qcapp.core.jobs import JobQueue
from qcapp.core.web import database
from qcapp.reviews.calibration import reminders

REMIND = "calibrations.remind"
EVERY_MINUTES = 10


def register(queue: JobQueue) -> None:
    """Tell a worker what the names of these jobs mean."""

    def remind_due() -> None:
        for calibration_id in due():
            queue.run(REMIND, calibration_id)  # one that fails stops no other

    queue.job(REMIND, remind)
    queue.periodic("calibrations.remind_due", remind_due, minutes=EVERY_MINUTES)


def due() -> list[int]:
    with database().reading() as session:
        return list(reminders.due(session))


def remind(calibration_id: int) -> None:
    with database().transaction() as session:
        reminders.remind(session, calibration_id)
