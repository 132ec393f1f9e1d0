"""A call of Max's, a small card in force, and drafts on it."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from sqlalchemy.orm import Session

from qcapp.calls.models import Call
from qcapp.checklists.card import Critical, Reason
from qcapp.checklists.models import Checklist
from qcapp.checklists.scoring import Answer
from qcapp.checklists.service import load_card
from qcapp.reviews import service
from qcapp.reviews.models import Review
from qcapp.reviews.rules import DraftMark, ReviewDraft
from tests.checklists.cards import card, item, scale, section, text
from tests.factories.calls import make_call

CARD = card(
    section(
        "greeting",
        item("hello"),
        item("name", na=True, reasons=(Reason("mumbled", {"ru": "Неразборчиво", "en": "Mumbled"}),)),
        weight=50,
    ),
    section("manners", scale("voice", 2, 5), item("polite", critical=Critical.CALL), weight=50),
    section("more", text("remark"), weight=0),
)
GOOD = {"hello": Answer("yes"), "name": Answer("na"), "voice": Answer("5"), "polite": Answer("yes")}


def draft(review: Review, answers: dict[str, Answer] | None = None, **fields: object) -> ReviewDraft:
    """A draft as the first save of a fresh window would bring it."""
    plain: dict[str, object] = {
        "revision": review.revision,
        "window": "one",
        "turn": 1,
        "answers": answers or {},
    }
    return ReviewDraft(**(plain | fields))  # type: ignore[arg-type]


@pytest.fixture
def checklist(session: Session) -> Checklist:
    return load_card(session, CARD, by=None).version.checklist


@pytest.fixture
def call(session: Session, people: SimpleNamespace) -> Call:
    return make_call(session, people.max)


@pytest.fixture
def review(session: Session, call: Call, checklist: Checklist, people: SimpleNamespace) -> Review:
    """Kira's fresh draft."""
    review = service.begin_review(session, call, checklist, by=people.kira)
    session.commit()
    return review


@pytest.fixture
def publish(session: Session, checklist: Checklist) -> Callable[..., Review]:
    """``publish(call, by)`` scores the call well and publishes the review."""

    def publish(call: Call, by: object, answers: dict[str, Answer] = GOOD) -> Review:
        review = service.begin_review(session, call, checklist, by=by)  # type: ignore[arg-type]
        marks = (DraftMark(2.0, 8.0, "Хорошее начало", "hello"),)
        service.save_draft(
            session, review, draft(review, answers, marks=marks, summary="Так держать"), by=review.reviewer
        )
        service.publish_review(session, review, by=review.reviewer)
        session.commit()
        return review

    return publish
