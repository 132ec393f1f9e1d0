"""The pages of the queue and of the plans, and who is turned away from them; on both databases."""

import re
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.models import Call, Client
from qcapp.checklists.models import Checklist
from qcapp.core import clock, local
from qcapp.core.audit import AuditEntry
from qcapp.people.models import User
from qcapp.reviews.models import Review
from qcapp.reviews.queue import claims, draws
from qcapp.reviews.queue.models import Assignment, ContactTalk, PlanRun, SamplingPlan
from qcapp.reviews.queue.states import AssignmentState, Period, PlanKind
from qcapp.terms import Stage
from tests.factories.calls import make_call
from tests.reviews.conftest import GOOD
from tests.reviews.queue.pages import Page

Login = Callable[[User], FlaskClient]
Queued = Callable[..., Assignment]
PLAN = {
    "name": "Weekly sample",
    "per_manager": "2",
    "kind": "calls",
    "period": "week",
    "shortest_s": "60",
    "due_days": "3",
    "priority": "0",
}


NEXT = 'data-key="n"'


def recent(session: Session, manager: User, **fields: object) -> Call:
    """A call of just now."""
    call = make_call(session, manager, **fields)
    call.started_at = clock.now()
    session.flush()
    return call


def page_of(client: FlaskClient, path: str) -> Page:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return Page(answer.text)


def test_one_key_leads_from_the_start_page_into_the_workspace_and_from_there_to_the_next_call(
    session: Session, people: SimpleNamespace, login: Login, queued: Queued, checklist: Checklist
) -> None:
    first, second = (queued(recent(session, people.max)) for _number in range(2))
    session.commit()
    client = login(people.kira)
    assert NEXT in page_of(client, "/").html
    into = client.post("/queue/next")
    assert into.status_code == 303
    review = session.scalars(select(Review)).one()
    assert (into.location, review.call_id) == (f"/reviews/{review.id}", first.call_id)
    answers = {key: {"value": answer.value} for key, answer in GOOD.items()}
    draft = {"revision": 0, "window": "one", "turn": 1, "answers": answers}
    assert client.post(f"/reviews/{review.id}/publish", json=draft).status_code == 200
    session.expire_all()
    assert first.state is AssignmentState.DONE
    assert NEXT in page_of(client, f"/reviews/{review.id}").html
    assert client.post("/queue/next").status_code == 303
    session.expire_all()
    assert (second.state, second.reviewer_id) == (AssignmentState.TAKEN, people.kira.id)


def test_an_empty_queue_says_so_and_what_to_do(people: SimpleNamespace, login: Login) -> None:
    client = login(people.kira)
    assert "The queue is empty" in client.post("/queue/next", follow_redirects=True).text
    page = page_of(client, "/queue")
    assert 'href="/calls/?transcript=yes&amp;score=no"' in page.html
    assert NEXT not in page.html


def test_the_limit_is_told_on_the_page_of_the_queue(
    session: Session, people: SimpleNamespace, login: Login, queued: Queued, checklist: Checklist
) -> None:
    for _number in range(4):
        queued(recent(session, people.max))
    for _number in range(3):
        assignment = claims.take_next(session, by=people.kira)
        assert assignment is not None
        claims.begin(session, assignment, by=people.kira).revision = 1
        session.flush()
    session.commit()
    text = login(people.kira).post("/queue/next", follow_redirects=True).text
    assert "You have 3 calls in hand" in text


def test_the_queue_shows_what_is_mine_and_what_is_overdue(
    session: Session, people: SimpleNamespace, login: Login, queued: Queued, checklist: Checklist
) -> None:
    late = queued(recent(session, people.max), people.kira, due_at=clock.now() - timedelta(days=1))
    mine = queued(recent(session, people.max), people.kira)
    queued(recent(session, people.max), people.lidia)
    queued(recent(session, people.max))
    session.commit()
    client = login(people.kira)
    page = page_of(client, "/queue")
    assert "0 / 3 in hand 2 assigned to me 1 overdue 1 in the common queue" in page.words
    assert ["overdue" in row[6] for row in page.rows] == [True, False]
    client.post(f"/queue/{late.id}/take")
    page = page_of(client, "/queue")
    assert f'action="/queue/{late.id}/release"' in page.html
    assert client.post(f"/queue/{late.id}/release").status_code == 303
    client.post(f"/queue/{mine.id}/take")
    assert client.post(f"/queue/{mine.id}/remove", data={"reason": ""}).status_code == 409
    assert client.post(f"/queue/{mine.id}/remove", data={"reason": "Автоответчик"}).status_code == 303
    session.expire_all()
    assert (late.state, late.reviewer, mine.state) == (AssignmentState.WAITING, None, AssignmentState.REMOVED)


def test_the_lead_sees_everything_and_hands_several_calls_on(
    session: Session, people: SimpleNamespace, login: Login, queued: Queued, checklist: Checklist
) -> None:
    first, second, third = (queued(recent(session, people.max)) for _number in range(3))
    late = queued(recent(session, people.sveta), people.kira, due_at=clock.now() - timedelta(days=1))
    session.commit()
    client = login(people.lidia)
    assert len(page_of(client, "/queue/all").rows) == 4
    assert len(page_of(client, "/queue/all?overdue=yes").rows) == 1
    assert len(page_of(client, f"/queue/all?reviewer={people.kira.id}").rows) == 1
    assert len(page_of(client, "/queue/all?reviewer=0").rows) == 3
    assert len(page_of(client, "/queue/all?plan=0").rows) == 4
    data = {
        "calls": [first.id, second.id],
        "reviewer": people.kira.id,
        "reason": "Поровну",
        "deed": "reassign",
    }
    assert client.post("/queue/hand-on", data=data).status_code == 303
    data = {"calls": [third.id, late.id], "reviewer": "", "reason": "Проба связи", "deed": "remove"}
    assert client.post("/queue/hand-on", data=data).status_code == 303
    assert client.post("/queue/hand-on", data=data | {"reason": " "}).status_code == 409
    session.expire_all()
    assert [each.reviewer_id for each in (first, second)] == [people.kira.id] * 2
    assert {each.state for each in (third, late)} == {AssignmentState.REMOVED}


def test_an_owner_looks_and_cannot_hand_on(
    session: Session, people: SimpleNamespace, login: Login, queued: Queued
) -> None:
    queued(recent(session, people.max))
    session.commit()
    client = login(people.olga)
    page = page_of(client, "/queue/all")
    assert len(page.rows) == 1
    assert 'name="calls"' not in page.html
    assert 'name="deed"' not in page.html
    assert client.post("/queue/hand-on").status_code == 403


def test_a_call_is_put_into_the_queue_on_its_page(
    session: Session, people: SimpleNamespace, login: Login
) -> None:
    call = recent(session, people.max)
    session.commit()
    client = login(people.lidia)
    form = f'action="/queue/calls/{call.id}"'
    assert form in page_of(client, f"/calls/{call.id}").html
    day = (clock.now() + timedelta(days=2)).date().isoformat()
    data = {"reviewer": people.kira.id, "due": day, "priority": "1"}
    assert client.post(f"/queue/calls/{call.id}", data=data).status_code == 303
    assignment = session.scalars(select(Assignment)).one()
    assert (assignment.reviewer_id, assignment.priority) == (people.kira.id, 1)
    assert form not in page_of(client, f"/calls/{call.id}").html
    assert client.post(f"/queue/calls/{call.id}", data=data).status_code == 409
    assert client.post(f"/queue/calls/{call.id}", data={}).status_code == 409


def test_a_plan_filled_by_hand_says_so(session: Session, people: SimpleNamespace, login: Login) -> None:
    for _number in range(2):
        recent(session, people.max, stage=Stage.STAFF).scored_at = clock.now()
    session.commit()
    client = login(people.lidia)
    page = client.post("/plans/new", data=PLAN | {"teams": [people.north.id]}).location
    drawn = client.post(f"{page}/draw", follow_redirects=True).text
    assert "Nothing to add: the plan is filled, also by what was done by hand" in drawn
    assert "by hand, outside the plan" in drawn
    assert "count towards the plan" in drawn


def test_a_plan_is_made_drawn_changed_and_stopped_in_the_browser(
    session: Session, people: SimpleNamespace, login: Login
) -> None:
    for manager in (people.max, people.sveta):
        for _number in range(3):
            recent(session, manager, stage=Stage.STAFF)
    session.commit()
    client = login(people.lidia)
    assert "There is no plan yet" in client.get("/plans").text
    assert client.get("/plans/new").status_code == 200
    asked = {"teams": [people.north.id], "stages": ["cold_practice", "staff"], "reviewers": [people.kira.id]}
    made = client.post("/plans/new", data=PLAN | asked)
    assert made.status_code == 303, made.text
    plan = session.scalars(select(SamplingPlan)).one()
    assert made.location == f"/plans/{plan.id}"
    assert plan.conditions == {
        "shortest_s": 60,
        "stages": ["cold_practice", "staff"],
        "teams": [people.north.id],
    }
    assert "made in the stage: cold practice, staff" in client.get("/plans").text
    assert re.findall(r'checked[^>]*value="(\w+)"', client.get(f"/plans/{plan.id}/edit").text) == [
        "cold_practice",
        "staff",
        str(people.north.id),
        str(people.kira.id),
    ]
    assert "Nothing has been drawn" in client.get(made.location).text
    assert client.post(f"/plans/{plan.id}/draw").status_code == 303
    assert page_of(client, f"/plans/{plan.id}").rows == [
        ["Max Manager", "2", "2", "0", "0", "0", "0", "Calls"],
        ["Kira Control", "2", "0", "0", "0"],
    ]
    assert len(page_of(client, f"/plans/{plan.id}/calls?manager={people.max.id}").rows) == 2
    changed = client.post(f"/plans/{plan.id}/edit", data=PLAN | {"per_manager": "3"})
    assert changed.status_code == 303
    assert client.post(f"/plans/{plan.id}/stop").status_code == 303
    assert "This plan is stopped" in client.get(f"/plans/{plan.id}").text
    assert client.post(f"/plans/{plan.id}/draw").status_code == 409
    assert client.post(f"/plans/{plan.id}/resume").status_code == 303
    session.expire_all()
    assert (plan.per_manager, plan.conditions, plan.reviewers) == (3, {"shortest_s": 60}, [])
    assert "2 calls of every manager" not in client.get("/plans").text


def test_a_wrong_plan_says_what_is_wrong_and_is_not_kept(
    session: Session, people: SimpleNamespace, login: Login
) -> None:
    client = login(people.lidia)
    for wrong in (
        {"name": ""},
        {"per_manager": "0"},
        {"longest_s": "30"},
        {"kind": "nothing"},
        {"teams": ["x"]},
        {"stages": ["boss"]},
    ):
        answer = client.post("/plans/new", data=PLAN | wrong)
        assert answer.status_code == 422, wrong
        assert "Please check the form" in answer.text
    assert session.scalars(select(SamplingPlan)).all() == []


def test_the_form_counts_what_fits_while_it_is_written(
    session: Session, people: SimpleNamespace, login: Login
) -> None:
    recent(session, people.max)
    recent(session, people.sveta)
    short = recent(session, people.sveta)
    short.talk_s = 20
    session.commit()
    client = login(people.lidia)
    assert "2 calls fit" in client.get("/plans/fit", query_string=PLAN).text
    assert "3 calls fit" in client.get("/plans/fit", query_string=PLAN | {"shortest_s": ""}).text
    assert "1 call fits" in client.get("/plans/fit", query_string=PLAN | {"teams": people.north.id}).text
    assert client.get("/plans/fit", query_string={"period": "nonsense", "shortest_s": "x"}).status_code == 200


def test_a_plan_says_what_could_not_be_filled_and_why(
    session: Session, people: SimpleNamespace, login: Login, plan_of: Callable[..., SamplingPlan]
) -> None:
    recent(session, people.max)
    plan = plan_of(3)
    draws.draw(session, plan, local.today(), by=people.lidia)
    session.commit()
    text = page_of(login(people.lidia), f"/plans/{plan.id}").words
    assert "no call in the period: Sveta South (3 lacking)" in text
    assert (
        "every call that fits is scored, in the queue or being calibrated already: Max Manager (2 lacking)"
        in text
    )


def test_periods_are_turned_over(
    people: SimpleNamespace, login: Login, session: Session, plan_of: Callable[..., SamplingPlan]
) -> None:
    plan = plan_of(1)
    session.commit()
    client = login(people.olga)
    page = page_of(client, f"/plans/{plan.id}")
    assert 'rel="next"' not in page.html
    assert "Nothing was drawn" not in page.words
    before = (clock.now() - timedelta(days=7)).date()
    assert 'rel="next"' in page_of(client, f"/plans/{plan.id}?day={before}").html
    assert client.get(f"/plans/{plan.id}?day=yesterday").status_code == 404
    assert client.get(f"/plans/{plan.id}?day=0001-01-01").status_code == 404


def test_a_contact_plan_ends_in_a_report_and_a_talk(
    session: Session,
    people: SimpleNamespace,
    login: Login,
    plan_of: Callable[..., SamplingPlan],
    publish: Callable[..., Review],
) -> None:
    client_b = Client(phone="+74970140001", company="Ромашка", category="B")
    calls = [recent(session, people.max) for _number in range(2)]
    for call in calls:
        call.client = client_b
    plan = plan_of(1, {"kind": PlanKind.CONTACTS, "period": Period.MONTH}, category="B")
    run = draws.draw(session, plan, local.today(), by=people.lidia)
    publish(calls[0], people.kira)
    session.commit()
    client = login(people.lidia)
    path = f"/plans/draws/{run.id}/managers/{people.max.id}"
    assert path in client.get(f"/plans/{plan.id}").text
    page = page_of(client, path)
    assert len(page.rows) == 2
    assert "too few calls" in page.words
    assert client.post(path, data={"report": "", "agreed": ""}).status_code == 409
    today = local.today().isoformat()
    data = {"report": "Нет следующего шага", "agreed": "Переписать скрипт", "talked_on": today}
    assert client.post(path, data=data).status_code == 303
    talk = session.scalars(select(ContactTalk)).one()
    assert (talk.report, talk.agreed, talk.by_id) == (
        "Нет следующего шага",
        "Переписать скрипт",
        people.lidia.id,
    )
    assert client.post(path, data=data | {"agreed": ""}).status_code == 303
    later = (clock.now() + timedelta(days=3)).date().isoformat()
    assert client.post(path, data=data | {"talked_on": later}).status_code == 409
    assert "Нет следующего шага" in login(people.olga).get(path).text
    assert login(people.olga).post(path, data=data).status_code == 403


@pytest.mark.parametrize("name", ["roman", "max", "tanya", "hanna", "anna"])
def test_those_who_are_judged_are_turned_away_and_it_is_recorded(
    session: Session,
    people: SimpleNamespace,
    login: Login,
    queued: Queued,
    plan_of: Callable[..., SamplingPlan],
    name: str,
) -> None:
    assignment, plan = queued(recent(session, people.max)), plan_of(1)
    session.commit()
    client = login(getattr(people, name))
    paths = [
        "/queue/next",
        f"/queue/{assignment.id}/take",
        f"/queue/{assignment.id}/release",
        f"/queue/{assignment.id}/remove",
        "/queue/hand-on",
        f"/queue/calls/{assignment.call_id}",
        "/plans/new",
        f"/plans/{plan.id}/draw",
        f"/plans/{plan.id}/stop",
    ]
    for path in paths:
        assert client.post(path, data={"reason": "Мой менеджер"}).status_code == 403, path
    for path in ("/queue", "/queue/all", "/plans", f"/plans/{plan.id}"):
        assert client.get(path).status_code == 403, path
    refused = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.action == "refused", AuditEntry.by_id == getattr(people, name).id)
        .order_by(AuditEntry.id)
    ).all()
    assert [entry.diff["path"] for entry in refused][: len(paths)] == paths
    session.expire_all()
    assert assignment.state is AssignmentState.WAITING
    assert session.scalars(select(PlanRun)).all() == []
