"""The script of a call beside it and in the workspace, marks pinned to its blocks, and scores draft by draft."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from qcapp.calls.models import Call
from qcapp.callscripts.blocks import Block
from qcapp.callscripts.models import ScriptDraft
from qcapp.checklists.models import Checklist
from qcapp.reviews import pins, service
from qcapp.reviews.models import Review
from qcapp.reviews.rules import DraftMark
from tests.callscripts.scripts import FULL, approve
from tests.callscripts.scripts import wording as worded
from tests.factories.calls import make_call
from tests.reviews.conftest import GOOD, draft

Login = Callable[..., FlaskClient]
Publish = Callable[..., Review]
BEFORE = datetime(2026, 10, 1, tzinfo=UTC)  # of the calls that the factory makes
GREETING = FULL.texts[Block.GREETING]


@pytest.fixture
def script(session: Session, people: SimpleNamespace) -> ScriptDraft:
    """In force when Max made his calls; the next one was approved after them."""
    with time_machine.travel(BEFORE, tick=False):
        approved = approve(session, people.max, people.tanya)
    approve(session, people.max, people.tanya, worded(greeting="Совсем другое приветствие"))
    session.commit()
    return approved


@pytest.fixture
def pinned(session: Session, script: ScriptDraft, review: Review, people: SimpleNamespace) -> Review:
    """Kira's review with a mark pinned to the greeting."""
    marks = (
        DraftMark(2.0, 8.0, "Хорошо представился", "hello", Block.GREETING),
        DraftMark(9.0, None, "Без скрипта", "voice"),
    )
    return service.save_draft(session, review, draft(review, GOOD, marks=marks), by=people.kira)


def test_a_mark_is_pinned_to_the_script_that_was_in_force(script: ScriptDraft, pinned: Review) -> None:
    first, second = pinned.marks
    assert (first.draft, first.block) == (script, Block.GREETING)
    assert (second.draft, second.block) == (None, None)


def test_without_a_script_nothing_is_pinned(
    session: Session, review: Review, people: SimpleNamespace
) -> None:
    marks = (DraftMark(2.0, 8.0, "Хорошо", "hello", Block.GREETING),)
    service.save_draft(session, review, draft(review, marks=marks), by=people.kira)
    assert (review.marks[0].draft, review.marks[0].block) == (None, None)


def test_the_workspace_shows_the_script_and_saves_pins(
    session: Session, script: ScriptDraft, review: Review, people: SimpleNamespace, login: Login
) -> None:
    client = login(people.kira)
    page = client.get(f"/reviews/{review.id}").text
    assert GREETING in page
    assert 'data-block="greeting"' in page
    assert "Совсем другое приветствие" not in page
    mark = {"start": 2.0, "end": 8.0, "text": "Да", "item": "hello", "block": "closing"}
    body = {"revision": 0, "window": "one", "turn": 1, "marks": [mark]}
    headers = {"Accept": "application/json"}
    assert client.post(f"/reviews/{review.id}/draft", json=body, headers=headers).status_code == 200
    session.expire_all()
    assert review.marks[0].block is Block.CLOSING
    wrong = body | {"turn": 2, "marks": [mark | {"block": "nowhere"}]}
    assert client.post(f"/reviews/{review.id}/draft", json=wrong, headers=headers).status_code == 409


def test_without_a_script_the_workspace_is_as_it_was(
    review: Review, people: SimpleNamespace, login: Login
) -> None:
    page = login(people.kira).get(f"/reviews/{review.id}").text
    assert "script-fold" not in page
    assert "data-script" not in page
    assert "mark-block" not in page


def test_a_call_shows_the_script_of_its_day_to_whom_may_read_it(
    session: Session, script: ScriptDraft, call: Call, people: SimpleNamespace, login: Login
) -> None:
    for reader in (people.kira, people.max, people.roman, people.tanya):
        page = login(reader).get(f"/calls/{call.id}").text
        assert GREETING in page
        assert f"/scripts/drafts/{script.id}" in page
    assert GREETING not in login(people.anna).get(f"/calls/{call.id}").text
    other = make_call(session, people.sveta)
    session.commit()
    assert "Script at the time" not in login(people.kira).get(f"/calls/{other.id}").text


def test_a_mark_reaches_the_script_once_its_review_is_published(
    session: Session, script: ScriptDraft, pinned: Review, people: SimpleNamespace, login: Login
) -> None:
    url = f"/scripts/drafts/{script.id}/marks"
    session.commit()
    assert "Хорошо представился" not in login(people.max).get(url).text
    service.publish_review(session, pinned, by=people.kira)
    session.commit()
    client = login(people.max)
    for page in (client.get(url).text, client.get(f"/scripts/drafts/{script.id + 1}/marks").text):
        assert 'id="marks-greeting"' in page
        assert "Хорошо представился" in page
        assert "Здравствуйте! Меня зовут Максим" in page  # what was said at that time
        assert f'data-audio="/calls/{pinned.call_id}/audio"' in page
        assert "Без скрипта" not in page
    assert login(people.sveta).get(url).status_code == 403


def test_an_earlier_draft_does_not_know_of_later_marks(
    session: Session, people: SimpleNamespace, review: Review, login: Login
) -> None:
    with time_machine.travel(BEFORE, tick=False):
        first = approve(session, people.max, people.tanya)
        second = approve(session, people.max, people.tanya)
    marks = (DraftMark(2.0, 8.0, "Хорошо", "hello", Block.GREETING),)
    service.save_draft(session, review, draft(review, GOOD, marks=marks), by=people.kira)
    service.publish_review(session, review, by=people.kira)
    assert len(pins.marks_upto(session, second, people.max)) == 1
    assert pins.marks_upto(session, first, people.max) == []


def test_a_mark_of_a_call_that_was_somebody_elses_is_not_shown(
    session: Session, script: ScriptDraft, pinned: Review, people: SimpleNamespace
) -> None:
    pinned.call.manager = people.sveta
    session.flush()
    service.publish_review(session, pinned, by=people.kira)
    assert pins.marks_upto(session, script, people.lidia) == []


def test_sections_are_told_before_and_after_a_draft(
    session: Session,
    people: SimpleNamespace,
    checklist: Checklist,
    publish: Publish,
    login: Login,
) -> None:
    calls = [make_call(session, people.max) for _ in range(10)]
    with time_machine.travel(calls[5].started_at - timedelta(seconds=1), tick=False):
        approve(session, people.max, people.tanya)
    for call in calls:
        publish(call, people.kira)
    url = f"/scripts/of/{people.max.id}/scores"
    page = login(people.max).get(url).text
    assert "After draft 1" in page
    assert page.count("100\u00a0%") == 2
    assert page.count("n = 5") == 2
    assert "+0" in page
    assert "manners" not in page
    assert login(people.sveta).get(url).status_code == 403


def test_too_few_calls_are_no_number(
    session: Session, script: ScriptDraft, call: Call, publish: Publish, people: SimpleNamespace, login: Login
) -> None:
    publish(call, people.kira)
    page = login(people.max).get(f"/scripts/of/{people.max.id}/scores").text
    assert "too few calls, n = 1" in " ".join(page.split())
    assert "100\u00a0%" not in page


def test_who_scores_a_call_himself_sees_no_score_of_it_beside_the_script(
    session: Session,
    script: ScriptDraft,
    call: Call,
    checklist: Checklist,
    publish: Publish,
    people: SimpleNamespace,
    login: Login,
) -> None:
    publish(call, people.kira)
    url = f"/scripts/of/{people.max.id}/scores"
    assert "n = 1" in login(people.lidia).get(url).text
    service.begin_review(session, call, checklist, by=people.lidia)
    session.commit()
    assert "n = 1" not in login(people.lidia).get(url).text
