"""GET /api/v1/managers/<id>/clearance: what a CRM asks before it hands out a lead."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from qcapp.onboarding.clearance import queries
from qcapp.onboarding.clearance import service as clearance
from qcapp.onboarding.clearance.changes import note_answer
from qcapp.onboarding.clearance.models import ManagerAnswer
from qcapp.people import tokens
from qcapp.people.models import TokenScope, User
from qcapp.terms import Role, Stage
from tests.factories.people import make_user
from tests.onboarding.on_the_way import make_sale, make_trainee
from tests.statements import statements

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
    clearance.grant_clearance(session, trainee.manager, by=people.olga, reason="An old hand")
    answer = ask(people.max).json
    assert (answer["cleared"], answer["stage"], answer["missing"]) == (True, "staff", [])
    assert answer["lead_sources"] == ["cold", "warm", "hot", "existing"]
    clearance.revoke_clearance(session, trainee.manager, by=people.olga, reason="Sold air")
    assert ask(people.max).json["cleared"] is False


def test_whoever_is_new_is_not_cleared_until_somebody_declares_him_staff(
    session: Session, people: SimpleNamespace, ask: Ask
) -> None:
    answer = ask(people.sveta).json
    assert (answer["cleared"], answer["stage"], answer["since"]) == (False, None, None)
    assert (answer["lead_sources"], answer["missing"]) == ([], [])
    decision = clearance.declare_staff(session, people.sveta, by=people.olga, reason="An old hand")
    answer = ask(people.sveta).json
    assert (answer["cleared"], answer["stage"]) == (True, "staff")
    assert answer["since"] == decision.at.isoformat()
    clearance.revoke_clearance(session, people.sveta, by=people.lidia, reason="Sold air")
    answer = ask(people.sveta).json
    assert (answer["cleared"], answer["stage"], answer["lead_sources"]) == (False, None, [])


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
    assert login(people.max).get(address).json["cleared"] is False
    assert login(people.kira).get(address).status_code == 403


def test_the_answer_is_the_one_described(people: SimpleNamespace, ask: Ask, client: FlaskClient) -> None:
    described = client.get("/api/v1/openapi.json").json["components"]["schemas"]["Clearance"]
    answer = ask(people.max).json
    assert set(answer) == set(described["properties"]) == set(described["required"])
    assert set(answer["manager"]) == set(described["properties"]["manager"]["properties"])


Listing = Callable[..., Any]


@pytest.fixture
def listing(session: Session, client: FlaskClient, people: SimpleNamespace) -> Listing:
    """``listing(query, of=…)`` asks about all managers with a token of that person."""

    def listing(address: str = "/api/v1/managers", *, of: User = people.olga, **query: object) -> Any:
        _token, text = tokens.issue_token(
            session, by=people.anna, user=of, name="CRM", scope=TokenScope.READ_CLEARANCE
        )
        session.commit()
        return client.get(address, query_string=query or None, headers={"Authorization": f"Bearer {text}"})

    return listing


def names(answer: Any) -> list[str]:
    return [each["manager"]["login"] for each in answer.json["managers"]]


def test_all_managers_are_listed_and_who_has_left_is_not_cleared(
    session: Session, people: SimpleNamespace, listing: Listing
) -> None:
    nina = make_user(session, "Nina New", Role.MANAGER)
    for manager in (people.max, people.sveta, nina):
        make_trainee(session, manager, Stage.STAFF)
        note_answer(session, manager.id)
    people.sveta.active, nina.role = False, Role.COACH
    for manager in (people.sveta, nina):
        note_answer(session, manager.id)
    answer = listing().json
    assert [(each["manager"]["login"], each["cleared"]) for each in answer["managers"]] == [
        ("max", True),
        ("sveta", False),
        ("nina", False),
    ]
    assert answer["managers"][2]["lead_sources"] == []
    assert answer["next"] is None


def test_the_next_run_asks_for_what_has_changed_since(
    session: Session, people: SimpleNamespace, listing: Listing
) -> None:
    with time_machine.travel(START, tick=False) as now:
        for manager in (people.max, people.sveta):
            make_trainee(session, manager, Stage.INTERNSHIP)
            note_answer(session, manager.id)
            now.shift(timedelta(hours=1))
        as_of = listing().json["as_of"]
        assert as_of == "2026-10-06T08:12:00Z"  # of the newest change, which is listed once more
        assert names(listing(changed_since=as_of)) == ["sveta"]
        now.shift(timedelta(minutes=-61))  # begun before the answer, committed after it
        people.max.name = "Max Renamed"
        note_answer(session, people.max.id)
        now.shift(timedelta(hours=2))
        assert names(listing(changed_since=as_of)) == ["max", "sveta"]
        told = listing(changed_since=as_of).json["managers"][0]
        assert told["changed_at"] == "2026-10-06T08:12:00+00:00"
        assert told["sequence"] == session.get_one(ManagerAnswer, people.max.id).sequence


def test_what_was_never_noted_is_listed_always(people: SimpleNamespace, listing: Listing) -> None:
    [told] = listing(changed_since="2026-10-06T08:12:00Z", of=people.roman).json["managers"]
    assert (told["manager"]["login"], told["sequence"], told["changed_at"]) == ("max", 0, None)


def test_a_token_lists_whom_its_user_may_see(people: SimpleNamespace, listing: Listing) -> None:
    assert names(listing(of=people.roman)) == ["max"]
    assert names(listing(of=people.oleg)) == ["sveta"]
    for all_of_them in (people.olga, people.hanna, people.anna):
        assert names(listing(of=all_of_them)) == ["max", "sveta"]


@pytest.mark.parametrize(
    "text",
    ["yesterday", "2026-10-06", "2026-10-06T08:12:00", "2026-10-06T08:12:00 03:00", "9999-12-31T00:00Z"],
)
def test_a_time_that_cannot_be_understood_is_refused_in_words(text: str, listing: Listing) -> None:
    answer = listing(changed_since=text)
    assert answer.status_code == 422
    assert answer.json["error"] == f"changed_since: {answer.json['fields']['changed_since']}"
    assert "with its offset" in answer.json["error"]


def test_a_time_in_the_future_is_refused(listing: Listing) -> None:
    with time_machine.travel(START, tick=False):
        assert listing(changed_since="2026-10-06T07:20:00Z").status_code == 200
        assert "future" in listing(changed_since="2026-10-06T08:12:00Z").json["error"]


def test_pages_follow_in_few_queries(session: Session, listing: Listing) -> None:
    for number in range(queries.PAGE):
        make_trainee(session, make_user(session, f"m{number} Manager", Role.MANAGER))
    with statements(session) as asked:
        first = listing(changed_since="2026-10-06T08:12:00+03:00")
        second = listing(first.json["next"])
    assert len(first.json["managers"]) == queries.PAGE
    assert names(second) == [f"m{queries.PAGE - 2}", f"m{queries.PAGE - 1}"]
    assert second.json["next"] is None
    assert len(asked) <= 40


def test_the_list_is_the_one_described(
    people: SimpleNamespace, listing: Listing, client: FlaskClient
) -> None:
    described = client.get("/api/v1/openapi.json").json["components"]["schemas"]
    answer = listing().json
    assert set(answer) == set(described["Answers"]["properties"]) == set(described["Answers"]["required"])
    for schema in (described["Answer"], described["Told"]):
        assert set(schema["properties"]) == set(schema["required"])
    assert set(answer["managers"][0]) == set(described["Answer"]["properties"])
