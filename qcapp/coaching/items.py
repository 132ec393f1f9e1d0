"""The items tasks are about, through all versions of their checklists: titles, and how they were answered."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session, joinedload, selectinload

from qcapp.calls.models import Call
from qcapp.checklists import card as cards
from qcapp.checklists.models import ChecklistVersion, Item, Section
from qcapp.checklists.queries import card_of
from qcapp.coaching.models import CoachingSession, CoachingTask
from qcapp.coaching.progress_rules import WINDOW, Given, ItemProgress, progress
from qcapp.people.models import User
from qcapp.reviews.models import Answer, Review
from qcapp.reviews.queries import readable

About = tuple[int, str]
"""A checklist's id and an item's key."""


def about(task: CoachingTask) -> About | None:
    """The item a task is about, if it is about one."""
    if task.checklist_id is None or task.item_key is None:
        return None
    return task.checklist_id, task.item_key


def titles(session: Session, tasks: Iterable[CoachingTask]) -> dict[About, cards.Text]:
    """What the items of these tasks are called: the newest wording stands for every one."""
    wanted = {key for task in tasks if (key := about(task))}
    if not wanted:
        return {}
    found: Any = session.execute(
        select(ChecklistVersion.checklist_id, Item.key, Item.title)
        .join(Item.section)
        .join(Section.version)
        .where(tuple_(ChecklistVersion.checklist_id, Item.key).in_(wanted))
        .order_by(ChecklistVersion.number)
    )
    return {(checklist_id, key): title for checklist_id, key, title in found}


def progress_of(session: Session, talk: CoachingSession, enough: int, *, by: User) -> dict[int, ItemProgress]:
    """By task id, how the items of a talk's tasks stand since, as far as the person may read the reviews."""
    wanted = {task.id: key for task in talk.tasks if (key := about(task))}
    if not wanted:
        return {}
    given = _answers(session, talk, set(wanted.values()), by)
    return {task_id: progress(given.get(key, []), talk.held_at, enough) for task_id, key in wanted.items()}


def _answers(
    session: Session, talk: CoachingSession, wanted: Collection[About], by: User
) -> dict[About, list[Given]]:
    earliest, latest = talk.held_at - WINDOW, talk.held_at + WINDOW
    rows: Any = session.execute(
        select(
            Review.id,
            Review.call_id,
            Call.started_at,
            Review.checklist_id,
            Review.version_id,
            Item.key,
            Answer.value,
        )
        .join(Review.call)
        .join(Review.answers)
        .join(Answer.item)
        .where(
            readable(by),
            Review.manager_id == talk.manager_id,
            Review.published_at >= earliest,  # no review is older than its call
            Call.start_known.is_(True),
            Call.started_at.between(earliest, latest),
            tuple_(Review.checklist_id, Item.key).in_(wanted),
            Answer.value.is_not(None),
        )
    ).all()
    items = _items(session, {row.version_id for row in rows})
    found: dict[About, list[Given]] = {}
    for review_id, call_id, at, checklist_id, version_id, key, value in rows:
        one = Given(review_id, call_id, at, items[version_id, key], value)
        found.setdefault((checklist_id, key), []).append(one)
    return found


def _items(session: Session, version_ids: Collection[int]) -> dict[tuple[int, str], cards.Item]:
    whole = select(ChecklistVersion).options(
        joinedload(ChecklistVersion.checklist),
        selectinload(ChecklistVersion.sections),
    )
    versions = session.scalars(whole.where(ChecklistVersion.id.in_(version_ids)))
    return {(version.id, item.key): item for version in versions for item in card_of(version).items()}
