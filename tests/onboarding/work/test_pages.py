"""The pages of the first days: the trainee writes and hands in, the coach answers, and nobody else gets in."""

import json
import re
from collections.abc import Callable
from dataclasses import asdict
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.core.clock import now
from qcapp.onboarding.models import Trainee
from qcapp.onboarding.states import DeliverableKind, WorkState
from qcapp.onboarding.work import answers, deliverables
from qcapp.onboarding.work.models import Deliverable
from qcapp.terms import Stage
from tests.onboarding.working import FULL, REASONS, begin_again, make_learner, plain, row, typed

Login = Callable[..., FlaskClient]
JSON = {"Accept": "application/json"}


@pytest.fixture
def trainee(session: Session, people: SimpleNamespace) -> Trainee:
    trainee = make_learner(session, people.max)
    session.commit()
    return trainee


@pytest.fixture
def handed_in(session: Session, trainee: Trainee) -> Deliverable:
    """Max's reasons wait for the coach."""
    work = deliverables.open_deliverable(session, trainee, DeliverableKind.REASONS, by=trainee.manager)
    deliverables.save(session, work, typed([*REASONS, "Рост продаж", "Растут продажи!"]), by=trainee.manager)
    deliverables.submit(session, work, by=trainee.manager)
    session.commit()
    return work


def body(rows: list[Any], *, revision: int = 0, window: str = "one", turn: int = 1) -> dict[str, Any]:
    return asdict(typed(rows, revision=revision, window=window, turn=turn))


def said(comment: str = "", rows: dict[str, str] | None = None, *, turn: int = 1) -> dict[str, Any]:
    """What the coach's page sends; its window has loaded an answer that nobody had begun."""
    return asdict(answers.CoachAnswer(comment, rows or {}, revision=0, window="coach", turn=turn))


def work_of(session: Session, kind: DeliverableKind) -> Deliverable:
    session.expire_all()
    return session.scalars(select(Deliverable).where(Deliverable.kind == kind)).one()


def test_opening_an_editor_writes_nothing(
    session: Session, trainee: Trainee, people: SimpleNamespace, login: Login
) -> None:
    client = login(people.max)
    assert "not begun yet" in client.get(f"/onboarding/{people.max.id}/work").text
    for kind in DeliverableKind:
        page = client.get(f"/onboarding/{people.max.id}/work/{kind}")
        assert page.status_code == 200
        assert 'data-revision="0"' in page.text
    assert session.scalars(select(Deliverable)).all() == []


def test_an_editor_saves_itself_and_learns_what_its_lines_are_worth(
    session: Session, trainee: Trainee, people: SimpleNamespace, login: Login
) -> None:
    client = login(people.max)
    url = f"/onboarding/{people.max.id}/work/reasons"
    rows = ["1. Растут продажи", "растут продажи!", "Рост в поиске", "Росту в поиске"]
    answer = client.post(f"{url}/save", json=body(rows), headers=JSON).get_json()
    assert (answer["revision"], answer["count"]) == (1, 3)
    assert answer["cleaned"] == {"1. Растут продажи": "Растут продажи"}
    assert answer["repeats"] == [
        ["растут продажи!", "Растут продажи", True],
        ["Росту в поиске", "Рост в поиске", False],
    ]
    assert plain(work_of(session, DeliverableKind.REASONS).rows) == ["Растут продажи", *rows[1:]]
    page = client.get(url).text
    assert "Росту в поиске" in page.encode().decode("unicode_escape", "ignore") or "\\u0420" in page
    clash = client.post(f"{url}/save", json=body(["Другое"], window="two"), headers=JSON)
    assert (clash.status_code, clash.get_json()["revision"]) == (409, 1)


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        {},
        body(["x"]) | {"turn": 0},
        body(["x"]) | {"more": 1},
        body(["x"]) | {"rows": ["x"]},
        body([["a", "b", "c", "d", "e"]]),
        body(["x", "x"]),  # one id for two rows
    ],
)
def test_what_no_page_of_ours_sends_is_refused(
    session: Session, trainee: Trainee, people: SimpleNamespace, login: Login, wrong: object
) -> None:
    url = f"/onboarding/{people.max.id}/work/reasons/save"
    answer = login(people.max).post(url, json=wrong, headers=JSON)
    assert (answer.status_code, "error" in answer.get_json()) == (409, True)
    assert session.scalars(select(Deliverable)).all() == []


def test_too_little_is_kept_and_not_handed_in(
    session: Session, trainee: Trainee, people: SimpleNamespace, login: Login
) -> None:
    client = login(people.max)
    url = f"/onboarding/{people.max.id}/work/spve/submit"
    answer = client.post(url, json=body(FULL[:1]), headers=JSON)
    assert answer.status_code == 422
    assert answer.get_json()["error"] == "1 more full row is needed."
    work = work_of(session, DeliverableKind.SPVE)
    assert (plain(work.rows), work.state) == (FULL[:1], WorkState.WRITING)
    answer = client.post(url, json=body(FULL, turn=2), headers=JSON)
    assert answer.get_json() == {"url": f"/onboarding/{people.max.id}/work"}
    assert work_of(session, DeliverableKind.SPVE).state is WorkState.SUBMITTED
    away = client.get(f"/onboarding/{people.max.id}/work/spve")
    assert (away.status_code, away.location) == (302, f"/onboarding/work/{work.id}")


def test_the_coach_reads_returns_and_accepts(
    session: Session, trainee: Trainee, handed_in: Deliverable, people: SimpleNamespace, login: Login
) -> None:
    client = login(people.tanya)
    url = f"/onboarding/work/{handed_in.id}"
    assert url in client.get("/onboarding/work").text
    page = client.get(url).text
    assert "Видно в поиске" in page
    assert "as line 1" in page
    silent = client.post(f"{url}/1/return", json=said(" "), headers=JSON)
    assert silent.status_code == 422
    assert "what is to be done better" in silent.get_json()["error"]
    assert client.post(f"{url}/7/accept", json=said(), headers=JSON).status_code == 404
    back = client.post(f"{url}/1/return", json=said("Слишком общо", turn=2), headers=JSON)
    assert back.get_json() == {"url": url}
    assert url not in client.get("/onboarding/work").text
    assert client.post(f"{url}/1/return", json=said("Ещё", turn=3), headers=JSON).status_code == 409

    client = login(people.max)
    assert "Слишком общо" in client.get(f"/onboarding/{people.max.id}/work").text
    assert "Слишком общо" in client.get(f"/onboarding/{people.max.id}/work/reasons").text
    again = body([*REASONS, "Четвёртая"], revision=1, window="two")
    client.post(f"/onboarding/{people.max.id}/work/reasons/submit", json=again, headers=JSON)

    client = login(people.lidia)
    assert client.post(f"{url}/1/accept", json=said(), headers=JSON).status_code == 409
    assert client.post(f"{url}/2/accept", json=said(), headers=JSON).get_json() == {"url": url}
    page = client.get(f"{url}?number=1").text
    assert "Слишком общо" in page
    assert "Четвёртая" not in page
    assert work_of(session, DeliverableKind.REASONS).state is WorkState.ACCEPTED


def test_what_the_coach_types_is_kept_and_told_only_with_the_decision(
    session: Session, trainee: Trainee, handed_in: Deliverable, people: SimpleNamespace, login: Login
) -> None:
    url, about = f"/onboarding/work/{handed_in.id}", {handed_in.rows[1]["id"]: "В каком поиске?"}
    answered = login(people.tanya).post(f"{url}/1/save", json=said("Почти", about), headers=JSON)
    assert answered.get_json()["revision"] == 1
    for judge in (people.tanya, people.lidia):
        page = login(judge).get(url).text
        assert page.count("В каком поиске?") == page.count(">Почти<") == 1
    assert f"{people.tanya.name} has begun this answer" in page
    for reader in (people.max, people.roman):
        pages = [login(reader).get(each).text for each in (url, f"/onboarding/{people.max.id}/work")]
        assert "В каком поиске?" not in "".join(pages)
        assert "Почти" not in "".join(pages)


def test_the_trainee_rewrites_beside_the_comments_and_the_coach_sees_what_changed(
    session: Session, trainee: Trainee, handed_in: Deliverable, people: SimpleNamespace, login: Login
) -> None:
    rows = handed_in.rows
    about = {rows[1]["id"]: "В каком поиске?", rows[2]["id"]: "Уберите"}
    url = f"/onboarding/work/{handed_in.id}"
    login(people.tanya).post(f"{url}/1/return", json=said("", about), headers=JSON)
    client, editor = login(people.max), f"/onboarding/{people.max.id}/work/reasons"
    kept = re.search(r"data-said='(.*?)'", client.get(editor).text)
    assert kept
    assert json.loads(kept[1]) == about
    better = row("Видно в поиске карт", begun_as=REASONS[1])
    again = body(["Новая", better, *plain(rows[3:]), REASONS[0]], revision=1, window="two")
    client.post(f"{editor}/submit", json=again, headers=JSON)
    for reader in (people.tanya, people.max):
        _head, *shown = login(reader).get(url).text.split("<li data-fate=")
        assert [(each[1:].partition('"')[0], "<textarea" in each) for each in shown] == [
            ("new", reader is people.tanya),
            ("changed", reader is people.tanya),
            ("gone", False),
            ("same", reader is people.tanya),
            ("same", reader is people.tanya),
            ("same", reader is people.tanya),
        ]
        assert "Видно в поиске<ins> карт</ins>" in shown[1]
        assert "В каком поиске?" in shown[1]
        assert "Уберите" in shown[2]


def test_nobody_reads_what_is_not_handed_in(
    session: Session, trainee: Trainee, people: SimpleNamespace, login: Login
) -> None:
    work = deliverables.open_deliverable(session, trainee, DeliverableKind.REASONS, by=people.max)
    deliverables.save(session, work, typed(REASONS[:2]), by=people.max)
    session.commit()
    page = login(people.tanya).get(f"/onboarding/work/{work.id}").text
    assert "2 of 3" in page
    assert REASONS[0] not in page


def test_others_see_and_do_what_they_may(
    session: Session, trainee: Trainee, handed_in: Deliverable, people: SimpleNamespace, login: Login
) -> None:
    own, work = f"/onboarding/{people.max.id}/work", f"/onboarding/work/{handed_in.id}"
    for reader in (people.hanna, people.roman, people.kira, people.olga):
        client = login(reader)
        assert client.get(own).status_code == client.get(work).status_code == 200
        assert "work_answer" not in client.get(work).text
        for deed in ("save", "accept", "return"):
            assert client.post(f"{work}/1/{deed}", json=said("Нет"), headers=JSON).status_code == 403
        assert client.get(f"{own}/spve").status_code == 403
    for stranger in (people.sveta, people.oleg, people.anna):
        assert login(stranger).get(own).status_code == 403
    client = login(people.max)
    assert client.get("/onboarding/work").status_code == 403
    assert client.post(f"{work}/1/save", json=said("Да"), headers=JSON).status_code == 403


def test_a_new_attempt_offers_the_old_work_as_a_beginning(
    session: Session, trainee: Trainee, handed_in: Deliverable, people: SimpleNamespace, login: Login
) -> None:
    begin_again(session, trainee)
    session.commit()
    client = login(people.max)
    url = f"/onboarding/{people.max.id}/work"
    assert f"{url}/reasons/copy" in client.get(url).text
    assert f"{url}/spve/copy" not in client.get(url).text
    assert client.post(f"{url}/reasons/copy").location == f"{url}/reasons"
    assert "Begin with what I wrote" not in client.get(url).text
    assert client.post(f"{url}/reasons/copy").status_code == 409
    assert f"/onboarding/work/{handed_in.id}" in client.get(url).text


def test_lessons_are_confirmed_with_a_button(
    session: Session, trainee: Trainee, people: SimpleNamespace, login: Login
) -> None:
    client = login(people.max)
    url = f"/onboarding/{people.max.id}/work"
    confirm = f"/onboarding/{people.max.id}/lessons/rules"
    page = client.get(url).text
    assert "The rules" in page
    assert confirm in page
    assert client.post(confirm).status_code == client.post(confirm).status_code == 303
    page = client.get(url).text
    assert "learnt" in page
    assert confirm not in page
    assert client.post(f"/onboarding/{people.max.id}/lessons/goal").status_code == 404
    assert login(people.tanya).post(confirm).status_code == 403


def test_a_manager_without_onboarding_and_one_that_has_ended(
    session: Session, trainee: Trainee, people: SimpleNamespace, login: Login
) -> None:
    client = login(people.lidia)
    assert client.get(f"/onboarding/{people.sveta.id}/work").status_code == 404
    assert client.get(f"/onboarding/{people.olga.id}/work").status_code == 404
    assert client.get("/onboarding/999999/work").status_code == 404
    trainee.stages[-1].stage = Stage.STAFF
    session.commit()
    assert client.get(f"/onboarding/{people.max.id}/work").status_code == 200
    trainee.parted_at = now()
    session.commit()
    client = login(people.max)
    assert "This onboarding is over." in client.get(f"/onboarding/{people.max.id}/work").text
    assert client.get(f"/onboarding/{people.max.id}/work/spve").status_code == 409
