"""Two deciders at once, with real commits on both databases: one decides, the other is told."""

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qcapp import create_app
from qcapp.checklists.service import load_card
from qcapp.core.db import Database
from qcapp.people.models import User
from qcapp.reviews import service as reviews
from qcapp.reviews.disputes import service
from qcapp.reviews.disputes.models import Decision, Dispute
from qcapp.reviews.disputes.rules import Ruling
from qcapp.reviews.models import AnswerChange
from qcapp.settings import Settings
from tests.at_once import at_once
from tests.factories.calls import make_call
from tests.factories.people import make_cast
from tests.reviews.conftest import CARD, draft
from tests.reviews.disputes.conftest import ASKED, BAD

DECIDERS = ("lidia", "olga")


@pytest.fixture
def app(settings: Settings, committed: Database) -> Flask:
    """An application with an open dispute."""
    app = create_app(settings, committed)
    with app.app_context(), committed.transaction() as session:
        people = make_cast(session)
        checklist = load_card(session, CARD, by=None).version.checklist
        review = reviews.begin_review(session, make_call(session, people.max), checklist, by=people.kira)
        reviews.save_draft(session, review, draft(review, BAD), by=people.kira)
        reviews.publish_review(session, review, by=people.kira)
        service.open_dispute(session, review, ASKED, 48, by=people.max)
    return app


def test_a_dispute_is_decided_once(committed: Database, app: Flask) -> None:
    def decide(session: Session, by: User, _number: int) -> None:
        dispute = session.scalars(select(Dispute)).one()
        ruling = Ruling(Decision.ACCEPTED, f"So says {by.login}.")
        service.decide_dispute(session, dispute, {answer.id: ruling for answer in dispute.answers}, by=by)

    told = at_once(app, decide, *DECIDERS)
    winners = [login for login, why_not in zip(DECIDERS, told, strict=True) if not why_not]
    assert len(winners) == 1
    with committed.reading() as session:
        dispute = session.scalars(select(Dispute)).one()
        assert dispute.decided_by is not None
        assert dispute.decided_by.login == winners[0]
        assert session.scalar(select(func.count()).select_from(AnswerChange)) == 2
        assert {answer.reason for answer in dispute.answers} == {f"So says {winners[0]}."}
