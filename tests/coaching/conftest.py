"""A card in force, published reviews of Max's calls, and talks of Tanya with him."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy.orm import Session

from qcapp.checklists.card import Reason
from qcapp.checklists.models import Checklist
from qcapp.checklists.scoring import Answer
from qcapp.checklists.service import load_card
from qcapp.coaching.agreements import AgreedTask
from qcapp.coaching.models import CoachingSession
from qcapp.coaching.service import hold_session
from qcapp.people.models import User
from qcapp.reviews import service
from qcapp.reviews.models import Review
from qcapp.reviews.rules import DraftMark, ReviewDraft
from tests.checklists.cards import card, item, scale, section, text
from tests.factories.calls import make_call

HELD = datetime(2026, 10, 20, 9, tzinfo=UTC)
DUE = date(2026, 10, 27)
CARD = card(
    section(
        "talk",
        item("goal", na=True, reasons=(Reason("forgot", {"ru": "Забыл"}),)),
        scale("voice", 2, 5),
        text("remark"),
    )
)

Publish = Callable[..., Review]
Hold = Callable[..., CoachingSession]


@pytest.fixture
def checklist(session: Session) -> Checklist:
    return load_card(session, CARD, by=None).version.checklist


@pytest.fixture
def publish(session: Session, checklist: Checklist, people: SimpleNamespace) -> Publish:
    """``publish(days, goal)`` scores a call made so many days after the talk and publishes the review."""

    def publish(
        days: float, goal: str = "no", *, manager: User | None = None, by: User | None = None
    ) -> Review:
        call = make_call(session, manager or people.max)
        call.started_at = HELD + timedelta(days=days)
        review = service.begin_review(session, call, checklist, by=by or people.kira)
        bad = {"comment": "Цель не названа", "reason": "forgot"} if goal == "no" else {}
        answers = {"goal": Answer(goal, **bad), "voice": Answer("4")}
        marks = (DraftMark(12.0, 20.0, "Здесь нужна цель", "goal"),)
        draft = ReviewDraft(revision=review.revision, window="one", turn=1, answers=answers, marks=marks)
        service.save_draft(session, review, draft, by=review.reviewer)
        service.publish_review(session, review, by=review.reviewer)
        session.flush()
        return review

    return publish


@pytest.fixture
def hold(session: Session, checklist: Checklist, people: SimpleNamespace) -> Hold:
    """``hold()`` writes down Tanya's talk with Max about the goal of a call, with one task about that item."""

    def hold(**fields: object) -> CoachingSession:
        task = AgreedTask("Называть цель звонка в первой фразе", DUE, checklist.id, "goal")
        wanted: dict[str, object] = {
            "by": people.tanya,
            "held_at": HELD,
            "topic": "Цель звонка",
            "notes": "Договорились называть цель сразу.",
            "tasks": [task],
        }
        return hold_session(session, people.max, **(wanted | fields))  # type: ignore[arg-type]

    return hold
