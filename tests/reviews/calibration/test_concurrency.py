"""Two at once, with real commits on both databases: one draft for a double click, one end of the blind phase."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qcapp import create_app
from qcapp.checklists.service import load_card
from qcapp.core import clock
from qcapp.core.audit import AuditEntry
from qcapp.core.db import Base, Database
from qcapp.people.models import User
from qcapp.reviews import service
from qcapp.reviews.calibration import service as calibrating
from qcapp.reviews.calibration.models import Calibration, CalibrationReviewer, CalibrationState
from qcapp.reviews.models import Review
from qcapp.settings import Settings
from tests.factories.calls import make_call
from tests.factories.people import make_cast
from tests.reviews.conftest import CARD, GOOD, draft

AT_ONCE = 2


@pytest.fixture
def committed(database_url: str) -> Iterator[Database]:
    """A database of its own, without a transaction around the test."""
    database = Database(database_url)
    Base.metadata.create_all(database.engine)
    yield database
    database.engine.dispose()


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


def together(app: Flask, database: Database, deed: Callable[[Session, str], int], *logins: str) -> list[int]:
    """The deed done for these people at the same moment; on SQLite one writer stands in line for the other."""
    barrier = Barrier(AT_ONCE)

    def do(login: str) -> int:
        with app.app_context(), database.transaction() as session:
            if database.engine.dialect.name == "postgresql":
                session.scalar(select(func.count()).select_from(User))
                barrier.wait(timeout=30)
            return deed(session, login)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(do, logins))


def person(session: Session, login: str) -> User:
    return session.scalars(select(User).where(User.login == login)).one()


def begun(session: Session, login: str) -> int:
    calibration = session.scalars(select(Calibration)).one()
    review = calibrating.begin(session, calibration, calibration.calls[0].call, by=person(session, login))
    return review.id


def handed_in(session: Session, login: str) -> int:
    by = person(session, login)
    review = session.scalars(select(Review).where(Review.reviewer_id == by.id)).one()
    return service.publish_review(session, review, by=by).id


def test_a_double_click_begins_one_draft(app: Flask, committed: Database) -> None:
    first, second = together(app, committed, begun, "kira", "kira")
    assert first == second


def test_the_last_two_who_hand_in_at_once_end_the_blind_phase_once(app: Flask, committed: Database) -> None:
    for login in ("kira", "lidia"):
        with app.app_context(), committed.transaction() as session:
            review = session.get_one(Review, begun(session, login))
            service.save_draft(session, review, draft(review, GOOD), by=review.reviewer)
    together(app, committed, handed_in, "kira", "lidia")
    with committed.reading() as session:
        assert session.scalars(select(Calibration.state)).one() is CalibrationState.REFERENCE
        assert all(session.scalars(select(CalibrationReviewer.submitted_at)).all())
        ended = select(func.count()).where(AuditEntry.action == "calibration_blind_ended")
        assert session.scalar(ended) == 1
