"""The page of one manager's clearance: everybody concerned reads it, two decide on it."""

from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.core import clock
from qcapp.core.audit import AuditEntry
from qcapp.onboarding.clearance import service as clearance
from qcapp.onboarding.models import ClearanceDecision, Trainee
from qcapp.people.models import Notice
from qcapp.terms import ClearanceVerdict
from tests.factories.calls import make_call
from tests.onboarding.on_the_way import make_sale, make_trainee
from tests.onboarding.shown import shown
from tests.reviews.conftest import checklist, publish

__all__ = ["checklist", "publish"]


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
        said = {"reason": reason} | shown(client, page(trainee))
        response = client.post(page(trainee, deed), data=said)
        assert (response.status_code, response.location) == (303, page(trainee))
        session.expire_all()
    assert decided(session) == [("refused", ""), ("granted", "Sold for years"), ("revoked", "Sold <air>")]
    text = client.get(page(trainee)).text
    assert "Sold &lt;air&gt;" in text
    assert text.index("clearance taken away") < text.index("Sold for years")
    assert "1 condition was not met" in text


def test_a_page_opened_before_somebody_decided_decides_nothing(
    session: Session, login, people: SimpleNamespace, trainee: Trainee
) -> None:
    make_sale(session, people.max, people.roman)
    session.commit()
    client = login(people.lidia)
    known = shown(client, page(trainee))
    clearance.refuse_clearance(session, people.max, by=people.olga, reason="Rude to a client")
    session.commit()
    for said in ({}, {"reason": "He is good"}):
        late = client.post(page(trainee, "/grant"), data=known | said)
        assert late.status_code == 409
        assert "Somebody has decided meanwhile" in late.text
        assert "Olga Owner: Rude to a client" in late.text
        assert said.get("reason", "") in late.text
    assert decided(session) == [("refused", "Rude to a client")]


def test_a_refusal_is_read_by_all_and_waits_for_nobody_until_a_call_is_scored(
    session: Session, login, publish, people: SimpleNamespace, trainee: Trainee
) -> None:
    make_sale(session, people.max, people.roman)
    clearance.refuse_clearance(session, people.max, by=people.olga, reason="Rude to a client")
    session.commit()
    way = f"/onboarding/{people.max.id}"
    addresses = (page(trainee), way)
    for who, where in ((people.lidia, addresses), (people.roman, addresses), (people.max, (*addresses, "/"))):
        client = login(who)
        for address in where:
            text = client.get(address).text
            assert "Clearance was refused on" in text
            assert "Olga Owner: Rude to a client" in text
            assert "when quality control has scored one more call" in text
            assert "decides about hot leads now" not in text
    client = login(people.lidia)
    text = client.get(page(trainee)).text
    assert "What is left is the decision" not in text
    assert "Clear all the same" in text
    board = client.get("/board").text
    assert "place-refused" in board
    assert "place-ready" not in board
    assert "for clearance" not in client.get("/board/waiting").text
    known = shown(client, page(trainee))
    assert "needs a reason" in client.post(page(trainee, "/grant"), data=known).text
    publish(make_call(session, people.max, started_at=clock.now()), people.kira)
    client = login(people.lidia)
    assert "waits for clearance" in client.get("/board/waiting").text
    text = client.get(page(trainee)).text
    assert "Olga Owner: Rude to a client" in text
    assert "What is left is the decision" in text
    told = select(Notice.user_id).where(Notice.kind == "trainee_ready")
    assert set(session.scalars(told)) == {people.olga.id, people.lidia.id}
    assert "needs a reason" in client.post(page(trainee, "/grant"), data=known).text
    said = known | {"reason": "He has apologised"}
    assert client.post(page(trainee, "/grant"), data=said).status_code == 303
    assert "Clearance was refused on" not in client.get(page(trainee)).text


def test_who_is_cleared_already_cannot_be_cleared_twice(
    session: Session, login, people: SimpleNamespace, trainee: Trainee
) -> None:
    client = login(people.olga)
    said = {"reason": "An old hand"}
    assert client.post(page(trainee, "/grant"), data=said).status_code == 303
    said |= shown(client, page(trainee))
    assert client.post(page(trainee, "/grant"), data=said).status_code == 409
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
