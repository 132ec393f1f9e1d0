"""Background work after erasures."""

from qcapp.core.jobs import JobQueue
from qcapp.core.web import database, storage
from qcapp.privacy.erasing import REMOVE
from qcapp.privacy.removing import remove_leftovers, scrub

DAY = 24 * 60


def register(queue: JobQueue) -> None:
    """Tell a worker what the names of these jobs mean."""
    queue.job(REMOVE, remove)
    queue.periodic("privacy.remove", sweep, minutes=10)
    queue.periodic("privacy.scrub", lambda: scrub(database()), minutes=DAY)


def remove() -> None:
    """What an erasure has left outside its transaction."""
    remove_leftovers(database(), storage())
    scrub(database())


def sweep() -> None:
    """The same where the wake-up was lost, or a storage did not answer."""
    if remove_leftovers(database(), storage()):
        scrub(database())
