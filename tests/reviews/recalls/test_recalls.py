"""Clients lost by the manager's fault: the task opens by itself, and its head closes it."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.models import Call
from qcapp.checklists.models import Checklist
from qcapp.core.errors import Forbidden, Refused
from qcapp.people.models import Notice
from qcapp.reviews import labels, service
from qcapp.reviews.models import Review
from qcapp.reviews.recalls import queries
from qcapp.reviews.recalls import service as recalls
from qcapp.reviews.recalls.models import Recall, RecallState
from qcapp.terms import CallOutcome
from tests.factories.calls import make_call
from tests.reviews.conftest import GOOD, draft

Login = Callable[..., FlaskClient]
Lose = Callable[..., Recall | None]


@pytest.fixture
def lose(session: Session, checklist: Checklist, people: SimpleNamespace) -> Lose:
    """``lose(call)`` publishes a review of the call with an outcome and gives the task it opened."""

    def lose(call: Call, outcome: CallOutcome | None = CallOutcome.MANAGERS_FAULT) -> Recall | None:
        review = service.begin_review(session, call, checklist, by=people.kira)
        service.save_draft(session, review, draft(review, GOOD, outcome=outcome), by=people.kira)
        service.publish_review(session, review, by=people.kira)
        session.commit()
        return queries.recall_of(session, review.id)

    return lose


@pytest.fixture
def recall(call: Call, lose: Lose) -> Recall:
    recall = lose(call)
    assert recall is not None
    return recall


def test_a_client_lost_by_the_managers_fault_is_a_task_of_his_head(session: Session, recall: Recall) -> None:
    assert recall.state is RecallState.OPEN
    assert recall.due_at - recall.created_at == timedelta(days=2)
    notice = session.scalars(select(Notice).where(Notice.kind == "recall_opened")).one()
    assert (notice.user.login, notice.path) == ("roman", f"/recalls/{recall.id}")
    assert recalls.open_if_lost(session, recall.review_id) is None


@pytest.mark.parametrize("outcome", [None, CallOutcome.SALE, CallOutcome.NO_MONEY])
def test_other_outcomes_open_no_task(call: Call, lose: Lose, outcome: CallOutcome | None) -> None:
    assert lose(call, outcome) is None


def test_without_a_head_the_owner_is_told(
    session: Session, call: Call, lose: Lose, people: SimpleNamespace
) -> None:
    people.north.head = None
    session.flush()
    lose(call)
    told = session.scalars(select(Notice).where(Notice.kind == "recall_opened"))
    assert [notice.user.login for notice in told] == ["olga"]


def test_a_head_sees_and_closes_his_own_teams_tasks(
    session: Session, recall: Recall, lose: Lose, people: SimpleNamespace
) -> None:
    other = lose(make_call(session, people.sveta))
    assert queries.open_recalls(session, people.roman) == [recall]
    assert queries.open_recalls(session, people.olga) == [recall, other]
    assert queries.open_recalls(session, people.max) == []
    for wrong in (people.oleg, people.max, people.kira, people.lidia):
        with pytest.raises(Forbidden):
            recalls.close_recall(session, recall, RecallState.CALLED, "Договорились", by=wrong)
    with pytest.raises(Refused, match="few words"):
        recalls.close_recall(session, recall, RecallState.CALLED, " ", by=people.roman)
    with pytest.raises(Refused, match="Say whether"):
        recalls.close_recall(session, recall, RecallState.OPEN, "x", by=people.roman)
    recalls.close_recall(session, recall, RecallState.CALLED, "Договорились о встрече", by=people.roman)
    assert queries.open_recalls(session, people.roman) == []
    assert queries.closed(session, people.roman) == ([recall], None)
    with pytest.raises(Refused, match="closed already"):
        recalls.close_recall(session, recall, RecallState.DROPPED, "x", by=people.roman)


def test_the_pages_lead_from_the_list_to_the_closed_task(
    session: Session, recall: Recall, people: SimpleNamespace, login: Login
) -> None:
    client = login(people.roman)
    assert f"/recalls/{recall.id}" in client.get("/recalls").text
    assert f"/recalls/{recall.id}" in client.get(f"/reviews/{recall.review_id}").text
    with time_machine.travel(recall.due_at + timedelta(minutes=1), tick=False):
        assert "overdue" in client.get("/recalls").text
    url = f"/recalls/{recall.id}/close"
    assert client.post(url, data={"state": "called", "note": ""}).status_code == 422
    assert client.post(url, data={"note": "x"}).status_code == 422
    assert client.post(url, data={"state": "dropped", "note": "Клиент закрылся"}).status_code == 303
    assert "Клиент закрылся" in client.get("/recalls").text
    client = login(people.oleg)
    assert f"/recalls/{recall.id}" not in client.get("/recalls").text
    assert client.get(f"/recalls/{recall.id}").status_code == 403
    assert login(people.max).get("/recalls").status_code == 403
    assert f"/recalls/{recall.id}" not in client.get(f"/reviews/{recall.review_id}").text


def test_the_outcome_stands_beside_the_crms(
    session: Session, people: SimpleNamespace, lose: Lose, login: Login
) -> None:
    differs, same = (
        make_call(session, people.max, outcome="Дорого"),
        make_call(session, people.max, outcome="sale"),
    )
    lose(differs, CallOutcome.NOT_OUR_CLIENT)
    lose(same, CallOutcome.SALE)
    client = login(people.lidia)
    pages = {}
    for call in (differs, same):
        review = session.scalars(select(Review).where(Review.call_id == call.id)).one()
        pages[call] = client.get(f"/reviews/{review.id}").text
    assert "Refusal: not our client" in pages[differs]
    assert "Дорого" in pages[differs]
    assert "differs" in pages[differs]
    assert "differs" not in pages[same]


def test_an_outcome_is_known_by_its_key_and_by_its_label_in_every_language(session: Session) -> None:
    assert labels.says_the_same(" Продажа", CallOutcome.SALE)
    assert labels.says_the_same("SALE", CallOutcome.SALE)
    assert not labels.says_the_same("no_money", CallOutcome.SALE)


def test_the_workspace_saves_the_outcome(
    session: Session, review: Review, people: SimpleNamespace, login: Login
) -> None:
    client = login(people.kira)
    assert 'name="outcome" value="no_money" data-key="5"' in client.get(f"/reviews/{review.id}").text
    body = {"revision": 0, "window": "one", "turn": 1, "outcome": "no_money"}
    headers = {"Accept": "application/json"}
    assert client.post(f"/reviews/{review.id}/draft", json=body, headers=headers).status_code == 200
    session.expire_all()
    assert review.outcome is CallOutcome.NO_MONEY
    wrong = body | {"turn": 2, "outcome": "nonsense"}
    assert client.post(f"/reviews/{review.id}/draft", json=wrong, headers=headers).status_code == 409
