"""Two people at one checklist, with real commits on both databases: one draft, and no save lost in silence."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp import create_app
from qcapp.checklists import documents, drafts, service
from qcapp.checklists.models import Checklist, ChecklistVersion, VersionState
from qcapp.core.db import Database
from qcapp.people.models import User
from qcapp.settings import Settings
from tests.at_once import at_once
from tests.checklists.cards import card, item, section
from tests.factories.people import make_cast

WINDOWS = ("lidia",) * 4
SMALL = card(section("s", item("a")), purpose={"ru": "Проверить"})


@pytest.fixture
def app(settings: Settings, committed: Database) -> Flask:
    app = create_app(settings, committed)
    with app.app_context(), committed.transaction() as session:
        make_cast(session)
        service.load_card(session, SMALL, by=None)
    return app


def draft(session: Session) -> ChecklistVersion:
    return session.scalars(select(ChecklistVersion).where(ChecklistVersion.state == VersionState.DRAFT)).one()


def test_a_double_click_begins_one_draft(committed: Database, app: Flask) -> None:
    def begin(session: Session, by: User, _number: int) -> None:
        drafts.open_draft(session, session.scalars(select(Checklist)).one(), by=by)

    assert at_once(app, begin, *WINDOWS) == [""] * len(WINDOWS)
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

    told = sorted(at_once(app, save, *WINDOWS))
    assert told == ["", *["This was changed in another window."] * (len(WINDOWS) - 1)]
    with committed.reading() as session:
        assert draft(session).revision == 1
