"""The review's pages: what stands on them, who gets in, what the workspace's saves answer."""

from collections.abc import Callable
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.models import Call
from qcapp.checklists.models import Checklist
from qcapp.checklists.scoring import Answer
from qcapp.core.audit import AuditEntry
from qcapp.reviews import cards, service
from qcapp.reviews.models import Review, ReviewState
from tests.factories.calls import make_call
from tests.reviews.conftest import GOOD

Publish = Callable[..., Review]
Login = Callable[..., FlaskClient]
JSON = {"Accept": "application/json"}
ANSWERS = {key: {"value": answer.value} for key, answer in GOOD.items()}


def payload(**fields: object) -> dict[str, object]:
    return {
        "revision": 0,
        "window": "one",
        "turn": 1,
        "answers": {},
        "marks": [],
        "summary": "",
        "spent": 0,
    } | fields


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words += data.split()


def text_of(html: str) -> str:
    parser = _Text()
    parser.feed(html)
    return " ".join(parser.words)


def test_the_button_on_the_calls_page_opens_the_workspace(
    call: Call, checklist: Checklist, people: SimpleNamespace, login: Login
) -> None:
    client = login(people.kira)
    assert f'action="/calls/{call.id}/review"' in client.get(f"/calls/{call.id}").text
    answer = client.post(f"/calls/{call.id}/review")
    assert answer.status_code == 303
    page = client.get(answer.location)
    assert page.status_code == 200
    assert 'data-module="review"' in page.text
    assert "Здравствуйте! Меня зовут Максим" in text_of(page.text)


@pytest.mark.parametrize("name", ["max", "roman", "tanya", "olga", "anna"])
def test_others_are_offered_no_scoring(
    call: Call, checklist: Checklist, people: SimpleNamespace, login: Login, name: str
) -> None:
    client = login(getattr(people, name))
    assert f"/calls/{call.id}/review" not in client.get(f"/calls/{call.id}").text
    assert client.get(f"/calls/{call.id}/review").status_code == 403
    assert client.post(f"/calls/{call.id}/review").status_code == 403


def test_the_card_is_chosen_before_the_first_answer(
    call: Call, checklist: Checklist, people: SimpleNamespace, login: Login
) -> None:
    client = login(people.kira)
    page = client.get(f"/calls/{call.id}/review")
    assert 'value="card" checked' in page.text
    assert client.post(f"/calls/{call.id}/review", data={"checklist": "unknown"}).status_code == 409
    begun = client.post(f"/calls/{call.id}/review", data={"checklist": "card"})
    assert client.get(f"/calls/{call.id}/review").location == begun.location


def test_without_a_card_in_force_the_refusal_says_what_to_do(
    call: Call, people: SimpleNamespace, login: Login
) -> None:
    answer = login(people.kira).post(f"/calls/{call.id}/review")
    assert answer.status_code == 409
    assert "Ask the QC lead to publish one." in answer.text


def test_a_save_answers_with_the_new_revision_and_the_result_so_far(
    session: Session, review: Review, people: SimpleNamespace, login: Login
) -> None:
    client = login(people.kira)
    answers = {"hello": {"value": "yes"}, "name": {"value": "no", "comment": "мямлил"}}
    marks = [{"start": 2.5, "end": 8, "text": "здесь", "item": "name"}]
    answer = client.post(
        f"/reviews/{review.id}/draft",
        json=payload(answers=answers, marks=marks, summary="итог"),
        headers=JSON,
    )
    assert answer.status_code == 200
    assert answer.json["revision"] == 1
    assert "50\u00a0%" in answer.json["result"]
    assert "3 items to finish" in answer.json["result"]
    assert "a reason is needed" in answer.json["result"]
    session.expire_all()
    assert cards.answers_of(review)["name"] == Answer("no", "мямлил")
    assert review.marks[0].item.key == "name"


def test_a_conflict_tells_the_revision_that_is_stored(
    review: Review, people: SimpleNamespace, login: Login
) -> None:
    client = login(people.kira)
    url = f"/reviews/{review.id}/draft"
    assert client.post(url, json=payload(), headers=JSON).json["revision"] == 1
    answer = client.post(url, json=payload(window="two", summary="Said otherwise."), headers=JSON)
    assert (answer.status_code, answer.json["revision"]) == (409, 1)


@pytest.mark.parametrize(
    "broken",
    [
        None,
        [],
        {"revision": 0},
        payload(answers={"hello": "yes"}),
        payload(surprise=1),
        payload(marks=[{"start": -1, "text": ""}]),
        payload(marks=[{"start": "NaN", "text": ""}]),
        payload(summary="x" * 10_001),
        payload(answers={"nonsense": {"value": "yes"}}),
        payload(turn=0),
    ],
)
def test_a_draft_that_makes_no_sense_is_refused_in_words(
    review: Review, people: SimpleNamespace, login: Login, broken: object
) -> None:
    answer = login(people.kira).post(f"/reviews/{review.id}/draft", json=broken, headers=JSON)
    assert answer.status_code == 409
    assert answer.json["error"].endswith(".")


def test_publishing_saves_first_and_names_the_first_gap(
    session: Session, review: Review, people: SimpleNamespace, login: Login
) -> None:
    client = login(people.kira)
    url = f"/reviews/{review.id}/publish"
    answer = client.post(url, json=payload(answers={"hello": {"value": "yes"}}), headers=JSON)
    assert (answer.status_code, answer.json["first"], answer.json["revision"]) == (422, "name", 1)
    session.expire_all()
    assert review.state is ReviewState.DRAFT
    answer = client.post(url, json=payload(answers=ANSWERS, turn=2), headers=JSON)
    assert answer.json == {"url": f"/reviews/{review.id}"}
    session.expire_all()
    assert review.state is ReviewState.PUBLISHED


def test_nobody_else_reaches_a_draft(
    session: Session, review: Review, people: SimpleNamespace, login: Login
) -> None:
    for name in ("lidia", "olga", "roman", "max", "oleg"):
        client = login(getattr(people, name))
        assert client.get(f"/reviews/{review.id}").status_code == 403
        assert client.post(f"/reviews/{review.id}/draft", json=payload(), headers=JSON).status_code == 403
    refused = session.scalars(select(AuditEntry).where(AuditEntry.action == "refused")).all()
    assert {entry.by_id for entry in refused} >= {people.lidia.id, people.roman.id, people.max.id}


def test_the_manager_reads_why_and_says_so(
    session: Session, call: Call, people: SimpleNamespace, publish: Publish, login: Login
) -> None:
    answers = GOOD | {"name": Answer("no", "Имя не разобрать", "mumbled"), "polite": Answer("no", "Нагрубил")}
    review = publish(call, people.kira, answers)
    client = login(people.max)
    page = client.get(f"/reviews/{review.id}")
    words = text_of(page.text)
    for part in (
        "What to improve",
        "Так держать",
        "0 %",
        "critical error",
        "Mumbled",
        "Имя не разобрать",
        "Хорошее начало",
        "Нагрубил",
    ):
        assert part in words
    assert 'data-start="2.0" data-end="8.0"' in page.text
    assert client.post(f"/reviews/{review.id}/acknowledge").status_code == 303
    session.expire_all()
    assert review.acknowledged_at is not None
    assert "I have read it" not in client.get(f"/reviews/{review.id}").text


def test_a_head_reads_his_own_teams_reviews_only(
    session: Session, call: Call, people: SimpleNamespace, publish: Publish, login: Login
) -> None:
    review = publish(call, people.kira)
    assert login(people.roman).get(f"/reviews/{review.id}").status_code == 200
    assert f"/reviews/{review.id}" in login(people.roman).get("/reviews").text
    client = login(people.oleg)
    assert client.get(f"/reviews/{review.id}").status_code == 403
    assert f"/reviews/{review.id}" not in client.get("/reviews").text
    assert client.post(f"/reviews/{review.id}/acknowledge").status_code == 403
    last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (last.action, last.by_id) == ("refused", people.oleg.id)


def test_a_draft_can_be_removed_from_its_workspace(
    session: Session, review: Review, people: SimpleNamespace, login: Login
) -> None:
    client, remove = login(people.kira), f"/reviews/{review.id}/discard"
    saved = client.post(f"/reviews/{review.id}/draft", json=payload(answers=ANSWERS), headers=JSON)
    assert saved.json["revision"] == 1
    opened_before = client.post(remove, data={"revision": 0, "window": "two"})
    assert opened_before.status_code == 409
    assert "changed in another window" in opened_before.text
    assert client.post(remove, data={"revision": 0, "window": "one"}).location == "/reviews"
    assert client.get(f"/reviews/{review.id}").status_code == 404


def test_the_card_of_an_empty_draft_can_be_exchanged(
    session: Session, review: Review, people: SimpleNamespace, login: Login
) -> None:
    client = login(people.kira)
    assert (
        client.post(f"/reviews/{review.id}/checklist", data={"checklist": "card"}).location
        == f"/reviews/{review.id}"
    )
    client.post(f"/reviews/{review.id}/draft", json=payload(answers=ANSWERS), headers=JSON)
    assert client.post(f"/reviews/{review.id}/checklist", data={"checklist": "nope"}).status_code == 409


def test_the_start_page_says_what_there_is_to_do(
    session: Session,
    review: Review,
    checklist: Checklist,
    people: SimpleNamespace,
    publish: Publish,
    login: Login,
) -> None:
    scored, waiting = (make_call(session, people.max) for _ in range(2))
    published = publish(scored, people.kira)
    kira = login(people.kira).get("/").text
    assert f"/reviews/{review.id}" in kira
    assert f'action="/calls/{waiting.id}/review"' in kira
    assert f'action="/calls/{review.call_id}/review"' not in kira
    max_ = login(people.max).get("/").text
    assert f"/reviews/{published.id}" in max_
    assert "To read" in max_
    assert f"/reviews/{review.id}" not in max_
    assert f"/reviews/{published.id}" in login(people.roman).get("/").text
    assert f"/reviews/{published.id}" not in login(people.oleg).get("/").text
    assert login(people.anna).get("/").status_code == 303


def test_the_list_shows_a_manager_only_his_own(
    session: Session, call: Call, people: SimpleNamespace, publish: Publish, login: Login
) -> None:
    own, other = publish(call, people.kira), publish(make_call(session, people.sveta), people.kira)
    page = login(people.max).get("/reviews").text
    assert "My reviews" in page
    assert f"/reviews/{own.id}" in page
    assert f"/reviews/{other.id}" not in page
    assert login(people.hanna).get("/reviews").status_code == 403


def test_while_scoring_the_call_others_reviews_are_closed(
    session: Session,
    call: Call,
    checklist: Checklist,
    people: SimpleNamespace,
    publish: Publish,
    login: Login,
) -> None:
    review = publish(call, people.kira)
    client = login(people.lidia)
    assert client.get(f"/reviews/{review.id}").status_code == 200
    service.begin_review(session, call, checklist, by=people.lidia)
    session.commit()
    answer = client.get(f"/reviews/{review.id}")
    assert answer.status_code == 403
    assert "You are scoring this call." in answer.text


def test_a_window_left_open_on_a_removed_draft_writes_into_no_other_calls_draft(
    session: Session, review: Review, people: SimpleNamespace, login: Login, checklist: Checklist
) -> None:
    """After a backup is restored numbers are given out that had been given out since it was made."""
    client = login(people.kira)
    number, call_id = review.id, review.call_id
    service.discard_draft(session, review, by=people.kira)
    other = service.begin_review(session, make_call(session, people.max), checklist, by=people.kira)
    other.id = number
    session.commit()
    for address in ("draft", "publish"):
        answer = client.post(
            f"/reviews/{number}/{address}", json=payload(call=call_id, answers=ANSWERS), headers=JSON
        )
        assert answer.status_code == 404
        assert "has been removed" in answer.json["error"]
    session.expire_all()
    assert other.answers == []
    mine = payload(call=other.call_id, answers=ANSWERS)
    assert client.post(f"/reviews/{number}/draft", json=mine, headers=JSON).status_code == 200


@pytest.mark.parametrize(
    ("moment", "told"),
    [("2020-01-01T10:00", "has passed"), ("2099-01-01T10:00", "more than 31 days"), ("soon", "")],
)
def test_a_draft_that_cannot_be_published_later_is_saved_all_the_same(
    session: Session, review: Review, people: SimpleNamespace, login: Login, moment: str, told: str
) -> None:
    sent = payload(answers=ANSWERS, publish_at=moment)
    answer = login(people.kira).post(f"/reviews/{review.id}/schedule", json=sent, headers=JSON)
    assert answer.status_code == 422
    assert (answer.json["revision"], told in answer.json["error"]) == (1, True)
    session.expire_all()
    assert (review.state, len(review.answers)) == (ReviewState.DRAFT, len(GOOD))
