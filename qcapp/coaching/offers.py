"""What a coach is offered when a talk is written down: scored calls with their marks, items, and what went badly."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from qcapp.calls.models import Call
from qcapp.checklists.card import ItemKind, say
from qcapp.checklists.models import ChecklistVersion, VersionState
from qcapp.checklists.queries import card_of
from qcapp.coaching.models import CoachingSession
from qcapp.coaching.service import Linked
from qcapp.people.models import User
from qcapp.people.permissions import Permission, within
from qcapp.reviews import cards, queries
from qcapp.reviews.models import Mark, Review
from qcapp.reviews.rules import to_improve

LATEST = 10


@dataclass(frozen=True, slots=True)
class Offer:
    """A call that can be talked over, with the marks of its reviews."""

    call: Call
    marks: tuple[Mark, ...]


def key(call: Call, mark: Mark | None = None) -> str:
    """How a form names a call, or a mark in it."""
    return f"{call.id}:{mark.id}" if mark else str(call.id)


def calls(session: Session, manager: User, *, by: User, also: Collection[int] = ()) -> list[Offer]:
    """The manager's calls that were scored last, and those asked for; the latest call first."""
    scored = {
        review.call_id
        for review in queries.published(session, by, manager_id=manager.id, size=LATEST).reviews
    }
    found = (
        select(Call)
        .where(
            Call.id.in_(scored | set(also)),
            Call.manager_id == manager.id,
            within(by, Permission.LISTEN, Call.manager_id),
        )
        .options(joinedload(Call.client), joinedload(Call.recording))
        .order_by(Call.started_at.desc(), Call.id.desc())
    )
    rows = list(session.scalars(found))
    marks = _marks(session, {call.id for call in rows}, by)
    return [Offer(call, tuple(marks.get(call.id, ()))) for call in rows]


def links(offers: Iterable[Offer], chosen: Collection[str]) -> list[Linked]:
    """The chosen ones; a call of which marks are chosen needs no link of its own."""
    found: list[Linked] = []
    for offer in offers:
        marks = [mark for mark in offer.marks if key(offer.call, mark) in chosen]
        found += [(offer.call, mark) for mark in marks]
        if not marks and key(offer.call) in chosen:
            found.append((offer.call, None))
    return found


def chosen_of(talk: CoachingSession) -> set[str]:
    """What is chosen for a talk already."""
    return {key(link.call, link.mark) for link in talk.calls}


def chosen_from(review: Review) -> set[str]:
    """A review's marks, or its call if it has none."""
    return {key(review.call, mark) for mark in review.marks} or {key(review.call)}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something that went badly: what might be agreed about it."""

    title: str
    comment: str
    item: str

    def row(self) -> dict[str, str]:
        """As the form of a task begins."""
        return {"text": ": ".join(filter(None, (self.title, self.comment))), "item": self.item}


def suggested(review: Review, language: str) -> list[Suggestion]:
    """What went worst in a review."""
    return [
        Suggestion(
            say(loss.item.title, language), loss.answer.comment, f"{review.checklist_id}:{loss.item.key}"
        )
        for loss in to_improve(cards.card_of(review), cards.answers_of(review))
    ]


def items(
    session: Session, language: str, also: ChecklistVersion | None = None
) -> list[tuple[str, str, str]]:
    """Value, title and checklist of every item in force that earns points, and of those of one more version."""
    whole = select(ChecklistVersion).options(
        joinedload(ChecklistVersion.checklist),
        selectinload(ChecklistVersion.sections),
    )
    in_force = whole.where(ChecklistVersion.state == VersionState.PUBLISHED)
    versions = list(session.scalars(in_force.order_by(ChecklistVersion.checklist_id)))
    if also is not None and also.checklist_id not in {version.checklist_id for version in versions}:
        versions.append(also)
    return [
        (f"{version.checklist_id}:{item.key}", say(item.title, language), say(version.title, language))
        for version in versions
        for item in card_of(version).items()
        if item.kind is not ItemKind.TEXT
    ]


def _marks(session: Session, call_ids: Collection[int], by: User) -> dict[int, list[Mark]]:
    found: Any = session.execute(
        select(Review.call_id, Mark)
        .join(Mark.review)
        .where(Review.call_id.in_(call_ids), queries.readable(by))
        .order_by(Mark.start_s, Mark.id)
    )
    marks: dict[int, list[Mark]] = {}
    for call_id, mark in found:
        marks.setdefault(call_id, []).append(mark)
    return marks
