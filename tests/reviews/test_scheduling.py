"""Publishing at a set time: who sees what until then, and that it happens once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qcapp.calls.models import Call
from qcapp.core import clock
from qcapp.core.audit import AuditEntry
from qcapp.core.errors import Forbidden, Refused
from qcapp.people.models import Notice
from qcapp.reviews import queries, rules, scheduling, service
from qcapp.reviews.models import Review, ReviewState
from qcapp.reviews.queue import assignments
from qcapp.reviews.queue.states import AssignmentState
from tests.reviews.conftest import GOOD, draft

Publish = Callable[..., Review]
HOUR = timedelta(hours=1)


@pytest.fixture
def scheduled(session: Session, review: Review, people: SimpleNamespace) -> Review:
    """Kira's finished review, to be published in an hour."""
    service.save_draft(session, review, draft(review, GOOD), by=people.kira)
    scheduling.schedule_review(session, review, clock.now() + HOUR, by=people.kira)
    session.commit()
    return review


def in_time(review: Review) -> datetime:
    assert review.publish_at is not None
    return review.publish_at + timedelta(seconds=1)


def test_until_its_moment_it_is_its_reviewers_alone(
    session: Session, scheduled: Review, call: Call, people: SimpleNamespace
) -> None:
    assert (scheduled.state, scheduled.score, scheduled.published_at) == (ReviewState.SCHEDULED, 100.0, None)
    assert call.scored_at is None
    assert queries.scheduled_of(session, people.kira) == [scheduled]
    assert queries.drafts_of(session, people.kira) == []
    assert queries.get_review(session, scheduled.id, people.kira) is scheduled
    for name in ("olga", "lidia", "roman", "tanya", "max"):
        with pytest.raises(Forbidden):
            queries.get_review(session, scheduled.id, getattr(people, name))
        assert queries.published(session, getattr(people, name)).reviews == []
    assert scheduling.due(session) == []
    assert queries.waiting_calls(session, people.lidia) == []


def test_whoever_can_still_take_it_back_stays_blind(
    session: Session, scheduled: Review, call: Call, people: SimpleNamespace, publish: Publish
) -> None:
    other = publish(call, people.lidia)
    with pytest.raises(Forbidden, match="You are scoring this call"):
        queries.get_review(session, other.id, people.kira)


def test_when_its_moment_has_come_it_is_published_once(
    session: Session, scheduled: Review, call: Call, people: SimpleNamespace
) -> None:
    with time_machine.travel(in_time(scheduled), tick=False):
        assert scheduling.due(session) == [scheduled.id]
        for _twice in range(2):
            scheduling.publish_due(session, scheduled.id)
        assert scheduling.due(session) == []
    session.expire_all()
    assert (scheduled.state, scheduled.publish_at) == (ReviewState.PUBLISHED, None)
    assert scheduled.first_score == 100.0
    assert call.scored_at is not None
    for action, number in (("review_scheduled", 1), ("review_published", 1)):
        assert session.scalar(select(func.count()).where(AuditEntry.action == action)) == number
    assert session.scalar(select(func.count()).where(Notice.kind == "review_published")) == 1


def test_it_is_not_published_too_early(session: Session, scheduled: Review) -> None:
    scheduling.publish_due(session, scheduled.id)
    assert scheduled.state is ReviewState.SCHEDULED


def test_taken_back_it_is_a_draft_again(session: Session, scheduled: Review, people: SimpleNamespace) -> None:
    with pytest.raises(Refused, match="Take it back"):
        service.save_draft(session, scheduled, draft(scheduled, {}, turn=9), by=people.kira)
    with pytest.raises(Forbidden):
        scheduling.withdraw(session, scheduled, by=people.lidia)
    scheduling.withdraw(session, scheduled, by=people.kira)
    assert (scheduled.state, scheduled.publish_at) == (ReviewState.DRAFT, None)
    service.save_draft(session, scheduled, draft(scheduled, {}, turn=9), by=people.kira)
    service.save_draft(session, scheduled, draft(scheduled, GOOD, turn=10), by=people.kira)
    service.publish_review(session, scheduled, by=people.kira)
    with pytest.raises(Refused, match="published"):
        scheduling.withdraw(session, scheduled, by=people.kira)


def test_a_reviewer_who_joins_the_team_gets_it_back(
    session: Session, scheduled: Review, people: SimpleNamespace
) -> None:
    people.kira.team = people.north
    session.flush()
    with time_machine.travel(in_time(scheduled), tick=False):
        scheduling.publish_due(session, scheduled.id)
    assert scheduled.state is ReviewState.DRAFT
    notice = session.scalars(select(Notice)).one()
    assert (notice.kind, notice.user.login) == ("review_not_published", "kira")


def test_in_the_queue_it_is_done_until_it_is_taken_back(
    session: Session, review: Review, call: Call, people: SimpleNamespace
) -> None:
    due_at = clock.now() + timedelta(days=3)
    [place] = assignments.assign(session, [call], reviewer=people.kira, due_at=due_at, by=people.lidia)
    service.save_draft(session, review, draft(review, GOOD), by=people.kira)
    scheduling.schedule_review(session, review, clock.now() + HOUR, by=people.kira)
    assert (place.state, place.review) == (AssignmentState.DONE, review)
    scheduling.withdraw(session, review, by=people.kira)
    assert (place.state, place.done_at, place.reviewer) == (AssignmentState.TAKEN, None, people.kira)
    scheduling.schedule_review(session, review, clock.now() + HOUR, by=people.kira)
    with time_machine.travel(in_time(review), tick=False):
        scheduling.publish_due(session, review.id)
    assert place.state is AssignmentState.DONE


@pytest.mark.parametrize("away", [-HOUR, timedelta(0), timedelta(days=40)])
def test_a_moment_that_makes_no_sense_is_refused(
    session: Session, review: Review, people: SimpleNamespace, away: timedelta
) -> None:
    service.save_draft(session, review, draft(review, GOOD), by=people.kira)
    with pytest.raises(Refused):
        scheduling.schedule_review(session, review, clock.now() + away, by=people.kira)


def test_what_is_incomplete_waits_for_nothing(
    session: Session, review: Review, people: SimpleNamespace
) -> None:
    with pytest.raises(service.Incomplete):
        scheduling.schedule_review(session, review, clock.now() + HOUR, by=people.kira)


def test_the_evening_is_offered_until_it_has_come() -> None:
    moscow = ZoneInfo("Europe/Moscow")
    at_noon = datetime(2026, 11, 2, 12, 0, tzinfo=moscow)
    assert rules.publishing_times(at_noon) == {
        "evening": datetime(2026, 11, 2, 15, 0, tzinfo=UTC),
        "morning": datetime(2026, 11, 3, 6, 0, tzinfo=UTC),
    }
    assert list(rules.publishing_times(at_noon.replace(hour=18))) == ["morning"]


def test_the_workspace_offers_it_and_the_page_takes_it_back(
    session: Session, review: Review, people: SimpleNamespace, login: Callable[..., FlaskClient]
) -> None:
    client = login(people.kira)
    assert 'id="publish-later"' in client.get(f"/reviews/{review.id}").text
    tomorrow = (clock.now() + timedelta(days=1)).astimezone(ZoneInfo("Europe/Moscow"))
    body = {
        "revision": 0,
        "window": "one",
        "turn": 1,
        "answers": {key: {"value": answer.value} for key, answer in GOOD.items()},
        "publish_at": f"{tomorrow:%Y-%m-%dT09:00}",
    }
    headers = {"Accept": "application/json"}
    url = f"/reviews/{review.id}/schedule"
    for turn, wrong in enumerate(("", "soon", "2020-01-01T09:00"), start=1):
        sent = body | {"publish_at": wrong, "turn": turn}
        assert client.post(url, json=sent, headers=headers).status_code == 422
    answer = client.post(url, json=body | {"answers": {}, "turn": 4}, headers=headers)
    assert (answer.status_code, answer.json["first"]) == (422, "hello")
    answer = client.post(url, json=body | {"turn": 5}, headers=headers)
    assert answer.json == {"url": f"/reviews/{review.id}"}
    session.expire_all()
    assert review.publish_at == tomorrow.replace(hour=9, minute=0, second=0, microsecond=0)
    page = client.get(f"/reviews/{review.id}").text
    assert "Will be published" in page
    assert "To be published" in client.get("/reviews").text
    assert client.post(f"/reviews/{review.id}/withdraw").status_code == 303
    assert 'data-module="review"' in client.get(f"/reviews/{review.id}").text
