"""Two requests at once, with real commits on both databases: one review, and no save lost in silence."""

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qcapp import create_app
from qcapp.calls.models import Call
from qcapp.checklists.models import Checklist
from qcapp.checklists.scoring import Answer
from qcapp.checklists.service import load_card
from qcapp.core.db import Database
from qcapp.people.models import User
from qcapp.reviews import service
from qcapp.reviews.models import Review
from qcapp.reviews.rules import Draft
from qcapp.settings import Settings
from tests.at_once import at_once
from tests.factories.calls import make_call
from tests.factories.people import make_cast
from tests.reviews.conftest import CARD

AT_ONCE = 4


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
    ids = []

    def begin(session: Session, by: User, _number: int) -> None:
        call, checklist = session.scalars(select(Call)).one(), session.scalars(select(Checklist)).one()
        ids.append(service.begin_review(session, call, checklist, by=by).id)

    assert at_once(app, begin, *["kira"] * AT_ONCE) == [""] * AT_ONCE
    assert len(ids) == AT_ONCE
    assert len(set(ids)) == 1
    with committed.reading() as session:
        assert session.scalar(select(func.count()).select_from(Review)) == 1


def test_of_windows_that_save_at_once_one_wins_and_the_others_are_told(
    committed: Database, app: Flask
) -> None:
    with app.app_context(), committed.transaction() as session:
        kira = session.scalars(select(User).where(User.login == "kira")).one()
        call, checklist = session.scalars(select(Call)).one(), session.scalars(select(Checklist)).one()
        review_id = service.begin_review(session, call, checklist, by=kira).id

    def save(session: Session, _by: User, number: int) -> None:
        draft = Draft(0, f"window {number}", 1, {"remark": Answer(f"window {number}")})
        review = session.get_one(Review, review_id)
        service.save_draft(session, review, draft, by=review.reviewer)

    told = at_once(app, save, *["kira"] * AT_ONCE)
    winners = [f"window {number}" for number, why_not in enumerate(told) if not why_not]
    assert sum("changed in another window" in each for each in told) == AT_ONCE - 1
    with committed.reading() as session:
        review = session.get_one(Review, review_id)
        assert [answer.value for answer in review.answers] == winners
        assert (review.revision, len(winners)) == (1, 1)
