"""Background work after erasures."""

from qcapp.core.jobs import JobQueue
from qcapp.core.web import database, storage
from qcapp.privacy.erasing import REMOVE
from qcapp.privacy.removing import remove_leftovers, scrub
from qcapp.privacy.retention import take_some

DAY = 24 * 60
SLICES = 20  # at most so many in one run, each in a transaction of its own


def register(queue: JobQueue) -> None:
    """Tell a worker what the names of these jobs mean."""
    queue.job(REMOVE, remove)
    queue.periodic("privacy.remove", sweep, minutes=10)
    queue.periodic("privacy.age", age, minutes=30)
    queue.periodic("privacy.scrub", lambda: scrub(database()), minutes=DAY)


def remove() -> None:
    """What an erasure has left outside its transaction."""
    remove_leftovers(database(), storage())
    scrub(database())


def sweep() -> None:
    """The same where the wake-up was lost, or a storage did not answer."""
    if remove_leftovers(database(), storage()):
        scrub(database())


def age() -> None:
    """Erase what is past its days, some calls at a time."""
    for _slice in range(SLICES):
        with database().transaction() as session:
            if take_some(session) is None:
                break
