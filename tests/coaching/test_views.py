"""The pages of coaching, as coach and manager use them."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.coaching.models import CoachingSession, CoachingTask, TaskState
from tests.coaching.conftest import HELD, Hold, Publish
from tests.factories.calls import make_call

Login = Callable[..., FlaskClient]


@pytest.fixture
def talk(session: Session, hold: Hold, publish: Publish) -> CoachingSession:
    review = publish(-1)
    talk = hold(calls=[(review.call, review.marks[0])])
    session.commit()
    return talk


def test_a_talk_begins_from_a_review_with_its_marks_and_what_went_badly(
    session: Session, publish: Publish, people: SimpleNamespace, login: Login
) -> None:
    review = publish(-1)
    session.commit()
    client = login(people.tanya)
    assert f"/coaching/new?review={review.id}" in client.get(f"/reviews/{review.id}").text
    page = client.get(f"/coaching/new?review={review.id}").text
    mark = f"{review.call_id}:{review.marks[0].id}"
    assert f'value="{mark}" checked' in page
    assert "goal: Цель не названа" in page
    assert f'<option selected value="{review.checklist_id}:goal">' in page
    sent = {
        "topic": "Цель звонка",
        "held_at": "2026-10-20T12:00",
        "notes": "Говорить цель сразу",
        "calls": [mark],
        "task0-text": "Называть цель",
        "task0-item": f"{review.checklist_id}:goal",
        "task0-due_on": "2026-10-27",
        "task1-text": "",
        "task1-item": "",
        "task1-due_on": "2026-10-27",
        "task2-text": "Не нужно",
        "task2-item": "",
        "task2-due_on": "",
        "task2-skip": "y",
    }
    answer = client.post(f"/coaching/new?review={review.id}", data=sent)
    assert answer.status_code == 303, answer.text
    talk = session.scalars(select(CoachingSession)).one()
    assert (talk.manager, talk.held_at, talk.topic) == (people.max, HELD, "Цель звонка")
    assert [(link.call_id, link.mark_id) for link in talk.calls] == [(review.call_id, review.marks[0].id)]
    assert [(task.text, task.item_key) for task in talk.tasks] == [("Называть цель", "goal")]


def test_nothing_typed_is_lost_when_something_is_missing(
    session: Session, publish: Publish, people: SimpleNamespace, login: Login
) -> None:
    review = publish(-1)
    session.commit()
    client = login(people.tanya)
    sent = {
        "topic": "",
        "held_at": "2026-10-20T12:00",
        "notes": "Длинная запись",
        "calls": [str(review.call_id)],
        "task0-text": "Называть цель",
        "task0-item": f"{review.checklist_id}:goal",
        "task0-due_on": "",
        "task3-text": "Четвёртая",
        "task3-due_on": "2026-10-27",
    }
    answer = client.post(f"/coaching/new?manager={people.max.id}", data=sent)
    assert answer.status_code == 422
    for kept in (
        "Длинная запись",
        "Называть цель",
        "Четвёртая",
        "Say until when",
        f'value="{review.call_id}" checked',
    ):
        assert kept in answer.text
    future = sent | {"topic": "Цель", "held_at": "2100-01-01T12:00", "task0-due_on": "2100-01-02"}
    answer = client.post(f"/coaching/new?manager={people.max.id}", data=future)
    assert answer.status_code == 422
    assert "when it has been held" in answer.text
    assert "Длинная запись" in answer.text
    assert session.scalars(select(CoachingSession)).all() == []


def test_whom_one_does_not_coach_one_writes_nothing_down_about(
    session: Session, people: SimpleNamespace, login: Login
) -> None:
    client = login(people.tanya)
    choice = client.get("/coaching/new").text
    assert f"manager={people.max.id}" in choice
    assert f"manager={people.sveta.id}" not in choice
    assert client.get(f"/coaching/new?manager={people.sveta.id}").status_code == 403
    assert client.get("/coaching/new?manager=999999").status_code == 404
    foreign = make_call(session, people.sveta)
    nobodys = make_call(session, None)
    session.commit()
    for call in (foreign, nobodys):
        assert client.get(f"/coaching/new?call={call.id}").status_code in (403, 404)
    assert login(people.max).get("/coaching/new").status_code == 403


def test_a_call_without_a_score_can_be_talked_over(
    session: Session, people: SimpleNamespace, login: Login
) -> None:
    call = make_call(session, people.max)
    session.commit()
    client = login(people.tanya)
    assert f"/coaching/new?call={call.id}" in client.get(f"/calls/{call.id}").text
    page = client.get(f"/coaching/new?call={call.id}").text
    assert f'value="{call.id}" checked' in page
    sent = {"topic": "Разбор", "held_at": "2026-10-20T12:00", "calls": [str(call.id)]}
    assert client.post(f"/coaching/new?call={call.id}", data=sent).status_code == 303
    talk = session.scalars(select(CoachingSession)).one()
    assert f"/coaching/{talk.id}" in client.get(f"/calls/{call.id}").text
    assert f"/coaching/{talk.id}" in login(people.max).get(f"/calls/{call.id}").text


def test_the_manager_hears_the_moments_and_says_that_he_has_read(
    session: Session, talk: CoachingSession, people: SimpleNamespace, login: Login
) -> None:
    client = login(people.max)
    page = client.get(f"/coaching/{talk.id}").text
    for shown in (
        "Договорились называть цель сразу.",
        'data-start="12.0"',
        "Здесь нужна цель",
        "player-sticky",
    ):
        assert shown in page
    for hidden in ("/edit", "/close", "Agree a further task"):
        assert hidden not in page
    url = f"/coaching/{talk.id}/acknowledge"
    assert login(people.tanya).post(url).status_code == 403
    assert login(people.max).post(url).status_code == 303
    assert login(people.max).post(url).status_code == 409
    page = login(people.tanya).get(f"/coaching/{talk.id}").text
    assert "/edit" not in page
    assert "Agree a further task" in page
    change = {"topic": "Другое", "held_at": "2026-10-20T12:00", "notes": "Другое"}
    refused = login(people.tanya).post(f"/coaching/{talk.id}/edit", data=change)
    assert refused.status_code == 422
    assert "stays as it is" in refused.text


def test_a_coach_changes_the_words_and_the_calls(
    session: Session, talk: CoachingSession, people: SimpleNamespace, login: Login
) -> None:
    client = login(people.tanya)
    page = client.get(f"/coaching/{talk.id}/edit").text
    link = talk.calls[0]
    assert f'value="{link.call_id}:{link.mark_id}" checked' in page
    assert 'value="2026-10-20T12:00"' in page
    assert "Договорились называть цель сразу." in page
    change = {"topic": "Голос", "held_at": "2026-10-20T13:00", "notes": ""}
    assert client.post(f"/coaching/{talk.id}/edit", data=change).status_code == 303
    session.expire_all()
    assert (talk.topic, talk.held_at, talk.calls) == ("Голос", HELD + timedelta(hours=1), [])
    assert client.post(f"/coaching/{talk.id}/edit", data=change | {"topic": ""}).status_code == 422


def test_a_task_is_agreed_checked_and_closed_on_the_page(
    session: Session, talk: CoachingSession, publish: Publish, people: SimpleNamespace, login: Login
) -> None:
    later = publish(1, "yes")
    other = publish(2, "yes")
    session.commit()
    client = login(people.tanya)
    task = talk.tasks[0]
    page = client.get(f"/coaching/{talk.id}").text
    assert "checked on the call of" in page
    assert "too few calls" in page
    assert f"/reviews/{later.id}#item-goal" in page
    assert (
        client.post(f"/coaching/{talk.id}/tasks", data={"task0-text": "", "task0-item": ""}).status_code
        == 422
    )
    early = {"task0-text": "Учить", "task0-item": "", "task0-due_on": "2020-01-01"}
    answer = client.post(f"/coaching/{talk.id}/tasks", data=early)
    assert answer.status_code == 422
    assert "Учить" in answer.text
    assert "before the talk" in answer.text
    good = early | {"task0-due_on": "2026-10-30"}
    assert client.post(f"/coaching/{talk.id}/tasks", data=good).status_code == 303
    url = f"/coaching/tasks/{task.id}"
    chosen = {f"recheck{task.id}-call": str(other.call_id)}
    assert client.post(f"{url}/recheck", data=chosen).status_code == 303
    session.expire_all()
    assert task.recheck_call_id == other.call_id
    assert client.post(f"{url}/recheck", data={f"recheck{task.id}-call": ""}).status_code == 303
    session.expire_all()
    assert task.recheck_call_id is None
    answer = client.post(
        f"{url}/close", data={f"close{task.id}-state": "done", f"close{task.id}-closing": ""}
    )
    assert answer.status_code == 422
    assert "what came of it" in answer.text
    closing = {f"close{task.id}-state": "done", f"close{task.id}-closing": "Называет"}
    assert client.post(f"{url}/close", data=closing).headers["Location"].endswith(f"#task-{task.id}")
    session.expire_all()
    assert task.state is TaskState.DONE
    assert "Называет" in login(people.max).get(f"/coaching/{talk.id}").text


def test_the_list_shows_what_is_overdue_first_and_only_within_reach(
    session: Session, talk: CoachingSession, people: SimpleNamespace, login: Login
) -> None:
    task = session.scalars(select(CoachingTask)).one()
    with time_machine.travel(HELD + timedelta(days=1), tick=False):
        page = login(people.tanya).get("/coaching/").text
        assert f"/coaching/{talk.id}#task-{task.id}" in page
        assert "overdue" not in page
    page = login(people.tanya).get("/coaching/").text
    assert "Overdue tasks" in page
    for who in (people.max, people.roman, people.kira, people.olga):
        assert f"/coaching/{talk.id}" in login(who).get("/coaching/").text
    for who in (people.oleg, people.sveta):
        assert f"/coaching/{talk.id}" not in login(who).get("/coaching/").text
        assert login(who).get(f"/coaching/{talk.id}").status_code == 403
    assert f"/coaching/{talk.id}" in login(people.olga).get(f"/coaching/?manager={people.max.id}").text
    assert f"/coaching/{talk.id}" not in login(people.olga).get(f"/coaching/?manager={people.sveta.id}").text


def test_a_call_of_nobody_says_that_its_manager_is_to_be_named_first(
    session: Session, people: SimpleNamespace, login: Login
) -> None:
    own, nobodys = make_call(session, people.max), make_call(session, None)
    session.commit()
    client = login(people.lidia)
    assert f"/coaching/new?call={own.id}" in client.get(f"/calls/{own.id}").text
    page = client.get(f"/calls/{nobodys.id}").text
    assert "/coaching/new" not in page
    assert "Once its manager is named" in page
