"""Calls ticked in the list go into the queue together; those that cannot be scored stay, and it is said why."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.models import Call
from qcapp.core import clock
from qcapp.core.errors import Forbidden
from qcapp.people.models import Notice, User
from qcapp.reviews.queue import assignments
from qcapp.reviews.queue.models import Assignment
from tests.factories.calls import make_call
from tests.reviews.queue.pages import Page

Login = Callable[[User], FlaskClient]
Queued = Callable[..., Assignment]


@pytest.fixture
def chosen(session: Session, people: SimpleNamespace, queued: Queued) -> list[Call]:
    """One that can be scored, one of Kira's own team, one in the queue, one without a recording, one more."""
    people.kira.team = people.north
    calls = [
        make_call(session, people.sveta),
        make_call(session, people.max),
        make_call(session, people.sveta),
    ]
    queued(calls[2])
    return [*calls, make_call(session, people.sveta, recorded=False), make_call(session, people.sveta)]


def waiting(session: Session) -> dict[int, User | None]:
    return {each.call_id: each.reviewer for each in session.scalars(select(Assignment))}


def test_what_fits_is_assigned_and_the_rest_has_its_reason(
    session: Session, people: SimpleNamespace, chosen: list[Call]
) -> None:
    due = clock.now() + timedelta(days=3)
    made, refused = assignments.assign_fitting(
        session, chosen, reviewer=people.kira, due_at=due, by=people.lidia, priority=1
    )
    assert [each.call for each in made] == [chosen[0], chosen[4]]
    assert {(each.reviewer, each.due_at, each.priority) for each in made} == {(people.kira, due, 1)}
    assert refused == {
        "Kira Control cannot score calls of his own team.": [chosen[1]],
        "This call is in the queue already.": [chosen[2]],
        "This call has no recording, so there is nothing to score.": [chosen[3]],
    }
    told = session.scalars(select(Notice).where(Notice.user_id == people.kira.id)).all()
    assert [(each.kind, each.facts) for each in told] == [("calls_assigned", {"num": 2})]


def test_for_anybody_the_team_speaks_against_nothing_and_nothing_twice(
    session: Session, people: SimpleNamespace, chosen: list[Call]
) -> None:
    due = clock.now() + timedelta(days=3)
    for number in (3, 0):
        made, refused = assignments.assign_fitting(
            session, chosen, reviewer=None, due_at=due, by=people.lidia
        )
        assert len(made) == number
        assert sum(len(calls) for calls in refused.values()) == 5 - number
    assert waiting(session) == dict.fromkeys((chosen[place].id for place in (0, 1, 2, 4)), None)


@pytest.mark.parametrize("who", ["kira", "olga", "roman", "tanya", "max", "anna"])
def test_only_who_plans_assigns(
    session: Session, people: SimpleNamespace, login: Login, chosen: list[Call], who: str
) -> None:
    user, due = getattr(people, who), clock.now() + timedelta(days=3)
    session.commit()
    with pytest.raises(Forbidden):
        assignments.assign_fitting(session, chosen, reviewer=None, due_at=due, by=user)
    client = login(user)
    assert client.post("/queue/assign", data={"calls": [chosen[0].id]}).status_code == 403
    assert "/queue/assign" not in client.get("/calls/", follow_redirects=True).text


def test_the_list_offers_it_and_comes_back_to_where_it_was(
    session: Session, people: SimpleNamespace, login: Login, chosen: list[Call]
) -> None:
    session.commit()
    client = login(people.lidia)
    page = client.get(f"/calls/?manager={people.sveta.id}&lead=&_external=1&next=x").text
    address = f"/queue/assign?manager={people.sveta.id}"
    assert page.count('type="checkbox" name="calls"') == 4
    assert f'hx-get="{address}"' in page
    fields = client.get(address).text
    assert f'formaction="{address}"' in fields
    assert "Put the chosen calls into the queue" in fields
    assert "Kira Control" in fields
    data = {
        "calls": [call.id for call in chosen],
        "reviewer": people.kira.id,
        "due": "2026-12-01",
        "priority": "0",
    }
    sent = client.post(address, data=data)
    assert (sent.status_code, sent.location) == (303, f"/calls/?manager={people.sveta.id}")
    words = Page(client.get(sent.location).text).words
    assert "2 calls are in the queue." in words
    assert "Kira Control cannot score calls of his own team." in words
    assert words.count("Not put into the queue:") == 3
    assert waiting(session)[chosen[0].id] == people.kira


@pytest.mark.parametrize("wrong", [{"calls": []}, {"due": ""}, {"reviewer": "x"}])
def test_nothing_ticked_or_no_date_is_said(
    session: Session, people: SimpleNamespace, login: Login, chosen: list[Call], wrong: dict[str, object]
) -> None:
    session.commit()
    data = {"calls": [chosen[0].id], "reviewer": "", "due": "2026-12-01", "priority": "0"} | wrong
    answer = login(people.lidia).post("/queue/assign", data=data)
    assert answer.status_code == 409
    assert "Tick calls in the list" in answer.text
    assert chosen[0].id not in waiting(session)


def test_an_empty_list_has_nothing_to_tick(people: SimpleNamespace, login: Login) -> None:
    assert "/queue/assign" not in login(people.lidia).get("/calls/?lead=hot").text
