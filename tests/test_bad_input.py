"""Addresses written by hand, and programs that send what no page sends: never a fault of the server."""

from types import SimpleNamespace
from typing import ClassVar

import pytest
from flask import Flask, Request
from sqlalchemy.orm import Session
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import IntegerConverter, Rule

from tests.factories.everything import make_everything

HUGE = "9" * 30
WRONG = {
    "huge": HUGE,
    "negative": "-1",
    "nul": "a\0b",
    "long": "x" * 5000,
    "far": "9999-12-31",
    "cursor": "0001-01-01T00:00:00+03:00_1",
}


class Same(ImmutableMultiDict[str, str]):
    """Query arguments that hold the same for whatever a page asks for."""

    said: ClassVar[str]

    def __contains__(self, _key: object) -> bool:
        return True

    def __getitem__(self, _key: str) -> str:
        return self.said

    def getlist(self, *_args: object, **_options: object) -> list[str]:
        return [self.said]


class Asking(Request):
    parameter_storage_class = Same


def pages(app: Flask) -> list[Rule]:
    """All but the endpoint that answers 503 where no worker runs."""
    return [
        rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.endpoint not in ("static", "ops.health")
    ]


@pytest.fixture
def things(session: Session, app: Flask, people: SimpleNamespace) -> dict[str, object]:
    """One of each thing an address can name."""
    made = make_everything(session, app.extensions["qcapp_storage"], people, people.max)
    session.commit()
    return made


def address(app: Flask, rule: Rule, things: dict[str, object]) -> str:
    with app.test_request_context():
        return app.url_for(rule.endpoint, **{name: things[name] for name in rule.arguments})


@pytest.mark.parametrize("what", WRONG)
def test_no_page_breaks_by_what_stands_behind_its_question_mark(
    app: Flask, people: SimpleNamespace, things, login, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    clients = [login(people.olga), login(people.anna)]
    monkeypatch.setattr(app, "request_class", Asking)
    monkeypatch.setattr(Same, "said", WRONG[what], raising=False)
    broken = []
    for client in clients:
        for rule in pages(app):
            answer = client.get(address(app, rule, things), query_string={"any": "thing"})
            if answer.status_code >= 500:
                broken.append((rule.endpoint, answer.status_code))
    assert broken == []


def test_no_page_breaks_by_a_number_that_is_too_large(
    app: Flask, people: SimpleNamespace, things, login
) -> None:
    client = login(people.olga)
    broken, asked = [], 0
    for rule in pages(app):
        numbers = [name for name, each in rule._converters.items() if isinstance(each, IntegerConverter)]
        if numbers:
            answer = client.get(address(app, rule, things | dict.fromkeys(numbers, HUGE)))
            asked += 1
            if answer.status_code not in (400, 403, 404):
                broken.append((rule.endpoint, answer.status_code))
    assert asked > 0
    assert broken == []


@pytest.mark.parametrize("body", [10**30, [1], "a\0b", None, {}, {"text": 5}], ids=repr)
def test_no_deed_breaks_by_what_a_program_sends(
    app: Flask, people: SimpleNamespace, things, login, body: object
) -> None:
    client = login(people.olga)
    broken = []
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()) and rule.endpoint != "account.logout":
            answer = client.post(address(app, rule, things), json=body, buffered=True)
            if answer.status_code >= 500:
                broken.append((rule.endpoint, answer.status_code))
    assert broken == []


@pytest.mark.parametrize(
    "sent", ["[" * 100_000, '{"text": "\\ud800", "document": {"a": 1e999}}'], ids=["deep", "odd"]
)
def test_no_deed_breaks_by_hostile_json(
    app: Flask, people: SimpleNamespace, things, login, sent: str
) -> None:
    client = login(people.olga)
    broken = []
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()) and rule.endpoint != "account.logout":
            answer = client.post(address(app, rule, things), data=sent, content_type="application/json")
            if answer.status_code >= 500:
                broken.append((rule.endpoint, answer.status_code))
            answer.close()
    assert broken == []


def test_no_address_leads_to_a_host_that_somebody_sent(
    app: Flask, people: SimpleNamespace, things, login
) -> None:
    """Above all not the one that is completed by a slash."""
    client = login(people.olga)
    led = []
    for rule in pages(app):
        where = address(app, rule, things)
        for path in {where, where.rstrip("/") or "/"}:
            answer = client.get(path, headers={"Host": "evil.example"})
            if answer.location and not answer.location.startswith("/"):
                led.append((path, answer.location))
    assert led == []
    assert client.get("/calls?manager=1", headers={"Host": "evil.example"}).location == "/calls/?manager=1"


@pytest.mark.parametrize("host", ["a b", "[", "host:port", "\xff", "x" * 5000], ids=range(5))
def test_no_page_breaks_by_the_name_of_a_host(people: SimpleNamespace, login, host: str) -> None:
    assert login(people.olga).get("/calls", headers={"Host": host}).status_code < 500
