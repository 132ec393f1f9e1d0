"""A calibration of two calls by Kira, Pavel and Lidia, whom Lidia leads, and reviews handed in for it."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy.orm import Session

from qcapp.calls.models import Call
from qcapp.checklists.models import Checklist, ChecklistVersion
from qcapp.checklists.scoring import Answer
from qcapp.core import clock
from qcapp.people.models import User
from qcapp.reviews import service as reviews
from qcapp.reviews.calibration import service
from qcapp.reviews.calibration.models import Calibration
from qcapp.reviews.models import Review
from qcapp.terms import Role
from tests.factories.calls import make_call
from tests.factories.people import make_user
from tests.reviews.conftest import GOOD, draft

__all__ = ["GOOD"]
STRICT = GOOD | {"hello": Answer("no", "Не поздоровался"), "voice": Answer("3", "Тихо")}
HandIn = Callable[..., Review]


@pytest.fixture
def pavel(session: Session, people: SimpleNamespace) -> User:
    return make_user(session, "Pavel Peer", Role.QC)


@pytest.fixture
def version(checklist: Checklist) -> ChecklistVersion:
    return checklist.versions[-1]


@pytest.fixture
def calls(session: Session, people: SimpleNamespace) -> list[Call]:
    return [make_call(session, people.max), make_call(session, people.sveta)]


@pytest.fixture
def calibration(
    session: Session, people: SimpleNamespace, pavel: User, version: ChecklistVersion, calls: list[Call]
) -> Calibration:
    planned = service.plan_calibration(
        session,
        title="October",
        version=version,
        calls=calls,
        reviewers=[people.kira, pavel, people.lidia],
        due_at=clock.now() + timedelta(days=7),
        by=people.lidia,
    )
    session.commit()
    return planned


@pytest.fixture
def hand_in(session: Session, calibration: Calibration) -> HandIn:
    """``hand_in(call, by, answers)`` scores the call blind and hands the review in."""

    def hand_in(call: Call, by: User, answers: dict[str, Answer] = GOOD) -> Review:
        review = service.begin(session, calibration, call, by=by)
        reviews.save_draft(session, review, draft(review, answers), by=by)
        reviews.publish_review(session, review, by=by)
        session.commit()
        return review

    return hand_in


@pytest.fixture
def all_through(
    people: SimpleNamespace, pavel: User, calls: list[Call], hand_in: HandIn
) -> dict[tuple[str, int], Review]:
    """Everybody has handed everything in: Pavel strictly, the others well."""
    return {
        (by.login, place): hand_in(call, by, STRICT if by is pavel else GOOD)
        for by in (people.kira, pavel, people.lidia)
        for place, call in enumerate(calls)
    }
