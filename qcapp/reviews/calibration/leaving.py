"""Calibrations in which somebody takes part who cannot score any more."""

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from qcapp.core import clock
from qcapp.people.notices import notify_each
from qcapp.reviews.calibration import queries, service
from qcapp.reviews.calibration.models import Calibration, CalibrationReviewer, CalibrationState


def waited_for() -> ColumnElement[bool]:
    """The SQL condition on ``CalibrationReviewer`` that keeps those who have not handed everything in, and should."""
    blind = select(Calibration.id).where(Calibration.state == CalibrationState.BLIND)
    return and_(
        CalibrationReviewer.calibration_id.in_(blind),
        CalibrationReviewer.submitted_at.is_(None),
        CalibrationReviewer.left_at.is_(None),
    )


def go_on_without(session: Session, part: CalibrationReviewer) -> None:
    """Nobody waits for this reviewer: where all others are through, the scoring ends. Who runs it is told."""
    calibration = part.calibration
    service.lock(session, calibration)
    session.refresh(part)
    if calibration.state is not CalibrationState.BLIND or part.submitted_at or part.left_at:
        return
    part.left_at = clock.now()
    session.flush()
    facts = {"title": calibration.title, "reviewer": part.reviewer.name}
    path = f"/calibrations/{calibration.id}"
    notify_each(session, queries.who_runs(session, calibration), "calibration_without", path, **facts)
    service.end_if_through(session, calibration)
