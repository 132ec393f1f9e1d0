"""The page on which an overdue stage is decided, and the job that tells of it."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.core import clock, local
from qcapp.onboarding.models import OverdueDecision, Trainee
from qcapp.onboarding.overdue import service as overdue
from qcapp.onboarding.overdue import tasks as overdue_tasks
from qcapp.onboarding.states import Overdue
from qcapp.people.models import Notice
from tests.onboarding.on_the_way import make_trainee
from tests.onboarding.shown import shown

Login = Callable[..., FlaskClient]


@pytest.fixture
def trainee(session: Session, people: SimpleNamespace) -> Trainee:
    trainee = make_trainee(session, people.max, entered_at=clock.now() - timedelta(days=10))
    session.commit()
    return trainee


def test_the_lead_gives_more_time(
    session: Session, trainee: Trainee, people: SimpleNamespace, login: Login
) -> None:
    client = login(people.lidia)
    url = f"/onboarding/{people.max.id}/overdue"
    page = client.get(url).text
    assert "overdue-form" in page
    assert "Confirmed sales: 0 of 1" in page
    known = shown(client, url)
    later = (clock.now() + timedelta(days=3)).date().isoformat()
    for wrong in (
        {},
        {"decision": "prolong", "until": later},
        {"decision": "prolong", "reason": "Болел"},
        {"decision": "prolong", "reason": "Болел", "until": "2020-01-01"},
    ):
        assert client.post(url, data=wrong | known).status_code == 422
    data = {"decision": "prolong", "reason": "Болел", "until": later} | known
    assert client.post(url, data=data).status_code == 303
    page = client.get(url).text
    assert "Болел" in page
    assert "There is still time" in page
    assert client.post(url, data=data).status_code == 409
    assert len(session.scalars(select(OverdueDecision)).all()) == 1


def test_the_owner_parts_and_nobody_else_may(
    session: Session, trainee: Trainee, people: SimpleNamespace, login: Login
) -> None:
    url = f"/onboarding/{people.max.id}/overdue"
    data = {"decision": "part", "reason": "Не звонит"}
    for wrong in (people.max, people.roman, people.tanya, people.hanna, people.kira):
        client = login(wrong)
        assert client.get(url).status_code == client.post(url, data=data).status_code == 403
    client = login(people.olga)
    assert client.post(url, data=data | shown(client, url)).status_code == 303
    assert "has parted with this trainee" in client.get(url).text
    session.expire_all()
    assert trainee.parted_at is not None


def test_a_page_opened_before_somebody_decided_decides_nothing(
    session: Session, trainee: Trainee, people: SimpleNamespace, login: Login
) -> None:
    client, url = login(people.lidia), f"/onboarding/{people.max.id}/overdue"
    data = {"decision": "part", "reason": "Не звонит"} | shown(client, url)
    until = local.today() + timedelta(days=3)
    overdue.decide_overdue(
        session, trainee.stages[-1], Overdue.PROLONG, by=people.olga, reason="Болел", until=until
    )
    session.commit()
    with time_machine.travel(clock.now() + timedelta(days=5)):  # overdue once more
        late = login(people.lidia).post(url, data=data)
    assert late.status_code == 409
    assert "Somebody has decided meanwhile" in late.text
    assert "Не звонит" in late.text
    session.expire_all()
    assert trainee.parted_at is None


def test_a_stage_without_limit_leaves_nothing_to_decide(
    session: Session, people: SimpleNamespace, login: Login, trainee: Trainee
) -> None:
    trainee.program.document = trainee.program.document | {
        "stages": [stage | {"days": None} for stage in trainee.program.document["stages"]]
    }
    session.commit()
    page = login(people.lidia).get(f"/onboarding/{people.max.id}/overdue").text
    assert "no time limit" in page
    assert "overdue-form" not in page


def test_the_job_tells_of_it_once(
    session: Session, trainee: Trainee, people: SimpleNamespace, app: Flask
) -> None:
    with app.app_context():
        for record_id in overdue_tasks.due() * 2:
            overdue_tasks.tell(record_id)
    session.expire_all()
    notices = session.scalars(select(Notice).where(Notice.kind == "stage_overdue").order_by(Notice.id))
    assert [notice.user.login for notice in notices] == ["lidia", "olga"]
