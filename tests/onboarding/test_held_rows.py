"""Services that hold people's rows keep nobody waiting who only writes down what they do, and read them anew."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from qcapp import create_app
from qcapp.callscripts import service as scripts
from qcapp.core import clock, local
from qcapp.core.db import Database
from qcapp.core.errors import Refused
from qcapp.onboarding import stages
from qcapp.onboarding.clearance import service as clearance
from qcapp.onboarding.sales import service as sales
from qcapp.people import confirmations, delegations, handovers
from qcapp.people import service as accounts
from qcapp.people.models import User
from qcapp.settings import Settings
from qcapp.terms import Role
from tests.factories.people import make_cast
from tests.onboarding.on_the_way import make_trainee, program_version


def begin(session: Session, who: SimpleNamespace) -> None:
    stages.begin_onboarding(session, who.sveta, by=who.hanna, program=program_version(session))


DEEDS: list[Callable[[Session, SimpleNamespace], object]] = [
    lambda session, who: accounts.reset_password(session, who.max, by=who.anna),
    lambda session, who: confirmations.confirm_account(session, who.kira, by=who.olga),
    lambda session, who: delegations.delegate(
        session,
        lender=who.oleg,
        holder=who.roman,
        until=clock.now() + timedelta(days=1),
        reason="Vacation",
        by=who.oleg,
    ),
    lambda session, who: handovers.hand_over(session, who.max, who.sveta, reason="Vacation", by=who.anna),
    lambda session, who: stages.choose_coach(session, who.max_trains, who.tanya, by=who.hanna),
    begin,
    lambda session, who: clearance.grant_clearance(session, who.max, by=who.olga, reason="Sells well"),
    lambda session, who: sales.enter_sale(session, who.max, sold_on=local.today(), by=who.roman),
    lambda session, who: scripts.start_draft(session, by=who.max),
]


@pytest.fixture
def app(settings: Settings, committed: Database) -> Flask:
    app = create_app(settings, committed)
    with app.app_context(), committed.transaction() as session:
        cast = make_cast(session)
        make_trainee(session, cast.max)
        cast.kira.confirmed_at = None
    return app


def everybody(session: Session) -> SimpleNamespace:
    people = {user.login: user for user in session.scalars(select(User))}
    return SimpleNamespace(**people, max_trains=stages.current_trainee(session, people["max"].id))


def test_nobody_waits_for_a_held_row_who_only_refers_to_it(committed: Database, app: Flask) -> None:
    """With a row that may not even be referred to, he and its holder might wait for each other for ever."""
    if committed.engine.dialect.name == "sqlite":
        pytest.skip("one writes at a time")
    for deed in DEEDS:
        with app.app_context(), committed.writing() as session:
            deed(session, everybody(session))
            session.flush()
            with committed.engine.begin() as other:
                other.execute(text("SET LOCAL lock_timeout = '3s'"))
                other.execute(
                    text('SELECT id FROM "user" FOR KEY SHARE')
                )  # as for an audit entry or a notice
            session.rollback()


def test_an_onboarding_does_not_begin_for_somebody_who_has_just_become_something_else(
    committed: Database, app: Flask
) -> None:
    with app.app_context(), committed.writing() as late:
        who = everybody(late)
        program_version(late)
        late.commit()
        with committed.transaction() as session:
            session.get_one(User, who.sveta.id).role = Role.COACH
        with pytest.raises(Refused, match="Only an active manager"):
            begin(late, who)
