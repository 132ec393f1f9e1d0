"""Reading disputes: the one of a review, the lists, and what the statistics count."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import Session, joinedload, selectinload

from qcapp.calls.models import Call
from qcapp.checklists.models import ChecklistVersion, Item, Section
from qcapp.core.errors import Missing
from qcapp.core.i18n import _
from qcapp.people.models import User
from qcapp.reviews import queries as reviews
from qcapp.reviews.disputes.models import Dispute, DisputedAnswer
from qcapp.reviews.disputes.rules import Settled, Summary, summarise
from qcapp.reviews.models import Answer, Review

PAGE = 50


def dispute_of(session: Session, review_id: int) -> Dispute | None:
    """The dispute over a review, open or decided."""
    return session.scalar(select(Dispute).where(Dispute.review_id == review_id))


def get_dispute(session: Session, dispute_id: int, user: User) -> Dispute:
    """A dispute over a review the person may read; ``Missing`` if there is none."""
    dispute = session.get(Dispute, dispute_id)
    if dispute is None:
        raise Missing(_("There is no such dispute."))
    reviews.get_review(session, dispute.review_id, user)
    return dispute


def open_disputes(session: Session, user: User) -> Sequence[Dispute]:
    """What waits for a decision, the oldest first."""
    found = _listed(user).where(Dispute.decided_at.is_(None))
    return session.scalars(found.order_by(Dispute.opened_at, Dispute.id)).all()


def decided(session: Session, user: User, *, before: int | None = None) -> tuple[list[Dispute], int | None]:
    """Decided disputes, the latest decision first, and the id after which an older page goes on."""
    found = _listed(user).where(Dispute.decided_at.is_not(None))
    if before is not None:
        last = session.get(Dispute, before)
        if last is None or last.decided_at is None:
            raise Missing(_("There is no such page."))
        found = found.where(tuple_(Dispute.decided_at, Dispute.id) < tuple_(last.decided_at, last.id))
    newest = (Dispute.decided_at.desc(), Dispute.id.desc())
    rows = list(session.scalars(found.order_by(*newest).limit(PAGE + 1)))
    return rows[:PAGE], rows[PAGE - 1].id if len(rows) > PAGE else None


def _listed(user: User) -> Select[Dispute]:
    return (
        select(Dispute)
        .join(Dispute.review)
        .join(Review.call)
        .where(reviews.readable(user))
        .options(
            joinedload(Dispute.review).joinedload(Review.call).joinedload(Call.manager),
            joinedload(Dispute.review).joinedload(Review.reviewer),
            joinedload(Dispute.review).joinedload(Review.version),
            joinedload(Dispute.decided_by),
            selectinload(Dispute.answers),
        )
    )


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """One item, reviewer or manager: ``name`` is a name, or a title by language; ``of`` the card's title."""

    name: str | dict[str, Any]
    of: dict[str, Any] | None
    summary: Summary


@dataclass(frozen=True, slots=True)
class Statistics:
    """Decided answers three times over, the most disputed first; ``whole`` None: nothing was decided yet."""

    whole: Summary | None
    items: list[SummaryLine]
    reviewers: list[SummaryLine]
    managers: list[SummaryLine]


def statistics(session: Session, user: User, *, since: datetime, until: datetime) -> Statistics:
    """How the disputes ended that the person may read and that were decided from ``since`` until before ``until``. An
    item is the same in every version of its card."""
    found = (
        select(Dispute, DisputedAnswer, Review, Item, ChecklistVersion)
        .join(Dispute.review)
        .join(Review.call)
        .join(DisputedAnswer, DisputedAnswer.dispute_id == Dispute.id)
        .join(Answer, Answer.id == DisputedAnswer.answer_id)
        .join(Item, Item.id == Answer.item_id)
        .join(Section, Section.id == Item.section_id)
        .join(ChecklistVersion, ChecklistVersion.id == Section.version_id)
        .where(reviews.readable(user), Dispute.decided_at >= since, Dispute.decided_at < until)
        .options(joinedload(Review.reviewer), joinedload(Review.call).joinedload(Call.manager))
        .order_by(ChecklistVersion.number)
    )
    groups: dict[str, dict[Any, list[Settled]]] = {"item": {}, "reviewer": {}, "manager": {}}
    names: dict[Any, tuple[Any, Any]] = {}
    everything = []
    for dispute, answer, review, item, version in session.execute(found):
        assert answer.decision is not None
        assert dispute.decided_at is not None
        one = Settled(answer.decision, dispute.decided_at - dispute.opened_at)
        everything.append(one)
        manager = review.call.manager
        for kind, key, name, of in (
            ("item", (version.checklist_id, item.key), item.title, version.title),
            ("reviewer", review.reviewer_id, review.reviewer.name, None),
            ("manager", review.call.manager_id, manager.name if manager else "", None),
        ):
            groups[kind].setdefault(key, []).append(one)
            names[kind, key] = (name, of)  # the newest version names the item

    def lines(kind: str) -> list[SummaryLine]:
        made = [SummaryLine(*names[kind, key], summarise(found)) for key, found in groups[kind].items()]
        return sorted(made, key=lambda line: -line.summary.n)

    return Statistics(
        summarise(everything) if everything else None, lines("item"), lines("reviewer"), lines("manager")
    )
