"""Two requests at once, with real commits on both databases: one review, and no save lost in silence."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qcapp import create_app
from qcapp.calls.facts import Changes, correct_several
from qcapp.calls.models import Call
from qcapp.checklists.models import Checklist
from qcapp.checklists.scoring import Answer
from qcapp.checklists.service import load_card
from qcapp.core.db import Database
from qcapp.core.errors import Missing
from qcapp.people.models import User
from qcapp.reviews import personal, service
from qcapp.reviews.models import Review, ReviewState
from qcapp.reviews.rules import ReviewDraft
from qcapp.settings import Settings
from tests.at_once import Meet, at_once, overtaken
from tests.factories.calls import make_call
from tests.factories.people import make_cast
from tests.reviews.conftest import CARD, GOOD, draft

AT_ONCE = 4
Deed = Callable[[Session, Review], object]


@pytest.fixture
def app(settings: Settings, committed: Database) -> Flask:
    """An application on that database, which holds people, a card, and a call to score."""
    app = create_app(settings, committed)
    with app.app_context(), committed.transaction() as session:
        people = make_cast(session)
        make_call(session, people.max)
        load_card(session, CARD, by=None)
    return app


def test_a_double_click_begins_one_review(committed: Database, app: Flask) -> None:
    ids = []

    def begin(session: Session, by: User, _number: int) -> None:
        call, checklist = session.scalars(select(Call)).one(), session.scalars(select(Checklist)).one()
        ids.append(service.begin_review(session, call, checklist, by=by).id)

    assert at_once(app, begin, *["kira"] * AT_ONCE) == [""] * AT_ONCE
    assert len(ids) == AT_ONCE
    assert len(set(ids)) == 1
    with committed.reading() as session:
        assert session.scalar(select(func.count()).select_from(Review)) == 1


def test_of_windows_that_save_at_once_one_wins_and_the_others_are_told(
    committed: Database, app: Flask
) -> None:
    with app.app_context(), committed.transaction() as session:
        kira = session.scalars(select(User).where(User.login == "kira")).one()
        call, checklist = session.scalars(select(Call)).one(), session.scalars(select(Checklist)).one()
        review_id = service.begin_review(session, call, checklist, by=kira).id

    def save(session: Session, _by: User, number: int) -> None:
        draft = ReviewDraft(0, f"window {number}", 1, {"remark": Answer(f"window {number}")})
        review = session.get_one(Review, review_id)
        service.save_draft(session, review, draft, by=review.reviewer)

    told = at_once(app, save, *["kira"] * AT_ONCE)
    winners = [f"window {number}" for number, why_not in enumerate(told) if not why_not]
    assert sum("changed in another window" in each for each in told) == AT_ONCE - 1
    with committed.reading() as session:
        review = session.get_one(Review, review_id)
        assert [answer.value for answer in review.answers] == winners
        assert (review.revision, len(winners)) == (1, 1)


@pytest.fixture
def written(committed: Database, app: Flask) -> None:
    """Kira's draft, ready to be published."""
    with app.app_context(), committed.transaction() as session:
        kira = person(session, "kira")
        call, checklist = session.scalars(select(Call)).one(), session.scalars(select(Checklist)).one()
        review = service.begin_review(session, call, checklist, by=kira)
        service.save_draft(session, review, draft(review, GOOD), by=kira)


def person(session: Session, login: str) -> User:
    return session.scalars(select(User).where(User.login == login)).one()


def publish(session: Session, review: Review) -> None:
    service.publish_review(session, review, by=review.reviewer)


def discard(session: Session, review: Review) -> None:
    service.discard_draft(session, review, by=review.reviewer)


def give_up(session: Session, review: Review) -> None:
    personal.give_up(session, [review.call_id])


def hand_to_sveta(session: Session, review: Review) -> None:
    changes = Changes(manager=person(session, "sveta"))
    corrected, _refused = correct_several(session, [review.call], changes, by=person(session, "lidia"))
    assert corrected == [] or review.call.manager is changes.manager


def after(app: Flask, deed: Deed, late: Deed) -> str:
    """What the later one was told, who had read all of it as it was before the deed."""

    def too_late(session: Session, meet: Meet) -> None:
        review = session.scalars(select(Review)).one_or_none()
        if review is None:  # on SQLite, where he reads after the deed
            raise Missing("There is no such review.")
        assert review.call.manager
        meet()
        late(session, review)

    return overtaken(app, lambda session: deed(session, session.scalars(select(Review)).one()), too_late)


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize(("late", "told"), [(discard, "has been published"), (give_up, "")])
def test_what_was_published_meanwhile_is_not_thrown_away(
    committed: Database, app: Flask, late: Deed, told: str
) -> None:
    assert told in after(app, publish, late)
    with committed.reading() as session:
        review = session.scalars(select(Review)).one()
        assert (review.state, review.first_score is None) == (ReviewState.PUBLISHED, False)


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize("deeds", [(publish, hand_to_sveta), (hand_to_sveta, publish)])
def test_a_score_is_published_for_whoever_has_the_call(
    committed: Database, app: Flask, deeds: tuple[Deed, Deed]
) -> None:
    assert after(app, *deeds) == ""
    with committed.reading() as session:
        review = session.scalars(select(Review)).one()
        assert review.manager == review.call.manager
        assert review.call.scored_at


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize("late", [publish, discard])
def test_who_comes_too_late_to_a_draft_is_told_that_it_is_gone(app: Flask, late: Deed) -> None:
    assert after(app, discard, late) == "There is no such review."
