"""Two workers that publish the same review at once, with real commits on both databases."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from qcapp import create_app
from qcapp.checklists.service import load_card
from qcapp.core import clock
from qcapp.core.audit import AuditEntry
from qcapp.core.db import Database
from qcapp.people.models import Notice
from qcapp.reviews import scheduling, service, tasks
from qcapp.reviews.models import Review, ReviewState
from qcapp.settings import Settings
from tests.at_once import Meet, together
from tests.factories.calls import make_call
from tests.factories.people import make_cast
from tests.reviews.conftest import CARD, GOOD, draft

WORKERS = 4


@pytest.fixture
def app(settings: Settings, committed: Database) -> Flask:
    """An application with a review that is due in an hour."""
    app = create_app(settings, committed)
    with app.app_context(), committed.transaction() as session:
        people = make_cast(session)
        checklist = load_card(session, CARD, by=None).version.checklist
        review = service.begin_review(session, make_call(session, people.max), checklist, by=people.kira)
        service.save_draft(session, review, draft(review, GOOD), by=people.kira)
        scheduling.schedule_review(session, review, clock.now() + timedelta(hours=1), by=people.kira)
    return app


def test_workers_that_come_at_once_publish_it_once(committed: Database, app: Flask) -> None:
    def work(_number: int, meet: Meet) -> None:
        with app.app_context():
            ids = tasks.due()
            meet()
            for review_id in ids:
                tasks.publish(review_id)

    with time_machine.travel(clock.now() + timedelta(hours=2), tick=True):
        together(work, range(WORKERS))
    assert state(committed) is ReviewState.PUBLISHED
    with committed.reading() as session:
        for counted in (AuditEntry.action == "review_published", Notice.kind == "review_published"):
            assert session.scalar(select(func.count()).where(counted)) == 1


def test_the_periodic_job_publishes_what_is_due(committed: Database, app: Flask) -> None:
    queue = app.extensions["qcapp_jobs"]
    tasks.register(queue)
    try:
        queue.run("reviews.publish_due")
        assert state(committed) is ReviewState.SCHEDULED
        with time_machine.travel(clock.now() + timedelta(hours=2), tick=False):
            queue.run("reviews.publish_due")
        assert state(committed) is ReviewState.PUBLISHED
    finally:
        queue.huey.storage.close()


def state(database: Database) -> ReviewState:
    with database.reading() as session:
        return session.scalars(select(Review)).one().state
