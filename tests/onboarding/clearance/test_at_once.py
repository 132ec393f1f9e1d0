"""Two decisions at once, with real commits on both databases: the second sees what the first has decided."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from qcapp import create_app
from qcapp.core.db import Base, Database
from qcapp.core.errors import Refused
from qcapp.onboarding.clearance import service as clearance
from qcapp.onboarding.models import ClearanceDecision, Trainee
from qcapp.onboarding.states import Verdict
from qcapp.people.models import User
from qcapp.people.stages import Stage
from qcapp.settings import Settings
from tests.factories.people import make_cast
from tests.onboarding.on_the_way import make_trainee

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
    """An application on that database, with a trainee who lacks a sale."""
    app = create_app(settings, committed)
    with app.app_context(), committed.transaction() as session:
        make_trainee(session, make_cast(session).max)
    return app


def test_a_double_click_grants_once(committed: Database, app: Flask) -> None:
    together = Barrier(AT_ONCE)

    def grant(number: int) -> bool:
        try:
            with app.app_context(), committed.transaction() as session:
                decider = session.scalars(
                    select(User).where(User.login == ("olga", "lidia")[number % 2])
                ).one()
                trainee = session.scalars(select(Trainee)).one()
                if committed.engine.dialect.name == "postgresql":  # on SQLite one writer waits for the other
                    together.wait(timeout=30)
                clearance.grant_clearance(session, trainee, by=decider, reason="An old hand")
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(AT_ONCE) as pool:
        done = list(pool.map(grant, range(AT_ONCE)))
    assert sorted(done) == [False, False, False, True]
    with committed.reading() as session:
        assert [each.verdict for each in session.scalars(select(ClearanceDecision))] == [Verdict.GRANTED]
        trainee = session.scalars(select(Trainee)).one()
        assert [stay.stage for stay in trainee.stages] == [Stage.INTERNSHIP, Stage.STAFF]
