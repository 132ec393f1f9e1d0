"""Two decisions at once, with real commits on both databases: the second sees what the first has decided."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp import create_app
from qcapp.core.db import Database
from qcapp.onboarding.clearance import service as clearance
from qcapp.onboarding.models import ClearanceDecision, Trainee
from qcapp.people.models import User
from qcapp.settings import Settings
from qcapp.terms import ClearanceVerdict, Stage
from tests.at_once import at_once
from tests.factories.people import make_cast
from tests.onboarding.on_the_way import make_trainee


@pytest.fixture
def app(settings: Settings, committed: Database) -> Flask:
    """An application on that database, with a trainee who lacks a sale."""
    app = create_app(settings, committed)
    with app.app_context(), committed.transaction() as session:
        make_trainee(session, make_cast(session).max)
    return app


def test_a_double_click_grants_once(committed: Database, app: Flask) -> None:
    def grant(session: Session, by: User, _number: int) -> None:
        trainee = session.scalars(select(Trainee)).one()
        clearance.grant_clearance(session, trainee.manager, by=by, reason="An old hand")

    assert at_once(app, grant, "olga", "lidia", "olga", "lidia").count("") == 1
    with committed.reading() as session:
        assert [each.verdict for each in session.scalars(select(ClearanceDecision))] == [
            ClearanceVerdict.GRANTED
        ]
        trainee = session.scalars(select(Trainee)).one()
        assert [stay.stage for stay in trainee.stages] == [Stage.INTERNSHIP, Stage.STAFF]
