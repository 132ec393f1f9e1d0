"""Reminds reviewers of a calibration whose deadline is near, and once more when it has passed."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from qcapp.core import clock
from qcapp.people.models import Notice
from qcapp.people.notices import notify
from qcapp.reviews.calibration.models import Calibration, CalibrationReviewer, CalibrationState

NEAR = timedelta(days=1)


def due(session: Session) -> Sequence[int]:
    """The calibrations being scored whose deadline is near or over."""
    running = (Calibration.state == CalibrationState.BLIND, Calibration.due_at <= clock.now() + NEAR)
    return session.scalars(select(Calibration.id).where(*running).order_by(Calibration.id)).all()


def remind(session: Session, calibration_id: int) -> None:
    """Tell those who have not handed everything in, each once that the deadline is near and once that it is over."""
    wanted = select(Calibration).where(Calibration.id == calibration_id).with_for_update(of=Calibration)
    calibration = session.scalars(wanted.execution_options(populate_existing=True)).one()
    kind = _kind(calibration)
    if kind is None:
        return
    path = f"/calibrations/{calibration.id}"
    for part in calibration.reviewers:
        if part.submitted_at is None and part.left_at is None and not _told(session, part, kind, path):
            notify(session, part.reviewer, kind, path, title=calibration.title)


def _kind(calibration: Calibration) -> str | None:
    now = clock.now()
    if calibration.state is not CalibrationState.BLIND:
        return None
    if calibration.due_at <= now:
        return "calibration_overdue"
    # Who was asked only a moment ago need not be reminded.
    near = calibration.due_at - NEAR <= now and calibration.created_at <= now - NEAR
    return "calibration_due_soon" if near else None


def _told(session: Session, part: CalibrationReviewer, kind: str, path: str) -> bool:
    """The notices themselves are the record."""
    mine = (Notice.user_id == part.reviewer_id, Notice.kind == kind, Notice.path == path)
    return bool(session.scalar(select(exists().where(*mine))))
