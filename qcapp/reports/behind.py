"""Which reviews stand behind a number of the results: the same conditions as the number itself was made with."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, exists, func, select, tuple_
from sqlalchemy.orm import Session, joinedload

from qcapp.calls.models import Call
from qcapp.checklists.card import CRM
from qcapp.people.models import User
from qcapp.reports.names import Failing, cards_of, failing_of
from qcapp.reports.queries import IN_WORK, ReviewFilter, counted, versions_of, zeroed
from qcapp.reviews.models import Answer, Review
from qcapp.reviews.queries import readable
from qcapp.terms import Role

PAGE = 50


class Only(StrEnum):
    """What a number counts besides the scores themselves."""

    CRITICAL = "critical"
    IN_WORK = "in_work"
    CRM = "crm"


@dataclass(frozen=True, slots=True)
class Behind:
    """What narrows the reviews beyond the filter of all results.

    ``answers``: pairs of item id and value, one of which was given.
    """

    role: Role | None = None
    only: Only | None = None
    section: str | None = None
    answers: tuple[tuple[int, str], ...] | None = None


@dataclass(frozen=True, slots=True)
class ReviewsBehind:
    """A page of reviews, newest first; ``hidden`` of all ``count`` are not for the reader to open yet."""

    reviews: Sequence[Review]
    count: int
    hidden: int


def reviews_behind(
    session: Session, wanted: ReviewFilter, behind: Behind, start: int = 0, *, by: User
) -> ReviewsBehind:
    """The reviews that a number counts; a reviewer who still scores a call does not see what others gave it."""
    conditions = [*counted(by, wanted), *_narrowed(session, wanted, behind, by)]
    every = select(func.count(Review.id)).join(Review.call).where(*conditions)
    open_ones = select(Review).join(Review.call).where(*conditions, readable(by))
    count = session.scalar(every) or 0
    opened = session.scalar(open_ones.with_only_columns(func.count(Review.id))) or 0
    page = open_ones.options(
        joinedload(Review.call).joinedload(Call.manager),
        joinedload(Review.reviewer),
        joinedload(Review.version),
    )
    newest_first = page.order_by(Review.published_at.desc(), Review.id.desc())
    return ReviewsBehind(session.scalars(newest_first.offset(start).limit(PAGE)).all(), count, count - opened)


def _narrowed(
    session: Session, wanted: ReviewFilter, behind: Behind, by: User
) -> Iterator[ColumnElement[bool]]:
    if behind.role is not None:
        yield Review.manager_id.in_(select(User.id).where(User.role == behind.role))
    match behind.only:
        case Only.CRITICAL:
            failing = _failing(session, wanted, by)
            yield zeroed(failing)
            yield _answered(failing.answers)
        case Only.IN_WORK:
            yield Review.outcome.in_(IN_WORK)
        case Only.CRM:
            yield Review.sections[CRM].as_float().is_not(None)
    if behind.section is not None:
        yield Review.sections[behind.section].as_float().is_not(None)
    if behind.answers is not None:
        yield _answered(behind.answers)
    if behind == Behind(role=behind.role):
        yield Review.score.is_not(None)  # what has no score is in no average


def _answered(answers: Sequence[tuple[int, str]]) -> ColumnElement[bool]:
    return exists().where(
        Answer.review_id == Review.id, tuple_(Answer.item_id, Answer.value).in_(list(answers))
    )


def _failing(session: Session, wanted: ReviewFilter, by: User) -> Failing:
    used = select(Review.version_id).join(Review.call).where(*counted(by, wanted)).distinct()
    return failing_of(cards_of(versions_of(session, session.scalars(used).all())))
