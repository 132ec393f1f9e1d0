"""POST /api/v1/calls: with a token, idempotent, every refusal a sentence in JSON."""

import io
import re
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from qcapp import create_app
from qcapp.calls.facts import facts_of
from qcapp.calls.models import Call
from qcapp.core import audit, clock
from qcapp.core.audit import AuditKeeper
from qcapp.core.db import Database
from qcapp.core.numbers import without_numbers
from qcapp.people.access import token_hash
from qcapp.people.audited import PeopleAction
from qcapp.people.models import ApiToken, TokenScope, User
from qcapp.settings import Settings
from qcapp.terms import Direction, Disposition, LeadSource
from tests.broken import without
from tests.calls.importing import FIRST
from tests.databases import locked
from tests.factories import odd_audio
from tests.factories import people as cast

TOKEN = "a-token-for-tests"
GIVEN = {
    "external_id": "crm-17",
    "started_at": "2026-10-06T10:12:04+03:00",
    "direction": "out",
    "extension": "201",
    "phone": "89460114420",
    "talk_s": "161",
    "disposition": "answered",
    "lead_source": "hot",
    "contact_no": "2",
    "crm_ref": "deal/9",
}


def token_of(user: User) -> ApiToken:
    return ApiToken(
        user_id=user.id,
        name="exchange",
        scope=TokenScope.IMPORT_CALLS,
        token_hash=token_hash(TOKEN),
        created_at=clock.now(),
        ends_at=clock.now() + timedelta(days=1),
    )


@pytest.fixture
def program(client: FlaskClient, session: Session, people: SimpleNamespace) -> FlaskClient:
    """A client that speaks with an administrator's token for imports."""
    session.add(token_of(people.anna))
    session.commit()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {TOKEN}"
    return client


def send(client: FlaskClient, content: bytes | None = None, name: str = "call.wav", **fields: str):
    content = odd_audio.wav(1.0, 2) if content is None else content
    return client.post("/api/v1/calls", data=fields | {"file": (io.BytesIO(content), name)})


def test_a_call_comes_in_and_tells_where_its_status_is(
    program: FlaskClient, session: Session, people: SimpleNamespace
) -> None:
    response = send(program, **GIVEN)
    assert response.status_code == 202
    call = session.scalars(select(Call)).one()
    assert response.json == {
        "id": call.id,
        "external_id": "crm-17",
        "duplicate": False,
        "status_url": f"/api/v1/calls/{call.id}",
    }
    assert (call.direction, call.disposition, call.manager) == (
        Direction.OUT,
        Disposition.ANSWERED,
        people.max,
    )
    assert (call.lead_source, call.contact_no, call.crm_ref) == (LeadSource.HOT, 2, "deal/9")
    assert call.client is not None
    assert call.client.phone == "+79460114420"
    status = program.get(response.json["status_url"]).json
    assert (status["state"], status["started_at"]) == ("accepted", "2026-10-06T07:12:04+00:00")
    assert status["recording"]["channels"] == 2


def test_sending_it_again_makes_no_second_call(program: FlaskClient, session: Session) -> None:
    first, second = send(program, **GIVEN), send(program, **GIVEN)
    assert second.status_code == 202
    assert second.json == first.json | {"duplicate": True}
    assert session.scalar(select(func.count()).select_from(Call)) == 1


def test_the_same_id_with_other_bytes_is_a_conflict(program: FlaskClient, session: Session) -> None:
    send(program, **GIVEN)
    response = send(program, odd_audio.wav(1.0, 2, seed=1), **GIVEN)
    assert response.status_code == 409
    assert "already has another recording" in response.json["error"]


def test_the_name_of_the_file_completes_what_is_not_told(program: FlaskClient, session: Session) -> None:
    assert send(program, name=FIRST, timezone="Europe/Moscow").status_code == 202
    call = session.scalars(select(Call)).one()
    assert (call.external_id, call.manager_extension) == ("1791270724.126", "201")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"started_at": "yesterday"}, "started_at"),
        ({"started_at": "2026-10-06T10:12:04"}, "offset"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"direction": "sideways"}, "direction"),
        ({"talk_s": "-5"}, "talk_s"),
        ({"manager_channel": "7"}, "manager_channel"),
        ({"external_id": "x" * 300}, "external_id"),
    ],
)
def test_a_bad_field_is_named(
    program: FlaskClient, session: Session, fields: dict[str, str], words: str
) -> None:
    response = send(program, **fields)
    assert response.status_code == 422
    assert words in response.json["error"]
    assert session.scalars(select(Call)).all() == []


def test_a_request_without_a_file_says_so(program: FlaskClient) -> None:
    response = program.post("/api/v1/calls", data=GIVEN)
    assert response.status_code == 422
    assert "file" in response.json["fields"]


def test_a_file_that_is_no_recording_is_refused_in_words(program: FlaskClient, session: Session) -> None:
    response = send(program, b"<html><body>404</body></html>", **GIVEN)
    assert response.status_code == 422
    assert "web page" in response.json["error"]
    assert session.scalars(select(Call)).all() == []


def test_a_name_with_local_time_needs_a_zone(program: FlaskClient) -> None:
    response = send(program, name=FIRST)
    assert response.status_code == 422
    assert "time zone" in response.json["error"]


def test_without_a_token_it_answers_401_in_json(client: FlaskClient) -> None:
    response = send(client)
    assert response.status_code == 401
    assert response.json["error"]


def test_a_token_for_something_else_is_not_enough(program: FlaskClient, session: Session) -> None:
    session.scalars(select(ApiToken)).one().scope = TokenScope.READ_METRICS
    session.commit()
    assert send(program).status_code == 403


def test_an_unknown_call_is_404_in_json(program: FlaskClient) -> None:
    response = program.get("/api/v1/calls/4711")
    assert response.status_code == 404
    assert response.json["error"]


def test_the_description_names_every_path_and_field(program: FlaskClient, app: Flask) -> None:
    from qcapp.calls.api_form import CallForm

    served = program.get("/api/v1/openapi.json").json
    routes = {
        re.sub(r"<int:\w+>", "{id}", str(rule).removeprefix("/api/v1"))
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("api_") and not rule.endpoint.endswith("description")
    }
    assert set(served["paths"]) == routes
    fields = set(served["components"]["schemas"]["NewCall"]["properties"])
    assert fields == {*CallForm()._fields, "file"}


def test_a_crm_tells_later_what_it_has_learnt(program: FlaskClient, session: Session) -> None:
    told = {"outcome": "Отказ", "tags": "Тендер", "company": "Ромашка", "category": "B"}
    call_id = send(program, **(GIVEN | told)).json["id"]
    answer = program.post(f"/api/v1/calls/{call_id}/facts", json={"outcome": "Сделка", "tags": ["a", "B"]})
    assert answer.status_code == 200
    assert {name: answer.json[name] for name in (*told, "lead_source")} == {
        "outcome": "Сделка",
        "tags": ["a", "b"],
        "company": "Ромашка",
        "category": "B",
        "lead_source": "hot",
    }
    gone = program.post(f"/api/v1/calls/{call_id}/facts", json={"lead_source": None, "tags": None})
    assert (gone.json["lead_source"], gone.json["tags"]) == (None, [])
    odd = [
        {"started_at": when} for when in ("2026-10-06T10:12:04", "0001-01-01T00:00:00+14:00", "soon", 17e30)
    ]
    for wrong in ({"lead_source": "tepid"}, {"direction": "up"}, {"manager": 1}, *odd, [1], None):
        refused = program.post(f"/api/v1/calls/{call_id}/facts", json=wrong)
        assert refused.status_code == 409
        assert "openapi.json" in refused.json["error"]
    assert program.post("/api/v1/calls/999999/facts", json={}).status_code == 404


def test_a_start_that_nothing_tells_is_null_until_it_is_told(program: FlaskClient, session: Session) -> None:
    given = {name: value for name, value in GIVEN.items() if name != "started_at"}
    call_id = send(program, name="call.wav", **given).json["id"]
    assert program.get(f"/api/v1/calls/{call_id}").json["started_at"] is None
    path = f"/api/v1/calls/{call_id}/facts"
    told = program.post(path, json={"started_at": GIVEN["started_at"], "direction": None}).json
    assert (told["started_at"], told["direction"]) == ("2026-10-06T07:12:04+00:00", "unknown")
    assert program.post(path, json={"started_at": None}).json["started_at"] is None


def test_what_a_program_is_shown_masked_and_sends_back_stays(program: FlaskClient, session: Session) -> None:
    words = {"outcome": "call 8 916 123-45-67", "company": "ООО +375 29 123-45-67", "category": "123-45-67"}
    tags = ("8 916 123-45-67", "8 916 123-45-67 b")
    call_id = send(program, **(GIVEN | words | {"tags": ", ".join(tags)})).json["id"]
    address = f"/api/v1/calls/{call_id}"
    shown = {name: program.get(address).json[name] for name in (*words, "tags")}
    assert all(without_numbers(str(word)) == str(word) for word in shown.values())
    assert program.post(f"{address}/facts", json=shown | {"lead_source": "warm"}).status_code == 200
    refused = program.post(f"{address}/facts", json={"company": f"{shown['company']}0"})
    assert (refused.status_code, "masked" in refused.json["error"]) == (409, True)
    facts = facts_of(session.get_one(Call, call_id))
    assert {name: getattr(facts, name) for name in words} == words
    assert (facts.tags, facts.lead_source) == (tags, LeadSource.WARM)


def test_while_the_storage_is_away_a_program_is_told_to_come_again(
    program: FlaskClient, session: Session, settings: Settings
) -> None:
    with without(Path(settings.storage_location)):
        answer = send(program, **GIVEN)
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert "storage of files does not answer" in answer.json["error"]
    assert session.scalars(select(Call)).all() == []
    assert send(program, **GIVEN).status_code == 202


def test_a_copy_that_cannot_be_read_here_is_no_fault_of_the_recording(
    program: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(FileStorage, "save", lambda *_given: None)  # the disk has lost what was written
        answer = send(program, **GIVEN)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert session.scalars(select(Call)).all() == []
    assert send(program, **GIVEN).status_code == 202


def test_while_the_key_of_the_audit_log_is_away_a_program_is_told_to_come_again(
    settings: Settings, committed: Database, tmp_path: Path
) -> None:
    app = create_app(settings, committed)
    with committed.transaction() as session:
        anna = cast.make_cast(session).anna
        session.add(token_of(anna))
        audit.record(session, PeopleAction.SIGNED_IN, f"user:{anna.id}", by_id=anna.id)
        keeper = session.info["audit"]
    program = app.test_client()
    program.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {TOKEN}"
    committed.provide(audit=AuditKeeper(tmp_path / "empty"))
    answer = send(program, **GIVEN)
    assert answer.status_code == 503
    assert "key of the audit log is missing" in answer.json["error"]
    committed.provide(audit=keeper)
    assert send(program, **GIVEN).status_code == 202


def test_while_the_database_is_locked_a_program_is_told_to_come_again(
    settings: Settings, committed: Database
) -> None:
    app = create_app(settings, committed)
    with committed.transaction() as session:
        anna = cast.make_cast(session).anna
        session.add(token_of(anna))
    program = app.test_client()
    program.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {TOKEN}"
    with locked(committed, "call"):
        answer = send(program, **GIVEN)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "database cannot be used" in answer.json["error"]
    assert send(program, **GIVEN).status_code == 202


def test_a_name_with_a_line_break_is_refused_in_words(program: FlaskClient, session: Session) -> None:
    parts = (
        (b'form-data; name="source"', b"Exchange"),
        (b"form-data; name=\"file\"; filename*=UTF-8''a%0Ab.wav", odd_audio.wav(1.0, 2)),
    )
    body = b"".join(b"--x\r\nContent-Disposition: %s\r\n\r\n%s\r\n" % part for part in parts) + b"--x--\r\n"
    answer = program.post("/api/v1/calls", data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 422
    assert "line breaks or control characters" in answer.json["error"]
    assert session.scalars(select(Call)).all() == []
