"""What the CRM is told: signed, at least once, in order, by a real HTTP server on this machine."""

import contextlib
import hashlib
import hmac
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from flask import Flask
from pydantic import SecretStr, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.core import clock
from qcapp.core.audit import AuditEntry
from qcapp.core.db import Database
from qcapp.core.errors import Forbidden, Refused
from qcapp.onboarding.clearance import service as clearance
from qcapp.onboarding.models import ClearanceDecision, Trainee
from qcapp.onboarding.webhooks import http as webhooks_http
from qcapp.onboarding.webhooks import service as webhooks
from qcapp.onboarding.webhooks.models import WebhookDelivery
from qcapp.people.models import Notice
from qcapp.people.notice_words import sentence
from qcapp.settings import Settings
from qcapp.terms import ClearanceVerdict, Stage
from tests.onboarding import crm as servers
from tests.onboarding.on_the_way import make_trainee

SECRET = "только между нами"
START = datetime(2026, 10, 6, 7, 12, tzinfo=UTC)
Decide = Callable[..., WebhookDelivery]
VERDICTS = {
    ClearanceVerdict.GRANTED: clearance.grant_clearance,
    ClearanceVerdict.REFUSED: clearance.refuse_clearance,
    ClearanceVerdict.REVOKED: clearance.revoke_clearance,
}


@pytest.fixture
def crm(settings: Settings, app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[servers.Crm]:
    monkeypatch.setenv("no_proxy", "*")
    with servers.serving() as crm:
        settings.webhook_url, settings.webhook_secret = crm.url, SecretStr(SECRET)
        yield crm


@pytest.fixture
def now(session: Session) -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def trainee(session: Session, people: SimpleNamespace, now: object) -> Trainee:
    return make_trainee(session, people.max)


@pytest.fixture
def decide(session: Session, people: SimpleNamespace, trainee: Trainee) -> Decide:
    """``decide(verdict)`` decides about the trainee, and gives the message to the CRM that follows from it."""

    def decide(verdict: ClearanceVerdict, of: Trainee = trainee) -> WebhookDelivery:
        VERDICTS[verdict](session, of.manager, by=people.olga, reason="Because")
        session.commit()
        mine = select(WebhookDelivery).where(WebhookDelivery.manager_id == of.manager_id)
        return session.scalars(mine.order_by(WebhookDelivery.id.desc())).first()

    return decide


def again(session: Session, delivery: WebhookDelivery) -> WebhookDelivery:
    session.refresh(delivery)
    return delivery


def test_a_grant_is_told_once_signed_and_dated(session: Session, crm: servers.Crm, decide: Decide) -> None:
    delivery = decide(ClearanceVerdict.GRANTED)
    for _twice in range(2):
        webhooks.send_due()
    [sent] = crm.received
    assert again(session, delivery).delivered_at == START
    assert (delivery.attempts, delivery.next_at, delivery.error) == (1, None, "")
    assert sent.told == {
        "event": "clearance.granted",
        "sequence": START.timestamp() * 1000,
        "at": "2026-10-06T07:12:00+00:00",
        "decision": session.scalars(select(ClearanceDecision.id)).one(),
        "manager": {
            "id": delivery.manager_id,
            "name": "Max Manager",
            "login": "max",
            "extensions": ["201"],
        },
        "cleared": True,
        "stage": "staff",
        "since": "2026-10-06T07:12:00+00:00",
        "lead_sources": ["cold", "warm", "hot", "existing"],
    }
    assert sent.headers["X-Qcapp-Event"] == "clearance.granted"
    assert sent.headers["X-Qcapp-Delivery"] == str(delivery.id)
    timestamp = sent.headers["X-Qcapp-Timestamp"]
    assert int(timestamp) == START.timestamp()
    signed = hmac.new(SECRET.encode(), timestamp.encode() + b"." + sent.body, hashlib.sha256).hexdigest()
    assert sent.headers["X-Qcapp-Signature"] == f"sha256={signed}"


def test_what_failed_is_tried_again_after_a_while(
    session: Session, crm: servers.Crm, decide: Decide, now: time_machine.Coordinates
) -> None:
    crm.answers = [500]
    delivery = decide(ClearanceVerdict.GRANTED)
    webhooks.send_due()
    assert again(session, delivery).error == "HTTP 500 Internal Server Error"
    assert delivery.next_at == START + timedelta(minutes=1)
    webhooks.send_due()
    assert len(crm.received) == 1
    now.shift(timedelta(minutes=1))
    webhooks.send_due()
    assert again(session, delivery).delivered_at == clock.now()
    assert (delivery.attempts, delivery.error) == (2, "")


def test_the_waits_grow_to_a_day_and_whoever_sees_to_the_crm_is_told_once(
    session: Session,
    people: SimpleNamespace,
    crm: servers.Crm,
    decide: Decide,
    now: time_machine.Coordinates,
) -> None:
    crm.answers = [503] * 11
    delivery = decide(ClearanceVerdict.GRANTED)
    waits = []
    for _try in range(11):
        now.move_to(again(session, delivery).next_at, tick=False)
        webhooks.send_due()
        waits.append(again(session, delivery).next_at - clock.now())
    day = timedelta(days=1)
    assert waits == sorted(waits) == [*webhooks.WAITS, day, day, day]
    assert webhooks.never_taken(session) == 1
    silence = select(Notice).where(Notice.kind == webhooks.SILENCE)
    assert {each.user_id for each in session.scalars(silence)} == {people.olga.id, people.anna.id}
    assert "tried again once a day" in sentence(session.scalars(silence).first())
    now.shift(day)
    webhooks.send_due()
    assert (len(crm.received), again(session, delivery).delivered_at) == (12, clock.now())
    assert webhooks.never_taken(session) == 0


def test_one_message_that_is_never_taken_holds_up_no_other(
    session: Session, people: SimpleNamespace, crm: servers.Crm, decide: Decide, now: time_machine.Coordinates
) -> None:
    crm.answers = [422]
    refused = decide(ClearanceVerdict.GRANTED)
    webhooks.send_due()
    now.move_to(again(session, refused).next_at, tick=False)
    crm.answers = [200, 422]
    other = decide(ClearanceVerdict.GRANTED, make_trainee(session, people.sveta))
    webhooks.send_due()
    assert again(session, other).delivered_at == clock.now()
    assert again(session, refused).attempts == 2


def test_a_worker_killed_while_it_sends_leaves_it_to_another(
    session: Session,
    database: Database,
    crm: servers.Crm,
    decide: Decide,
    now: time_machine.Coordinates,
) -> None:
    delivery = decide(ClearanceVerdict.GRANTED)
    with database.transaction() as killed_afterwards:
        assert webhooks.claimed(killed_afterwards, delivery.id)
    webhooks.send_due()
    assert (crm.received, again(session, delivery).delivered_at) == ([], None)
    now.shift(webhooks.CLAIM)
    webhooks.send_due()
    assert crm.taken == ["clearance.granted"]
    assert (again(session, delivery).delivered_at, delivery.attempts) == (clock.now(), 2)


def test_a_redirect_is_not_followed(session: Session, crm: servers.Crm, decide: Decide) -> None:
    crm.answers = [302]
    delivery = decide(ClearanceVerdict.GRANTED)
    webhooks.send_due()
    assert [each.path for each in crm.received] == ["/leads"]
    assert again(session, delivery).error.startswith("HTTP 302")


def test_a_server_that_is_away_is_a_failure_like_another(
    session: Session, crm: servers.Crm, settings: Settings, decide: Decide
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        settings.webhook_url = f"http://127.0.0.1:{free.getsockname()[1]}/"
    delivery = decide(ClearanceVerdict.GRANTED)
    webhooks.send_due()
    assert again(session, delivery).error
    assert delivery.next_at is not None


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://example.com/", "javascript:1", "http:///x", "crm"]
)
def test_only_http_is_spoken(url: str, app: Flask) -> None:
    with app.app_context():
        assert webhooks_http.post(url, {}, secret="x", delivery_id=1, event="x")
    with pytest.raises(ValidationError, match="webhook_url"):
        Settings(webhook_url=url, webhook_secret=SecretStr("x"))


def test_an_answer_without_end_is_not_read(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")
    hung_up = threading.Event()

    def answer(listener: socket.socket) -> None:
        connection, _address = listener.accept()
        with connection, contextlib.suppress(OSError):
            connection.recv(100_000)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n")
            for _mebibyte in range(256):
                connection.sendall(bytes(2**20))
            return
        hung_up.set()

    with socket.create_server(("127.0.0.1", 0)) as listener, app.app_context():
        server = threading.Thread(target=answer, args=(listener,))
        server.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        assert webhooks_http.post(url, {}, secret="x", delivery_id=1, event="x") is None
        server.join()
    assert hung_up.is_set()


def test_no_log_tells_the_address_which_may_hold_a_key(
    crm: servers.Crm, decide: Decide, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    decide(ClearanceVerdict.GRANTED)
    webhooks.send_due()
    assert "taken" in caplog.text
    assert "/leads" not in caplog.text


def test_a_proxy_that_cannot_be_used_is_a_failure_like_another(
    crm: servers.Crm, session: Session, decide: Decide, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("no_proxy")
    monkeypatch.setenv("all_proxy", "telnet://127.0.0.1:1")
    delivery = decide(ClearanceVerdict.GRANTED)
    webhooks.send_due()
    assert again(session, delivery).error.startswith("ValueError: ")


def test_an_address_needs_a_secret() -> None:
    with pytest.raises(ValidationError, match="QCAPP_WEBHOOK_SECRET"):
        Settings(webhook_url="https://crm.example/hook")


def test_a_revocation_never_arrives_before_its_grant(
    session: Session, crm: servers.Crm, decide: Decide, now: time_machine.Coordinates
) -> None:
    """The grant, which failed, is tried once more; then it stands aside for what counts now."""
    crm.answers = [500, 500]
    grant = decide(ClearanceVerdict.GRANTED)
    webhooks.send_due()
    again(session, grant)
    revocation = decide(ClearanceVerdict.REVOKED)
    webhooks.send_due()
    assert (again(session, grant).next_at, grant.attempts) == (None, 2)
    webhooks.send_due()
    assert crm.taken == ["clearance.granted", "clearance.granted", "clearance.revoked"]
    assert again(session, revocation).delivered_at is not None
    first, _again, last = (each.told for each in crm.received)
    assert (last["cleared"], last["sequence"]) == (False, first["sequence"] + 1)


def test_a_revocation_does_not_wait_until_its_grant_is_due_again(
    session: Session, crm: servers.Crm, decide: Decide, now: time_machine.Coordinates
) -> None:
    crm.answers = [500] * len(webhooks.WAITS)
    grant = decide(ClearanceVerdict.GRANTED)
    for _try in webhooks.WAITS:
        now.move_to(again(session, grant).next_at, tick=False)
        webhooks.send_due()
    assert again(session, grant).next_at == clock.now() + timedelta(days=1)
    decide(ClearanceVerdict.REVOKED)
    for _twice in range(2):
        webhooks.send_due()
    assert crm.taken[-2:] == ["clearance.granted", "clearance.revoked"]


def test_a_revocation_that_fails_once_and_is_overtaken_is_told_of_all_the_same(
    session: Session, people: SimpleNamespace, crm: servers.Crm, now: time_machine.Coordinates
) -> None:
    """Whoever has done everything a stage asks for goes on at once: two messages, written in one transaction."""
    make_trainee(session, people.sveta, Stage.COLD_PRACTICE)
    clearance.grant_clearance(session, people.sveta, by=people.olga, reason="Sells well")
    session.commit()
    webhooks.send_due()
    crm.answers = [503]
    clearance.revoke_clearance(session, people.sveta, by=people.olga, reason="Sold air")
    session.commit()
    assert len(session.scalars(select(WebhookDelivery)).all()) == 3
    for _twice in range(2):
        webhooks.send_due()
    assert crm.taken == ["clearance.granted", "clearance.revoked", "clearance.revoked"]
    assert [each.status for each in crm.received] == [200, 503, 200]


def test_nothing_overtakes_a_message_that_is_on_its_way(
    session: Session, database: Database, crm: servers.Crm, decide: Decide
) -> None:
    grant = decide(ClearanceVerdict.GRANTED)
    with database.transaction() as elsewhere:
        assert webhooks.claimed(elsewhere, grant.id)
    decide(ClearanceVerdict.REVOKED)
    webhooks.send_due()
    assert crm.received == []


def test_other_managers_do_not_wait(
    session: Session, people: SimpleNamespace, crm: servers.Crm, decide: Decide
) -> None:
    crm.answers = [500]
    failed = decide(ClearanceVerdict.GRANTED)
    webhooks.send_due()
    assert again(session, failed).error
    other = decide(ClearanceVerdict.GRANTED, make_trainee(session, people.sveta))
    webhooks.send_due()
    assert again(session, other).delivered_at is not None


def test_owner_and_administrator_send_it_once_more(
    session: Session, people: SimpleNamespace, crm: servers.Crm, decide: Decide
) -> None:
    delivery = decide(ClearanceVerdict.GRANTED)
    webhooks.send_due()
    for person in (people.olga, people.anna):
        webhooks.resend(session, delivery.id, by=person)
        session.commit()
        webhooks.send_due()
    assert crm.taken == ["clearance.granted"] * 3
    resent = select(AuditEntry.thing).where(AuditEntry.action == "webhook_resent")
    assert session.scalars(resent).all() == [f"webhook:{delivery.id}"] * 2
    for person in (people.roman, people.lidia, people.hanna, people.max):
        with pytest.raises(Forbidden):
            webhooks.resend(session, delivery.id, by=person)


def test_what_a_later_decision_has_overtaken_is_not_sent_again(
    session: Session, people: SimpleNamespace, crm: servers.Crm, decide: Decide
) -> None:
    grant = decide(ClearanceVerdict.GRANTED)
    decide(ClearanceVerdict.REVOKED)
    webhooks.send_due()
    with pytest.raises(Refused, match="overtaken"):
        webhooks.resend(session, grant.id, by=people.olga)
