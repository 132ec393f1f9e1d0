"""Two clicks at the same moment, with real commits on both databases: one draft, one decision."""

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qcapp import create_app
from qcapp.callscripts import service
from qcapp.callscripts.blocks import DraftState
from qcapp.callscripts.models import ScriptDraft
from qcapp.core.db import Database
from qcapp.people.models import User
from qcapp.settings import Settings
from tests.at_once import at_once
from tests.callscripts.scripts import hand_in
from tests.factories.people import make_cast

AT_ONCE = 4


@pytest.fixture
def app(settings: Settings, committed: Database) -> Flask:
    app = create_app(settings, committed)
    with app.app_context(), committed.transaction() as session:
        make_cast(session)
    return app


def test_a_double_click_begins_one_draft(committed: Database, app: Flask) -> None:
    def begin(session: Session, by: User, _number: int) -> None:
        service.start_draft(session, by=by)

    assert at_once(app, begin, *["max"] * AT_ONCE) == [""] * AT_ONCE
    with committed.reading() as session:
        assert session.scalar(select(func.count()).select_from(ScriptDraft)) == 1


def test_of_decisions_at_the_same_moment_one_holds(committed: Database, app: Flask) -> None:
    with app.app_context(), committed.transaction() as session:
        hand_in(session, session.scalars(select(User).where(User.login == "max")).one())

    def decide(session: Session, by: User, number: int) -> None:
        draft = session.scalars(select(ScriptDraft)).one()
        deed = service.return_draft if number % 2 else service.approve_draft
        deed(session, draft, "Решено", by=by)

    told = sorted(at_once(app, decide, *["tanya"] * AT_ONCE))
    assert told[0] == ""
    assert all("does not wait" in each for each in told[1:])
    with committed.reading() as session:
        state = session.scalar(select(ScriptDraft.state))
        assert state in (DraftState.APPROVED, DraftState.RETURNED)
