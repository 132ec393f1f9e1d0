"""Two requests at once, with real commits on both databases: one review, and no save lost in silence."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from qcapp import create_app
from qcapp.calls.models import Call
from qcapp.checklists.models import Checklist
from qcapp.checklists.scoring import Answer
from qcapp.checklists.service import load_card
from qcapp.core.autosave import Conflict
from qcapp.core.db import Base, Database
from qcapp.people.models import User
from qcapp.reviews import service
from qcapp.reviews.models import Review
from qcapp.reviews.rules import Draft
from qcapp.settings import Settings
from tests.factories.calls import make_call
from tests.factories.people import make_cast
from tests.reviews.conftest import CARD

AT_ONCE = 4


@pytest.fixture
def committed(database_url: str) -> Iterator[Database]:
    """A database of its own, without a transaction around the test."""
    database = Database(database_url)
    Base.metadata.create_all(database.engine)
    yield database
    database.engine.dispose()


@pytest.fixture
def app(settings: Settings, committed: Database) -> Flask:
    """An application on that database, which holds people, a card, and a call to score."""
    app = create_app(settings, committed)
    with app.app_context(), committed.transaction() as session:
        people = make_cast(session)
        make_call(session, people.max)
        load_card(session, CARD, by=None)
    return app


def test_a_double_click_begins_one_review(committed: Database, app: Flask) -> None:
    together = Barrier(AT_ONCE)

    def begin(_number: int) -> int:
        with app.app_context(), committed.transaction() as session:
            kira = session.scalars(select(User).where(User.login == "kira")).one()
            call, checklist = session.scalars(select(Call)).one(), session.scalars(select(Checklist)).one()
            if (
                committed.engine.dialect.name == "postgresql"
            ):  # on SQLite one writer stands in line for the other
                together.wait(timeout=30)
            return service.begin_review(session, call, checklist, by=kira).id

    with ThreadPoolExecutor(AT_ONCE) as pool:
        ids = set(pool.map(begin, range(AT_ONCE)))
    assert len(ids) == 1
    with committed.reading() as session:
        assert session.scalar(select(func.count()).select_from(Review)) == 1


def test_of_windows_that_save_at_once_one_wins_and_the_others_are_told(
    committed: Database, app: Flask
) -> None:
    with app.app_context(), committed.transaction() as session:
        kira = session.scalars(select(User).where(User.login == "kira")).one()
        call, checklist = session.scalars(select(Call)).one(), session.scalars(select(Checklist)).one()
        review_id = service.begin_review(session, call, checklist, by=kira).id

    def save(window: int) -> str:
        draft = Draft(0, f"window {window}", 1, {"remark": Answer(f"window {window}")})
        try:
            with app.app_context(), committed.transaction() as session:
                review = session.get_one(Review, review_id)
                service.save_draft(session, review, draft, by=review.reviewer)
        except Conflict:
            return ""
        return draft.window

    with ThreadPoolExecutor(AT_ONCE) as pool:
        winners = [each for each in pool.map(save, range(AT_ONCE)) if each]
    with committed.reading() as session:
        review = session.get_one(Review, review_id)
        assert [answer.value for answer in review.answers] == winners
        assert (review.revision, len(winners)) == (1, 1)
