"""The page of what the CRM was told: for owner and administrator."""

from types import SimpleNamespace

import pytest
from sqlalchemy.orm import Session

from qcapp.core import clock
from qcapp.onboarding.models import Trainee
from qcapp.onboarding.webhooks import service as webhooks
from qcapp.onboarding.webhooks.models import WebhookDelivery
from tests.onboarding.on_the_way import make_trainee


@pytest.fixture
def trainee(session: Session, people: SimpleNamespace) -> Trainee:
    return make_trainee(session, people.max)


def told(session: Session, trainee: Trainee, **fields: object) -> WebhookDelivery:
    delivery = WebhookDelivery(
        manager=trainee.manager,
        sequence=1,
        address="",
        event="clearance.granted",
        payload={"cleared": True, "manager": {"id": trainee.manager_id, "name": trainee.manager.name}},
        created_at=clock.now(),
        **{"attempts": 9, "error": "HTTP 500 <b>", **fields},
    )
    session.add(delivery)
    session.commit()
    return delivery


def test_what_the_crm_was_told_is_seen_and_sent_again(
    session: Session, login, people: SimpleNamespace, trainee: Trainee
) -> None:
    delivery = told(session, trainee)
    client = login(people.anna)
    text = client.get("/crm").text
    assert "overtaken" in text
    assert "HTTP 500 &lt;b&gt;" in text
    assert client.post(f"/crm/{delivery.id}/send").status_code == 303
    assert client.post("/crm/4711/send").status_code == 404
    session.refresh(delivery)
    assert delivery.next_at is not None
    assert login(people.lidia).get("/crm").status_code == 403


def test_the_secret_part_of_the_address_is_not_shown(
    session: Session, login, people: SimpleNamespace, app
) -> None:
    app.extensions["qcapp_settings"].webhook_url = "https://crm.example/hook?key=geheim"
    text = login(people.olga).get("/crm").text
    assert "crm.example" in text
    assert "geheim" not in text


def test_older_pages_of_messages_follow(session: Session, people: SimpleNamespace, trainee: Trainee) -> None:
    for _each in range(webhooks.PAGE + 1):
        told(session, trainee)
    newest, older = webhooks.deliveries(session)
    assert len(newest) == webhooks.PAGE
    rest, end = webhooks.deliveries(session, before=older)
    assert (len(rest), end) == (1, None)
