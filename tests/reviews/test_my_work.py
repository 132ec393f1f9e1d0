"""A reviewer's own page: the work at hand, the pace, and the comparison of like with like."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from qcapp.calls.models import Call
from qcapp.core import clock
from qcapp.people.models import User
from qcapp.reviews import my_work
from qcapp.reviews.calibration.service import plan_calibration
from qcapp.reviews.disputes.models import Dispute
from qcapp.reviews.disputes.rules import Decision
from qcapp.reviews.models import Purpose, Review, ReviewState
from qcapp.reviews.queue.models import Assignment
from qcapp.reviews.queue.states import AssignmentState
from qcapp.terms import LeadSource, Role
from tests.factories.calls import make_call
from tests.factories.people import make_user
from tests.reviews.test_views import text_of

MOSCOW = ZoneInfo("Europe/Moscow")
NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)  # a Wednesday
Publish = Callable[..., Review]
Login = Callable[..., FlaskClient]


def assign(session: Session, reviewer: User, call: Call, **fields: object) -> Assignment:
    plain = {"state": AssignmentState.WAITING, "priority": 0, "why": "", "due_at": NOW + timedelta(days=1)}
    made = Assignment(call=call, reviewer=reviewer, created_at=NOW, **(plain | fields))
    session.add(made)
    session.flush()
    return made


def put(review: Review, when: datetime = NOW, score: float = 80.0, spent_s: int = 300) -> Review:
    review.published_at, review.score, review.spent_s = when, score, spent_s
    return review


def test_the_load_counts_what_is_open_overdue_and_done(session: Session, people: SimpleNamespace) -> None:
    calls = [make_call(session, people.max) for _each in range(5)]
    assign(session, people.kira, calls[0])
    assign(session, people.kira, calls[1], state=AssignmentState.TAKEN, due_at=NOW - timedelta(hours=1))
    assign(session, people.kira, calls[2], state=AssignmentState.DONE, done_at=NOW)
    assign(session, people.kira, calls[3], state=AssignmentState.DONE, done_at=NOW - timedelta(days=400))
    assign(session, people.lidia, calls[4])
    load = my_work.load_of(session, people.kira, NOW, NOW - timedelta(days=50))
    assert load == my_work.Load(assigned=2, overdue=1, drafts=0, done=1)
    assert [each.call_id for each in my_work.at_hand(session, people.kira)] == [calls[1].id, calls[0].id]


def test_reviews_are_counted_by_local_weeks(
    session: Session, people: SimpleNamespace, publish: Publish
) -> None:
    sunday_night = datetime(2026, 11, 15, 21, 30, tzinfo=UTC)  # Monday in Moscow
    for when in (NOW, sunday_night, sunday_night - timedelta(hours=1), NOW - timedelta(days=365)):
        put(publish(make_call(session, people.max), people.kira), when)
    session.flush()
    weeks, _pace = my_work.weeks_and_pace(session, people.kira, NOW.date(), MOSCOW)
    assert len(weeks) == my_work.WEEKS
    assert [week.reviews for week in weeks[-3:]] == [0, 1, 2]
    assert weeks[-1].monday.isoformat() == "2026-11-16"


def test_the_pace_is_a_median_beside_the_length_of_the_calls(
    session: Session, people: SimpleNamespace, publish: Publish
) -> None:
    for spent in (180, 360, 3600):
        put(publish(make_call(session, people.max), people.kira), spent_s=spent)
    put(publish(make_call(session, people.max), people.kira), spent_s=0)
    session.flush()
    _weeks, pace = my_work.weeks_and_pace(session, people.kira, NOW.date(), MOSCOW)
    assert pace == my_work.Pace(n=3, spent_s=360, talk_s=180, ratio=2.0)
    assert my_work.weeks_and_pace(session, people.lidia, NOW.date(), MOSCOW)[1] is None


def test_colleagues_are_compared_within_the_same_lead_source_alone(
    session: Session, people: SimpleNamespace, publish: Publish
) -> None:
    for lead, by, scores in (
        (LeadSource.COLD, people.kira, (70, 80)),
        (LeadSource.COLD, people.lidia, (90, 94)),
        (LeadSource.HOT, people.lidia, (10,)),
    ):
        for score in scores:
            put(publish(make_call(session, people.max, lead_source=lead), by), score=score)
    hidden = put(publish(make_call(session, people.max, lead_source=LeadSource.COLD), people.kira), score=0)
    hidden.purpose = Purpose.SHADOW
    session.flush()
    (cold,) = my_work.beside_colleagues(session, people.kira, NOW - timedelta(days=7))
    assert (cold.lead_source, cold.own_n, cold.own, cold.others_n, cold.others) == (
        LeadSource.COLD,
        2,
        75,
        2,
        92,
    )
    assert cold.difference(enough=2) == -17
    assert cold.difference(enough=3) is None


def test_disputes_that_changed_something_are_counted(
    session: Session, people: SimpleNamespace, publish: Publish
) -> None:
    for decision in (Decision.ACCEPTED, Decision.PARTLY, Decision.REJECTED, None):
        review = publish(make_call(session, people.max), people.kira)
        decided_at = NOW if decision else None
        session.add(
            Dispute(
                review=review, opened_by=people.max, opened_at=NOW, decision=decision, decided_at=decided_at
            )
        )
    session.flush()
    assert my_work.disputes_of(session, people.kira, NOW - timedelta(days=7)) == my_work.Disputes(3, 2)


def test_the_page_shows_the_reviewers_own_work(
    session: Session, people: SimpleNamespace, publish: Publish, login: Login
) -> None:
    assign(session, people.kira, make_call(session, people.max), due_at=clock.now() - timedelta(hours=1))
    publish(make_call(session, people.max), people.kira)
    session.commit()
    page = login(people.kira).get("/my-work/")
    words = text_of(page.text)
    for part in (
        "1 calls assigned",
        "overdue",
        "few reviews (1)",
        "No closed calibration yet.",
        "Reviews per week",
    ):
        assert part in words
    assert "Lidia Lead" not in words


def test_a_running_calibration_stands_on_the_page_until_everything_is_handed_in(
    session: Session, people: SimpleNamespace, review: Review, login: Login
) -> None:
    calibration = plan_calibration(
        session,
        title="Октябрь",
        version=review.version,
        calls=[make_call(session, people.max)],
        reviewers=[people.kira, people.lidia],
        due_at=clock.now() + timedelta(days=1),
        by=people.lidia,
    )
    session.commit()
    page = login(people.kira).get("/my-work/").text
    assert f'<a href="/calibrations/{calibration.id}">Октябрь</a>' in page
    calibration.reviewers[0].submitted_at = clock.now()
    session.commit()
    assert my_work.to_calibrate(session, people.kira) == []
    assert my_work.to_calibrate(session, people.lidia) == [calibration]


def test_the_lead_opens_it_for_each_reviewer_without_drafts(
    session: Session, people: SimpleNamespace, review: Review, login: Login
) -> None:
    assert review.state is ReviewState.DRAFT
    for name in ("lidia", "olga"):
        client = login(getattr(people, name))
        page = client.get(f"/my-work/{people.kira.id}")
        assert page.status_code == 200
        assert f"/reviews/{review.id}" not in page.text
        assert client.get(f"/my-work/{people.max.id}").status_code == 404
        assert client.get("/my-work/999999").status_code == 404


@pytest.mark.parametrize("name", ["kira", "roman", "tanya", "hanna", "max", "anna"])
def test_nobody_else_opens_anothers_page(
    session: Session, people: SimpleNamespace, login: Login, name: str
) -> None:
    colleague = make_user(session, "Pavel Peer", Role.QC)
    session.commit()
    client = login(getattr(people, name))
    assert client.get(f"/my-work/{colleague.id}").status_code == 403
    assert client.get("/my-work/").status_code == (200 if name == "kira" else 403)
