"""A reviewer who leaves, or has another role, keeps no call of the queue from others."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.models import Call
from qcapp.people import service as people_service
from qcapp.people.models import User
from qcapp.reviews import service as reviews
from qcapp.reviews.models import Review, ReviewState
from qcapp.reviews.queue import claims
from qcapp.reviews.queue.models import Assignment
from qcapp.reviews.queue.states import AssignmentState
from qcapp.terms import Role
from tests.reviews.conftest import GOOD, draft
from tests.reviews.left import left, told

Queued = Callable[..., Assignment]


def close(session: Session, user: User, by: User) -> None:
    people_service.deactivate_user(session, user, by=by)


def change_role(session: Session, user: User, by: User) -> None:
    facts = {"name": user.name, "team": None, "extensions": (), "email": None, "locale": None}
    people_service.change_user(session, user, by=by, role=Role.HR, **facts)


@pytest.mark.parametrize("go", [close, change_role])
def test_calls_go_back_to_everybody_and_the_lead_is_told(
    session: Session,
    people: SimpleNamespace,
    more_calls: list[Call],
    queued: Queued,
    go,
) -> None:
    taken, assigned, others = queued(more_calls[0]), queued(more_calls[1], people.kira), queued(more_calls[2])
    claims.take(session, taken, by=people.kira)
    review = session.scalars(select(Review)).one()
    reviews.save_draft(session, review, draft(review, GOOD), by=people.kira)
    go(session, people.kira, people.anna)
    left(session)
    for place in (taken, assigned, others):
        assert (place.state, place.reviewer, place.taken_at) == (AssignmentState.WAITING, None, None)
    assert (review.state, len(review.answers)) == (ReviewState.DRAFT, len(GOOD))  # nothing of it is lost
    assert told(session, people.lidia, "calls_freed") == [{"reviewer": people.kira.name, "num": 2}]
    assert claims.take(session, taken, by=people.lidia).reviewer is people.lidia


def test_an_account_that_only_waits_to_be_confirmed_keeps_its_calls(
    session: Session,
    people: SimpleNamespace,
    more_calls: list[Call],
    queued: Queued,
) -> None:
    place = claims.take(session, queued(more_calls[0]), by=people.kira)
    people_service.reset_password(session, people.kira, by=people.anna)
    left(session)
    assert (place.state, place.reviewer) == (AssignmentState.TAKEN, people.kira)
