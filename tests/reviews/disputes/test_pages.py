"""The pages of disputes: who gets in, what they show, and that a head's attempt is refused and recorded."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.core.audit import AuditEntry
from qcapp.reviews.disputes.models import Decision, Dispute
from qcapp.reviews.models import Review
from tests.reviews.test_views import text_of

Login = Callable[..., FlaskClient]


def fields(dispute: Dispute, *rulings: tuple[str, str, str]) -> dict[str, str]:
    found = {}
    for answer, (decision, value, reason) in zip(dispute.answers, rulings, strict=True):
        found |= {
            f"{answer.id}-decision": decision,
            f"{answer.id}-value": value,
            f"{answer.id}-reason": reason,
        }
    return found


def test_a_manager_disputes_from_the_page_of_his_review(
    session: Session, published: Review, people: SimpleNamespace, login: Login
) -> None:
    client = login(people.max)
    page = client.get(f"/reviews/{published.id}").text
    assert f"/reviews/{published.id}/dispute" in page
    assert "can be disputed until" in page
    url = f"/reviews/{published.id}/dispute"
    form = client.get(url).text
    assert "Не поздоровался" in form
    places = [form.index(f'name="{key}-proposed"') for key in ("hello", "voice", "name", "polite")]
    assert form.index("Bad answers") < places[0]
    assert places == sorted(places)  # the bad ones first
    untouched = {"hello-proposed": "", "name-proposed": "", "voice-proposed": "", "polite-proposed": ""}
    assert client.post(url, data=untouched).status_code == 422
    missing = client.post(url, data=untouched | {"hello-proposed": "yes"})
    assert missing.status_code == 422
    assert "Say why you do not agree." in missing.text
    answer = client.post(url, data=untouched | {"hello-proposed": "yes", "hello-comment": "Здоровался"})
    assert answer.status_code == 303
    assert "Здоровался" in text_of(client.get(answer.location).text)
    page = client.get(f"/reviews/{published.id}").text
    assert "not decided yet" in page
    assert "/dispute" not in page.replace(answer.location, "")
    assert client.get(url).status_code == 409


def test_the_lead_decides_and_the_manager_reads_why(
    session: Session, published: Review, dispute: Dispute, people: SimpleNamespace, login: Login
) -> None:
    client = login(people.lidia)
    assert f"/disputes/{dispute.id}" in client.get("/disputes").text
    page = client.get(f"/disputes/{dispute.id}").text
    assert f"{dispute.answers[0].id}-decision" in page
    wrong = fields(dispute, ("accepted", "", ""), ("partly", "", "Живее"))
    answer = client.post(f"/disputes/{dispute.id}/decide", data=wrong)
    assert answer.status_code == 422
    assert "Say why." in answer.text
    assert "Choose what the answer becomes." in answer.text
    right = fields(dispute, ("accepted", "", "Слышно"), ("partly", "4", "Живее"))
    assert client.post(f"/disputes/{dispute.id}/decide", data=right).status_code == 303
    session.expire_all()
    assert dispute.decision is Decision.PARTLY
    read = text_of(login(people.max).get(f"/reviews/{published.id}").text)
    assert "No → Yes · Lidia Lead" in read
    assert "Слышно" in read
    assert "at first" in read
    assert "accepted in part" in read
    assert "2 → 4" in text_of(client.get(f"/disputes/{dispute.id}").text)


@pytest.mark.parametrize("name", ["roman", "max", "kira", "tanya"])
def test_those_who_may_read_the_review_read_its_dispute_and_decide_nothing(
    dispute: Dispute, people: SimpleNamespace, login: Login, name: str
) -> None:
    client = login(getattr(people, name))
    page = client.get(f"/disputes/{dispute.id}")
    assert page.status_code == 200
    assert "-decision" not in page.text
    assert client.get("/disputes").status_code == 403
    assert client.get("/disputes/statistics").status_code == 403


def test_a_head_who_touches_a_score_is_refused_and_recorded(
    session: Session, published: Review, dispute: Dispute, people: SimpleNamespace, login: Login
) -> None:
    client = login(people.roman)
    tries = {
        f"/disputes/{dispute.id}/decide": fields(dispute, ("accepted", "", "x"), ("accepted", "", "x")),
        f"/reviews/{published.id}/correction": {"hello-value": "yes", "why": "x"},
        f"/reviews/{published.id}/dispute": {"hello-proposed": "yes", "hello-comment": "x"},
        f"/reviews/{published.id}/publish": {},
        f"/reviews/{published.id}/schedule": {},
        f"/reviews/{published.id}/withdraw": {},
    }
    before = published.score
    for url, data in tries.items():
        assert client.post(url, data=data).status_code == 403
    session.expire_all()
    assert published.score == before
    refused = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "refused", AuditEntry.by_id == people.roman.id)
    )
    assert [entry.diff["path"] for entry in refused] == list(tries)


def test_another_teams_dispute_is_closed(dispute: Dispute, people: SimpleNamespace, login: Login) -> None:
    for name in ("sveta", "oleg"):
        assert login(getattr(people, name)).get(f"/disputes/{dispute.id}").status_code == 403


def test_the_lead_who_scored_the_call_reads_and_does_not_decide(
    session: Session, published: Review, dispute: Dispute, people: SimpleNamespace, login: Login
) -> None:
    published.reviewer = people.lidia
    session.commit()
    client = login(people.lidia)
    assert "somebody else decides" in client.get(f"/disputes/{dispute.id}").text
    answer = client.post(f"/disputes/{dispute.id}/decide", data=fields(dispute, *[("accepted", "", "x")] * 2))
    assert answer.status_code == 403


def test_a_slip_is_corrected_on_its_page(
    session: Session, published: Review, people: SimpleNamespace, login: Login
) -> None:
    client = login(people.lidia)
    url = f"/reviews/{published.id}/correction"
    assert url in client.get(f"/reviews/{published.id}").text
    data = {"hello-value": "yes", "name-value": "", "voice-value": "", "polite-value": ""}
    assert client.get(url).status_code == 200
    assert client.post(url, data=data).status_code == 422
    assert client.post(url, data=data | {"why": "Не та клавиша"}).status_code == 303
    read = text_of(client.get(f"/reviews/{published.id}").text)
    assert "Не та клавиша" in read
    assert login(people.kira).get(url).status_code == 403


def test_the_statistics_keep_small_numbers_to_themselves(
    session: Session, dispute: Dispute, people: SimpleNamespace, login: Login
) -> None:
    client = login(people.lidia)
    assert "No dispute was decided this month." in client.get("/disputes/statistics").text
    client.post(f"/disputes/{dispute.id}/decide", data=fields(dispute, *[("accepted", "", "x")] * 2))
    page = text_of(client.get("/disputes/statistics").text)
    assert "Kira Control" in page
    assert "too few" in page
    assert "100\u00a0%" not in page


def test_the_statistics_are_those_of_a_period(
    session: Session, dispute: Dispute, people: SimpleNamespace, login: Login
) -> None:
    client = login(people.lidia)
    client.post(f"/disputes/{dispute.id}/decide", data=fields(dispute, *[("accepted", "", "x")] * 2))
    page = "/disputes/statistics"
    assert "Kira Control" in client.get(f"{page}?period=this_quarter").text
    for earlier in ("period=last_quarter", "since=2020-01-01&until=2020-02-01"):
        assert "No dispute was decided in this period." in client.get(f"{page}?{earlier}").text
    wrong = client.get(f"{page}?since=2020-02-01&until=2020-01-01").text
    assert "This day is before the first one." in wrong
    assert "Kira Control" in wrong  # what makes no sense is not applied
