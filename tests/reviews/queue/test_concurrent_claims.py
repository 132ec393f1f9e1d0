"""Claims and draws at once, with real commits on both databases: no call twice, nobody a related one."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp import create_app
from qcapp.calls.models import Call
from qcapp.checklists.service import load_card
from qcapp.core import clock, local
from qcapp.core.autosave import Seen
from qcapp.core.db import Database
from qcapp.core.errors import Refused
from qcapp.people.models import Team, User
from qcapp.reviews import service
from qcapp.reviews.models import Review, ReviewState
from qcapp.reviews.queue import assignments, claims, draws, plans
from qcapp.reviews.queue.conditions import Conditions
from qcapp.reviews.queue.models import Assignment, SamplingPlan
from qcapp.reviews.queue.states import OPEN, AssignmentState, Period, PlanKind
from qcapp.settings import Settings
from qcapp.terms import Role
from tests.at_once import Meet, at_once, overtaken, together
from tests.factories.calls import make_call
from tests.factories.people import make_cast, make_user
from tests.reviews.conftest import CARD, GOOD, draft

REVIEWERS = 6
CALLS = 24


@pytest.fixture
def app(settings: Settings, committed: Database) -> Flask:
    """Six reviewers, one of them in the team of half of the calls, and a card."""
    settings.claim_limit = CALLS + 1  # whoever is first may take them all
    app = create_app(settings, committed)
    with app.app_context(), committed.transaction() as session:
        people = make_cast(session)
        for number in range(REVIEWERS):
            make_user(session, f"reviewer{number} Q", Role.QC, people.north if number == 0 else None)
        for number in range(CALLS):
            call = make_call(session, people.max if number % 2 else people.sveta)
            call.started_at = clock.now()
        load_card(session, CARD, by=None)
    return app


def reviewer(session: Session, number: int) -> User:
    return session.scalars(select(User).where(User.login == f"reviewer{number}")).one()


def lead(session: Session) -> User:
    return session.scalars(select(User).where(User.role == Role.QC_LEAD)).one()


def test_no_call_is_claimed_twice_and_nobody_gets_a_related_one(committed: Database, app: Flask) -> None:
    with app.app_context(), committed.transaction() as session:
        calls = session.scalars(select(Call)).all()
        due_at = clock.now() + timedelta(days=1)
        assignments.assign(session, calls, reviewer=None, due_at=due_at, by=lead(session))

    def work(number: int, meet: Meet) -> list[int]:
        mine: list[int] = []
        meet()
        while True:
            with app.app_context(), committed.transaction() as session:
                by = reviewer(session, number)
                assignment = claims.take_next(session, by=by)
                if assignment is None:
                    return mine
                review = claims.begin(session, assignment, by=by)
                review.revision = 1  # as if something were written: the next call is another one
                mine.append(assignment.call_id)

    claimed = together(work, range(REVIEWERS))
    everything = [call_id for mine in claimed for call_id in mine]
    assert Counter(everything).most_common(1)[0][1] == 1
    with committed.reading() as session:
        north = session.scalars(select(Team.id).where(Team.name == "North")).one()
        related = select(Call.id).join(User, Call.manager_id == User.id).where(User.team_id == north)
        assert not set(claimed[0]) & set(session.scalars(related))
        rows = session.scalars(select(Assignment)).all()
        assert {row.state for row in rows} == {AssignmentState.TAKEN}
        owners = {row.call_id: row.reviewer_id for row in rows}
        assert len(everything) == len(owners) == CALLS
        reviews = session.execute(select(Review.call_id, Review.reviewer_id)).all()
        assert dict(reviews) == owners
        assert len(reviews) == CALLS


def test_one_reviewer_in_many_windows_never_exceeds_the_limit(committed: Database, app: Flask) -> None:
    with app.app_context(), committed.transaction() as session:
        calls = session.scalars(select(Call)).all()
        assignments.assign(session, calls, reviewer=None, due_at=clock.now(), by=lead(session))
        app.extensions["qcapp_settings"].claim_limit = 2

    def click(session: Session, by: User, _number: int) -> None:
        assignment = claims.take_next(session, by=by)
        assert assignment is not None
        claims.begin(session, assignment, by=by).revision = 1

    assert at_once(app, click, *["reviewer1"] * REVIEWERS).count("") == 2
    with committed.reading() as session:
        taken = session.scalars(select(Assignment).where(Assignment.state == AssignmentState.TAKEN)).all()
        assert len(taken) == 2


def test_draws_and_hands_at_once_give_each_call_one_place(committed: Database, app: Flask) -> None:
    """Three plans want everything, and somebody queues the same calls by hand."""
    with app.app_context(), committed.transaction() as session:
        terms = plans.PlanTerms("All", PlanKind.CALLS, Period.MONTH, CALLS, Conditions())
        made = [plans.create_plan(session, terms, by=lead(session)).id for _plan in range(3)]
        calls = list(session.scalars(select(Call.id).order_by(Call.id)))
        today = local.today()

    def draw(plan_id: int) -> None:
        with app.app_context(), committed.transaction() as session:
            draws.draw(session, session.get_one(SamplingPlan, plan_id), today, by=lead(session))

    def by_hand() -> None:
        for call_id in calls[:: CALLS // 6]:
            try:
                with app.app_context(), committed.transaction() as session:
                    call, due_at = session.get_one(Call, call_id), clock.now()
                    assignments.assign(session, [call], reviewer=None, due_at=due_at, by=lead(session))
            except Refused:
                pass  # a plan was faster

    def work(deed: Callable[[], None], meet: Meet) -> None:
        meet()
        deed()

    together(work, [*(partial(draw, plan_id) for plan_id in made), by_hand])
    with committed.reading() as session:
        places = session.scalars(select(Assignment.call_id).where(Assignment.state.in_(OPEN))).all()
        assert sorted(places) == calls


def write(session: Session, review: Review) -> None:
    service.save_draft(session, review, draft(review, GOOD), by=review.reviewer)


def write_and_publish(session: Session, review: Review) -> None:
    write(session, review)
    service.publish_review(session, review, by=review.reviewer)


@pytest.mark.parametrize(
    ("deed", "discard", "told", "state"),
    [
        (write, None, "You have written on this call already", ReviewState.DRAFT),
        (write, Seen(0, "the one left open"), "changed in another window", ReviewState.DRAFT),
        (write_and_publish, Seen(0, ""), "has left the queue already", ReviewState.PUBLISHED),
    ],
)
def test_what_another_window_writes_is_not_given_back_with_the_call(
    committed: Database,
    app: Flask,
    deed: Callable[[Session, Review], None],
    discard: Seen | None,
    told: str,
    state: ReviewState,
) -> None:
    with app.app_context(), committed.transaction() as session:
        by = reviewer(session, 1)
        call = session.scalars(select(Call).limit(1)).one()
        due_at = clock.now() + timedelta(days=1)
        (place,) = assignments.assign(session, [call], reviewer=by, due_at=due_at, by=lead(session))
        claims.take(session, place, by=by)

    def give_back(session: Session, meet: Meet) -> None:
        place, review = session.scalars(select(Assignment)).one(), session.scalars(select(Review)).one()
        meet()
        assignments.release(session, place, by=review.reviewer, discard=discard)

    assert told in overtaken(
        app, lambda session: deed(session, session.scalars(select(Review)).one()), give_back
    )
    with committed.reading() as session:
        review = session.scalars(select(Review)).one()
        assert (review.state, len(review.answers)) == (state, len(GOOD) + (state is ReviewState.PUBLISHED))
