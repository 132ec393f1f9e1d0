"""Two people at one checklist, with real commits on both databases: one draft, and no save lost in silence."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp import create_app
from qcapp.checklists import documents, drafts, service
from qcapp.checklists.models import Checklist, ChecklistVersion, VersionState
from qcapp.core.db import Base, Database
from qcapp.core.errors import Refused
from qcapp.people.models import User
from qcapp.settings import Settings
from tests.checklists.cards import card, item, section
from tests.factories.people import make_cast

AT_ONCE = 4
SMALL = card(section("s", item("a")), purpose={"ru": "Проверить"})


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
        service.load_card(session, SMALL, by=None)
    return app


def at_once(app: Flask, database: Database, deed: Callable[[Session, User, int], None]) -> list[str]:
    """Have several people do it at the same moment; what each was told, empty if it was done."""
    together = Barrier(AT_ONCE)

    def do(number: int) -> str:
        try:
            with app.app_context(), database.transaction() as session:
                lidia = session.scalars(select(User).where(User.login == "lidia")).one()
                if database.engine.dialect.name == "postgresql":  # on SQLite one writer waits for the other
                    together.wait(timeout=30)
                deed(session, lidia, number)
        except Refused as refusal:
            return str(refusal)
        return ""

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return sorted(pool.map(do, range(AT_ONCE)))


def draft(session: Session) -> ChecklistVersion:
    return session.scalars(select(ChecklistVersion).where(ChecklistVersion.state == VersionState.DRAFT)).one()


def test_a_double_click_begins_one_draft(committed: Database, app: Flask) -> None:
    def begin(session: Session, by: User, _number: int) -> None:
        drafts.open_draft(session, session.scalars(select(Checklist)).one(), by=by)

    assert at_once(app, committed, begin) == [""] * AT_ONCE
    with committed.reading() as session:
        assert draft(session).number == 2


def test_of_windows_that_save_at_once_one_wins_and_the_others_are_told(
    committed: Database, app: Flask
) -> None:
    with app.app_context(), committed.transaction() as session:
        lidia = session.scalars(select(User).where(User.login == "lidia")).one()
        drafts.open_draft(session, session.scalars(select(Checklist)).one(), by=lidia)

    def save(session: Session, by: User, number: int) -> None:
        document = documents.document_of(SMALL) | {"title": {"ru": f"Окно {number}"}}
        typed = drafts.Typed(document, None, None, revision=0, window=f"window {number}", turn=1)
        drafts.save_draft(session, draft(session), typed, by=by)

    told = at_once(app, committed, save)
    assert told == ["", *["This was changed in another window."] * (AT_ONCE - 1)]
    with committed.reading() as session:
        assert draft(session).revision == 1
