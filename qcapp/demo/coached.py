"""A talk about the bad calls of a manager, what was agreed in it, and what came of it."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.checklists.queries import checklist_by_key
from qcapp.coaching.agreements import AgreedTask, close_task
from qcapp.coaching.models import TaskState
from qcapp.coaching.service import acknowledge, hold_session
from qcapp.core import clock
from qcapp.demo.calendar import Calendar
from qcapp.demo.story import Story
from qcapp.people.models import User
from qcapp.reviews.models import Review, ReviewState

CALLS = 3  # the latest, listened to together


def tell_talk(
    story: Story, session: Session, users: Mapping[str, User], calendar: Calendar, told: Mapping[str, Any]
) -> None:
    """Let the talk be held in the afternoon of its day, and its tasks be closed the day after they are due."""
    held = partial(_hold, story, session, users, calendar, told)
    story.at(calendar.day(told["held"], 16), held)


def _hold(
    story: Story, session: Session, users: Mapping[str, User], calendar: Calendar, told: Mapping[str, Any]
) -> None:
    manager, coach, now = users[told["manager"]], users[told["coach"]], clock.now()
    mine = select(Review).where(
        Review.manager_id == manager.id, Review.state == ReviewState.PUBLISHED, Review.published_at <= now
    )
    latest = session.scalars(mine.order_by(Review.published_at.desc()).limit(CALLS)).all()
    checklist = checklist_by_key(session, told["checklist"])
    talk = hold_session(
        session,
        manager,
        by=coach,
        held_at=now,
        topic=told["topic"],
        notes=told["notes"],
        calls=[(review.call, review.marks[-1] if review.marks else None) for review in latest],
        tasks=[
            AgreedTask(each["text"], _day(calendar, each["due"]), checklist.id, each["item"])
            for each in told["tasks"]
        ],
    )
    story.at(now + timedelta(hours=17), partial(acknowledge, session, talk, by=manager))
    closings = {each["item"]: each["closing"] for each in told["tasks"]}
    for task in talk.tasks:
        closed = partial(close_task, session, task, TaskState.DONE, closings[task.item_key or ""], by=coach)
        story.at(now + (task.due_on - now.date() + timedelta(days=1)), closed)


def _day(calendar: Calendar, text: str) -> date:
    return calendar.day(text).date()
