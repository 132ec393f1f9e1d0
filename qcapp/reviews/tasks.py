"""Background work on reviews: those that wait are published when their moment has come."""

from qcapp.core.jobs import JobQueue
from qcapp.core.web import database
from qcapp.reviews import scheduling

PUBLISH = "reviews.publish"


def register(queue: JobQueue) -> None:
    """Tell a worker what the names of these jobs mean."""

    def publish_due() -> None:
        for review_id in due():
            queue.run(PUBLISH, review_id)  # one that fails stops no other

    queue.job(PUBLISH, publish)
    queue.periodic("reviews.publish_due", publish_due)


def due() -> list[int]:
    with database().reading() as session:
        return scheduling.due(session)


def publish(review_id: int) -> None:
    with database().transaction() as session:
        scheduling.publish_due(session, review_id)
