"""Published reviews straight as rows, scored by the product's rule."""

import re
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from qcapp.checklists import scoring
from qcapp.checklists.models import ChecklistVersion
from qcapp.checklists.rows import card_of
from qcapp.people.models import User
from qcapp.reviews.cards import item_rows, per_cent
from qcapp.reviews.models import Answer, Mark, Purpose, Review, ReviewState
from qcapp.terms import CallOutcome, LeadSource, Stage
from tests.factories.calls import make_call

NOVEMBER = datetime(2026, 11, 12, 9, tzinfo=UTC)
GOOD = {"hello": "yes", "name": "yes", "voice": "5", "polite": "yes"}  # 100 %
FAIR = {"hello": "yes", "name": "no", "voice": "5", "polite": "yes"}  # 75 %
RUDE = {"hello": "yes", "name": "yes", "voice": "5", "polite": "no"}  # a critical error: 0 %


def publish(
    session: Session,
    manager: User | None,
    version: ChecklistVersion,
    reviewer: User,
    answers: dict[str, str],
    *,
    at: datetime = NOVEMBER,
    lead: LeadSource | None = LeadSource.HOT,
    stage: Stage | None = Stage.STAFF,
    outcome: CallOutcome | None = None,
    reason: str | None = "mumbled",
    purpose: Purpose = Purpose.COUNTED,
    state: ReviewState = ReviewState.PUBLISHED,
) -> Review:
    """``reason`` stands with every "no"."""
    call = make_call(session, manager, recorded=False, lead_source=lead, stage=stage)
    given = {key: scoring.Answer(value, "why", reason or "") for key, value in answers.items()}
    score = scoring.score(card_of(version), given)
    version.used_at = version.used_at or at
    review = Review(
        call=call,
        manager=manager,
        reviewer=reviewer,
        checklist=version.checklist,
        version=version,
        state=state,
        purpose=purpose,
        score=per_cent(score.total),
        first_score=per_cent(score.total),
        sections={part.key: per_cent(part.share) for part in score.sections},
        outcome=outcome,
        created_at=at,
        updated_at=at,
        published_at=at if state is ReviewState.PUBLISHED else None,
    )
    session.add(review)
    session.flush()
    items = item_rows(review)
    for key, value in answers.items():
        bad = value == "no"
        review.answers.append(
            Answer(item=items[key], value=value, comment="why" if bad else "", reason=reason if bad else None)
        )
        if bad:
            review.marks.append(Mark(item=items[key], start_s=61.0, text="listen here"))
    session.flush()
    return review


def words(page: str) -> str:
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", page))
