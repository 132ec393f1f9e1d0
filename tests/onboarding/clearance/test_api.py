"""GET /api/v1/managers/<id>/clearance: what a CRM asks before it hands out a lead."""

from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from qcapp.onboarding.clearance import service as clearance
from qcapp.people import tokens
from qcapp.people.models import TokenScope, User
from qcapp.people.stages import Stage
from tests.onboarding.on_the_way import make_sale, make_trainee

Ask = Callable[..., Any]
START = datetime(2026, 10, 6, 7, 12, tzinfo=UTC)


@pytest.fixture
def ask(session: Session, client: FlaskClient, people: SimpleNamespace) -> Ask:
    """``ask(manager)`` as a program with a token that acts as the administrator."""

    def ask(manager: User, of: User = people.anna, scope: TokenScope = TokenScope.READ_CLEARANCE) -> Any:
        _token, text = tokens.issue_token(session, by=people.anna, user=of, name="CRM", scope=scope)
        session.commit()
        address = f"/api/v1/managers/{manager.id}/clearance"
        return client.get(address, headers={"Authorization": f"Bearer {text}"})

    return ask


def test_what_is_missing_is_told_with_its_numbers(
    session: Session, people: SimpleNamespace, ask: Ask
) -> None:
    make_trainee(session, people.max, entered_at=START)
    answer = ask(people.max)
    assert answer.status_code == 200
    assert answer.json == {
        "manager": {"id": people.max.id, "name": "Max Manager", "login": "max", "extensions": ["201"]},
        "cleared": False,
        "stage": "internship",
        "since": "2026-10-06T07:12:00+00:00",
        "lead_sources": ["cold", "warm"],
        "missing": [
            {
                "key": "sale",
                "stage": "internship",
                "have": 0,
                "need": 1,
                "sentence": "Confirmed sales: 0 of 1",
            }
        ],
    }


def test_nothing_missing_is_no_clearance_yet(session: Session, people: SimpleNamespace, ask: Ask) -> None:
    make_trainee(session, people.max)
    make_sale(session, people.max, people.roman)
    answer = ask(people.max).json
    assert (answer["cleared"], answer["missing"]) == (False, [])


def test_who_is_cleared_may_have_every_lead(session: Session, people: SimpleNamespace, ask: Ask) -> None:
    trainee = make_trainee(session, people.max)
    clearance.grant_clearance(session, trainee, by=people.olga, reason="An old hand")
    answer = ask(people.max).json
    assert (answer["cleared"], answer["stage"], answer["missing"]) == (True, "staff", [])
    assert answer["lead_sources"] == ["cold", "warm", "hot", "existing"]
    clearance.revoke_clearance(session, trainee, by=people.olga, reason="Sold air")
    assert ask(people.max).json["cleared"] is False


def test_who_was_never_a_trainee_is_cleared(people: SimpleNamespace, ask: Ask) -> None:
    answer = ask(people.sveta).json
    assert (answer["cleared"], answer["stage"], answer["since"]) == (True, "staff", None)


def test_who_has_left_gets_no_lead_at_all(session: Session, people: SimpleNamespace, ask: Ask) -> None:
    people.sveta.active = False
    trainee = make_trainee(session, people.max, Stage.COLD_PRACTICE)
    trainee.parted_at = trainee.stages[0].entered_at
    session.flush()
    for manager in (people.sveta, people.max):
        answer = ask(manager).json
        assert (answer["cleared"], answer["lead_sources"]) == (False, [])


def test_the_token_reaches_as_far_as_its_user(people: SimpleNamespace, ask: Ask) -> None:
    assert ask(people.max, of=people.roman).status_code == 200
    assert ask(people.sveta, of=people.roman).status_code == 403
    assert ask(people.max, scope=TokenScope.IMPORT_CALLS).status_code == 403


def test_somebody_who_is_no_manager_is_404_in_json(people: SimpleNamespace, ask: Ask) -> None:
    for nobody in (people.roman, SimpleNamespace(id=10**6)):
        answer = ask(nobody)
        assert answer.status_code == 404
        assert answer.json["error"] == "There is no such manager."


def test_signed_in_people_may_ask_as_well(login, people: SimpleNamespace, session: Session) -> None:
    address = f"/api/v1/managers/{people.max.id}/clearance"
    assert login(people.max).get(address).json["cleared"] is True
    assert login(people.kira).get(address).status_code == 403


def test_the_answer_is_the_one_described(people: SimpleNamespace, ask: Ask, client: FlaskClient) -> None:
    described = client.get("/api/v1/openapi.json").json["components"]["schemas"]["Clearance"]
    answer = ask(people.max).json
    assert set(answer) == set(described["properties"]) == set(described["required"])
    assert set(answer["manager"]) == set(described["properties"]["manager"]["properties"])
