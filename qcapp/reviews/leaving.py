"""What somebody who cannot score any more leaves behind: calls go back to the queue, calibrations go on without."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.core.jobs import JobQueue, wake
from qcapp.core.web import database
from qcapp.people.holding import hold
from qcapp.people.models import User
from qcapp.people.permissions import Permission, gone_from
from qcapp.reviews.calibration import leaving as calibrations
from qcapp.reviews.calibration.models import CalibrationReviewer
from qcapp.reviews.queue import leaving as queue
from qcapp.reviews.queue.models import Assignment
from qcapp.reviews.queue.states import OPEN

LEFT = "reviews.left"
EVERY_MINUTES = 10


def register(jobs: JobQueue) -> None:
    """Tell a worker what the names of these jobs mean."""

    def all_left() -> None:
        for user_id in left_behind():
            jobs.run(LEFT, user_id)  # one that fails stops no other

    jobs.job(LEFT, left)
    jobs.periodic("reviews.all_left", all_left, minutes=EVERY_MINUTES)


def note_change(session: Session, user_id: int) -> None:
    """The person may have lost the right to score. A lent one that ends is noticed by the periodic job."""
    wake(session, LEFT, user_id)


def left_behind() -> list[int]:
    """The ids of those who are expected to score something, and cannot any more."""
    queued = select(Assignment.reviewer_id).where(Assignment.state.in_(OPEN))
    calibrated = select(CalibrationReviewer.reviewer_id).where(calibrations.waited_for())
    expected = select(User).where(User.id.in_(queued) | User.id.in_(calibrated)).order_by(User.id)
    with database().reading() as session:
        return [user.id for user in session.scalars(expected) if gone_from(user, Permission.REVIEW)]


def left(user_id: int) -> None:
    """Twice is once, and whoever has come back keeps everything. The queue and each calibration are locked in turn."""
    with database().transaction() as session:
        (user,) = hold(session, User.id == user_id)
        if not gone_from(user, Permission.REVIEW):
            return
        queue.free_calls(session, user)
        parts = select(CalibrationReviewer.id).where(
            CalibrationReviewer.reviewer_id == user_id, calibrations.waited_for()
        )
        ids = session.scalars(parts.order_by(CalibrationReviewer.id)).all()
    for part_id in ids:
        with database().transaction() as session:
            calibrations.go_on_without(session, session.get_one(CalibrationReviewer, part_id))
