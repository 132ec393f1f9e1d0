"""Two people at one sale, and two coaches at one work, with real commits on both databases: one word counts."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp import create_app
from qcapp.core import local
from qcapp.core.db import Database
from qcapp.onboarding.models import Trainee
from qcapp.onboarding.sales import service as sales
from qcapp.onboarding.sales.models import Sale
from qcapp.onboarding.states import DeliverableKind
from qcapp.onboarding.work import answers, deliverables
from qcapp.onboarding.work.models import Deliverable, Submission
from qcapp.people.models import Notice, User
from qcapp.settings import Settings
from tests.at_once import at_once
from tests.factories.people import make_cast
from tests.onboarding.working import REASONS, answer, make_learner, plain, typed

Deed = Callable[[Session, User], object]


@pytest.fixture
def app(settings: Settings, committed: Database) -> Flask:
    """An application with a sale and a list of reasons that wait, both of Max's."""
    app = create_app(settings, committed)
    with app.app_context(), committed.transaction() as session:
        people = make_cast(session)
        sales.enter_sale(session, people.max, sold_on=local.today(), by=people.max)
        trainee = make_learner(session, people.max)
        work = deliverables.open_deliverable(session, trainee, DeliverableKind.REASONS, by=people.max)
        deliverables.save(session, work, typed(REASONS), by=people.max)
        deliverables.submit(session, work, by=people.max)
    return app


def winners(app: Flask, deeds: dict[str, Deed]) -> list[str]:
    """Have each do his deed at the same moment; the logins of those who were not refused."""
    told = at_once(app, lambda session, by, _number: deeds[by.login](session, by), *deeds)
    return [login for login, why_not in zip(deeds, told, strict=True) if not why_not]


def test_a_sale_is_confirmed_or_refused_once(committed: Database, app: Flask) -> None:
    def confirm(session: Session, by: User) -> None:
        sales.confirm_sale(session, session.scalars(select(Sale)).one(), by=by)

    def refuse(session: Session, by: User) -> None:
        sales.refuse_sale(session, session.scalars(select(Sale)).one(), "Нет оплаты", by=by)

    won = winners(app, {"roman": confirm, "lidia": refuse, "olga": confirm})
    with committed.reading() as session:
        sale = session.scalars(select(Sale)).one()
        assert sale.decided_by is not None
        assert won == [sale.decided_by.login]
        told = session.scalars(select(Notice.kind).where(Notice.kind.in_(("sale_confirmed", "sale_refused"))))
        assert len(told.all()) == 1


def test_work_is_accepted_or_returned_once(committed: Database, app: Flask) -> None:
    def accept(session: Session, by: User) -> None:
        answers.accept_work(session, session.scalars(select(Submission)).one(), by=by)

    def give_back(session: Session, by: User) -> None:
        submission = session.scalars(select(Submission)).one()
        answers.return_work(session, answer(session, submission, "Ещё", by=by), by=by)

    won = winners(app, {"tanya": accept, "lidia": give_back})
    with committed.reading() as session:
        submission = session.scalars(select(Submission)).one()
        assert submission.by is not None
        assert won == [submission.by.login]
        state = session.scalars(select(Deliverable.state)).one()
        assert state == ("accepted" if submission.accepted else "returned")


def test_two_windows_begin_one_work(committed: Database, app: Flask) -> None:
    def begin(session: Session, by: User, number: int) -> None:
        trainee = session.scalars(select(Trainee)).one()
        table = deliverables.open_deliverable(session, trainee, DeliverableKind.SPVE, by=by)
        deliverables.save(session, table, typed([["the same"]], window=f"window {number}"), by=by)

    assert at_once(app, begin, "max", "max") == ["", ""]
    with committed.reading() as session:
        table = session.scalars(select(Deliverable).where(Deliverable.kind == DeliverableKind.SPVE)).one()
        assert plain(table.rows) == [["the same", "", "", ""]]
