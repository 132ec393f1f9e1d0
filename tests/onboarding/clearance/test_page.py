"""The page of one manager's clearance: everybody concerned reads it, two decide on it."""

from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.core.audit import AuditEntry
from qcapp.onboarding.clearance import service as clearance
from qcapp.onboarding.models import ClearanceDecision, Trainee
from qcapp.terms import ClearanceVerdict
from tests.onboarding.on_the_way import make_sale, make_trainee


@pytest.fixture
def trainee(session: Session, people: SimpleNamespace) -> Trainee:
    trainee = make_trainee(session, people.max)
    session.commit()
    return trainee


def page(trainee: Trainee, deed: str = "") -> str:
    return f"/clearance/{trainee.manager_id}{deed}"


def decided(session: Session) -> list[tuple[ClearanceVerdict, str]]:
    made = session.scalars(select(ClearanceDecision).order_by(ClearanceDecision.id))
    return [(each.verdict, each.reason) for each in made]


def test_what_is_missing_is_said_in_words(login, people: SimpleNamespace, trainee: Trainee) -> None:
    text = login(people.olga).get(page(trainee)).text
    assert "1 condition of 1 is not met: no hot leads yet." in text
    assert "Confirmed sales: 0 of 1" in text
    assert "Day 1 of 7 in this stage" in text


def test_who_has_met_everything_waits_for_the_decision(
    session: Session, login, people: SimpleNamespace, trainee: Trainee
) -> None:
    make_sale(session, people.max, people.roman)
    session.commit()
    text = login(people.max).get(page(trainee)).text
    assert "Every condition is met." in text
    assert "My clearance" in text


@pytest.mark.parametrize("who", ["olga", "lidia"])
def test_who_may_decide_finds_the_buttons(login, people: SimpleNamespace, trainee: Trainee, who: str) -> None:
    text = login(getattr(people, who)).get(page(trainee)).text
    assert page(trainee, "/grant") in text
    assert page(trainee, "/refuse") in text
    assert page(trainee, "/revoke") not in text


@pytest.mark.parametrize("who", ["roman", "kira", "tanya", "hanna", "max"])
def test_others_read_and_find_none(login, people: SimpleNamespace, trainee: Trainee, who: str) -> None:
    response = login(getattr(people, who)).get(page(trainee))
    assert response.status_code == 200
    assert "<textarea" not in response.text


@pytest.mark.parametrize("who", ["oleg", "sveta", "anna"])
def test_it_is_not_for_everybody(login, people: SimpleNamespace, trainee: Trainee, who: str) -> None:
    assert login(getattr(people, who)).get(page(trainee)).status_code == 403


@pytest.mark.parametrize("deed", ["/grant", "/refuse", "/revoke"])
def test_a_head_who_tries_is_refused_and_recorded(
    session: Session, login, people: SimpleNamespace, trainee: Trainee, deed: str
) -> None:
    response = login(people.roman).post(page(trainee, deed), data={"reason": "He is my best man"})
    assert response.status_code == 403
    assert decided(session) == []
    refused = select(AuditEntry).where(AuditEntry.action == "refused", AuditEntry.by_id == people.roman.id)
    assert session.scalars(refused).one().diff["path"] == page(trainee, deed)


def test_a_decision_without_its_reason_is_asked_for_it_and_nothing_typed_is_lost(
    session: Session, login, people: SimpleNamespace, trainee: Trainee
) -> None:
    client = login(people.olga)
    response = client.post(page(trainee, "/grant"), data={"reason": " "})
    assert response.status_code == 422
    assert "This decision needs a reason." in response.text
    assert decided(session) == []
    long = client.post(page(trainee, "/grant"), data={"reason": "слово " * 1000})
    assert long.status_code == 422
    assert "слово слово" in long.text


def test_an_owner_clears_refuses_and_takes_away(
    session: Session, login, people: SimpleNamespace, trainee: Trainee
) -> None:
    client = login(people.olga)
    for deed, reason in (("/refuse", ""), ("/grant", "Sold for years"), ("/revoke", "Sold <air>")):
        response = client.post(page(trainee, deed), data={"reason": reason})
        assert (response.status_code, response.location) == (303, page(trainee))
        session.expire_all()
    assert decided(session) == [("refused", ""), ("granted", "Sold for years"), ("revoked", "Sold <air>")]
    text = client.get(page(trainee)).text
    assert "Sold &lt;air&gt;" in text
    assert text.index("clearance taken away") < text.index("Sold for years")
    assert "1 condition was not met" in text


def test_who_is_cleared_already_cannot_be_cleared_twice(
    session: Session, login, people: SimpleNamespace, trainee: Trainee
) -> None:
    client = login(people.olga)
    assert client.post(page(trainee, "/grant"), data={"reason": "An old hand"}).status_code == 303
    assert client.post(page(trainee, "/grant"), data={"reason": "An old hand"}).status_code == 409
    text = client.get(page(trainee)).text
    assert "Cleared for hot leads since" in text
    assert page(trainee, "/revoke") in text
    assert page(trainee, "/grant") not in text


def test_of_somebody_who_is_no_manager_there_is_no_clearance(login, people: SimpleNamespace) -> None:
    assert login(people.olga).get(f"/clearance/{people.roman.id}").status_code == 404


def test_evidence_that_a_reader_may_not_open_is_no_link(
    session: Session, client: FlaskClient, login, people: SimpleNamespace, trainee: Trainee
) -> None:
    """HR sees that calls were scored, and does not hear clients' calls."""
    from qcapp.onboarding.clearance.words import shown
    from qcapp.onboarding.program import plan as program
    from qcapp.onboarding.rules import Evidence, State

    condition = program.Condition(kind=program.ConditionKind.SCORED_CALLS, count=2)
    state = State(condition, None, True, 2, 2, (Evidence("review", 1), Evidence("review", 2)), 2)
    with client.application.test_request_context():
        assert [link.url for link in shown(state, people.olga).links] == ["/reviews/1", "/reviews/2"]
        assert shown(state, people.hanna).links == []


def test_what_was_computed_stays_as_it_was(
    session: Session, login, people: SimpleNamespace, trainee: Trainee
) -> None:
    clearance.refuse_clearance(session, trainee.manager, by=people.olga)
    make_sale(session, people.max, people.roman)
    session.commit()
    text = login(people.olga).get(page(trainee)).text
    assert "Confirmed sales: 1 of 1" in text
    assert "Confirmed sales: 0 of 1" in text
