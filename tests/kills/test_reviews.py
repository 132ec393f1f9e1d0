"""A process is killed while a review is published: it is a draft with every answer, or published, and that once."""

import json
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qcapp.checklists.service import load_card
from qcapp.core import clock
from qcapp.core.audit import AuditEntry
from qcapp.core.db import Database
from qcapp.people.models import Notice
from qcapp.reviews import cards, scheduling, service
from qcapp.reviews.models import Review, ReviewState
from tests.factories.calls import make_call
from tests.kills.conftest import sent
from tests.kills.fate import Fate
from tests.reviews.conftest import CARD, GOOD, draft
from tests.serving import Visitor, WebServer

ALREADY = 409  # what is answered to whoever publishes a second time
ENOUGH = 6  # one more than there are deaths


@pytest.fixture
def reviews(committed: Database, cast: SimpleNamespace) -> list[int]:
    """Kira's finished drafts."""
    with committed.transaction() as session:
        version = load_card(session, CARD, by=None).version
        made = [
            service.new_draft(session, make_call(session, cast.max), version, by=cast.kira)
            for _each in range(ENOUGH)
        ]
        for review in made:
            service.save_draft(session, review, draft(review, GOOD, summary="Так держать"), by=cast.kira)
        return [review.id for review in made]


def count(session: Session, thing: type, *those: object) -> int:
    return session.scalar(select(func.count()).select_from(thing).where(*those)) or 0


def is_published(database: Database, review_id: int) -> bool:
    """Whether it is; that it is whole and told once either way."""
    with database.reading() as session:
        review = session.get_one(Review, review_id)
        published = review.state is ReviewState.PUBLISHED
        assert GOOD.items() <= cards.answers_of(review).items()
        assert (review.score, review.summary) == (100.0, "Так держать")
        assert review.first_score == (100.0 if published else None)
        for thing, those in (
            (
                AuditEntry,
                (AuditEntry.action == "review_published", AuditEntry.thing == f"review:{review_id}"),
            ),
            (Notice, (Notice.kind == "review_published", Notice.path == f"/reviews/{review_id}")),
        ):
            assert count(session, thing, *those) == published
        return published


def test_publishing(server: WebServer, committed: Database, reviews: list[int], fate: Fate) -> None:
    kira = Visitor(server)
    kira.sign_in("kira")
    answers = {key: {"value": answer.value} for key, answer in GOOD.items()}

    def publish(number: int) -> bool:
        page = {"revision": 1, "window": "one", "turn": 2, "answers": answers, "summary": "Так держать"}
        return sent(lambda: kira.post_json(f"/reviews/{reviews[number]}/publish", json.dumps(page)), ALREADY)

    for number in fate.deaths(publish):
        was_published = is_published(committed, reviews[number])
        assert was_published == (number > 0)
        assert publish(number)
        assert is_published(committed, reviews[number])


def test_publishing_at_a_set_time(
    run: Callable[..., bool], committed: Database, reviews: list[int], cast: SimpleNamespace, fate: Fate
) -> None:
    def publish(number: int) -> bool:
        with committed.transaction() as session:
            review = session.get_one(Review, reviews[number])
            if review.state is ReviewState.DRAFT:
                scheduling.schedule_review(session, review, clock.now() + timedelta(minutes=1), by=cast.kira)
        return run("reviews.publish_due", later_s=90)

    for number in fate.deaths(publish):
        assert is_published(committed, reviews[number]) == (number > 0)
        assert run("reviews.publish_due", later_s=90)
        assert is_published(committed, reviews[number])
