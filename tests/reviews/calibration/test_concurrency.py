"""Two at once, with real commits on both databases: one draft for a double click, one end of the blind phase."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qcapp import create_app
from qcapp.checklists.service import load_card
from qcapp.core import clock
from qcapp.core.audit import AuditEntry
from qcapp.core.db import Database
from qcapp.people.models import User
from qcapp.reviews import service
from qcapp.reviews.calibration import service as calibrating
from qcapp.reviews.calibration.models import Calibration, CalibrationReviewer, CalibrationState
from qcapp.reviews.models import Review
from qcapp.settings import Settings
from tests.at_once import at_once
from tests.factories.calls import make_call
from tests.factories.people import make_cast
from tests.reviews.conftest import CARD, GOOD, draft


@pytest.fixture
def app(settings: Settings, committed: Database) -> Flask:
    """A calibration of one call by Kira and Lidia."""
    app = create_app(settings, committed)
    with app.app_context(), committed.transaction() as session:
        people = make_cast(session)
        calibrating.plan_calibration(
            session,
            title="October",
            version=load_card(session, CARD, by=None).version,
            calls=[make_call(session, people.max)],
            reviewers=[people.kira, people.lidia],
            due_at=clock.now() + timedelta(days=1),
            by=people.lidia,
        )
    return app


def begun(session: Session, by: User) -> int:
    calibration = session.scalars(select(Calibration)).one()
    return calibrating.begin(session, calibration, calibration.calls[0].call, by=by).id


def test_a_double_click_begins_one_draft(app: Flask, committed: Database) -> None:
    ids = []

    def begin(session: Session, by: User, _number: int) -> None:
        ids.append(begun(session, by))

    assert at_once(app, begin, "kira", "kira") == ["", ""]
    first, second = ids
    assert first == second


def test_the_last_two_who_hand_in_at_once_end_the_blind_phase_once(app: Flask, committed: Database) -> None:
    for login in ("kira", "lidia"):
        with app.app_context(), committed.transaction() as session:
            by = session.scalars(select(User).where(User.login == login)).one()
            review = session.get_one(Review, begun(session, by))
            service.save_draft(session, review, draft(review, GOOD), by=by)

    def hand_in(session: Session, by: User, _number: int) -> None:
        review = session.scalars(select(Review).where(Review.reviewer_id == by.id)).one()
        service.publish_review(session, review, by=by)

    assert at_once(app, hand_in, "kira", "lidia") == ["", ""]
    with committed.reading() as session:
        assert session.scalars(select(Calibration.state)).one() is CalibrationState.REFERENCE
        assert all(session.scalars(select(CalibrationReviewer.submitted_at)).all())
        ended = select(func.count()).where(AuditEntry.action == "calibration_blind_ended")
        assert session.scalar(ended) == 1
