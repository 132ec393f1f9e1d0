"""Two clicks at the same moment, with real commits on both databases: one draft, one decision."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qcapp import create_app
from qcapp.callscripts import service
from qcapp.callscripts.blocks import DraftState
from qcapp.callscripts.models import ScriptDraft
from qcapp.core.db import Base, Database
from qcapp.core.errors import Refused
from qcapp.people.models import User
from qcapp.settings import Settings
from tests.callscripts.scripts import hand_in
from tests.factories.people import make_cast

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
    app = create_app(settings, committed)
    with app.app_context(), committed.transaction() as session:
        make_cast(session)
    return app


def at_once(
    app: Flask, database: Database, login: str, deed: Callable[[Session, User, int], None]
) -> list[str]:
    """Have somebody do it in several windows at the same moment; what each was told, empty if it was done."""
    together = Barrier(AT_ONCE)

    def do(number: int) -> str:
        try:
            with app.app_context(), database.transaction() as session:
                person = session.scalars(select(User).where(User.login == login)).one()
                if database.engine.dialect.name == "postgresql":  # on SQLite one writer waits for the other
                    together.wait(timeout=30)
                deed(session, person, number)
        except Refused as refusal:
            return str(refusal)
        return ""

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return sorted(pool.map(do, range(AT_ONCE)))


def test_a_double_click_begins_one_draft(committed: Database, app: Flask) -> None:
    def begin(session: Session, by: User, _number: int) -> None:
        service.start_draft(session, by=by)

    assert at_once(app, committed, "max", begin) == [""] * AT_ONCE
    with committed.reading() as session:
        assert session.scalar(select(func.count()).select_from(ScriptDraft)) == 1


def test_of_decisions_at_the_same_moment_one_holds(committed: Database, app: Flask) -> None:
    with app.app_context(), committed.transaction() as session:
        hand_in(session, session.scalars(select(User).where(User.login == "max")).one())

    def decide(session: Session, by: User, number: int) -> None:
        draft = session.scalars(select(ScriptDraft)).one()
        deed = service.return_draft if number % 2 else service.approve_draft
        deed(session, draft, "Решено", by=by)

    told = at_once(app, committed, "tanya", decide)
    assert told[0] == ""
    assert all("does not wait" in each for each in told[1:])
    with committed.reading() as session:
        state = session.scalar(select(ScriptDraft.state))
        assert state in (DraftState.APPROVED, DraftState.RETURNED)
