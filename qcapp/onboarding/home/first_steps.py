"""What a new installation lacks until its first score, and who does it; nothing once a score is published."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from qcapp.calls.models import Call
from qcapp.checklists.models import ChecklistVersion
from qcapp.people.models import Extension, User
from qcapp.people.permissions import Permission, holds
from qcapp.reviews.models import Review, ReviewState
from qcapp.reviews.queue.models import Assignment
from qcapp.terms import Role

LEADING = (Permission.MANAGE_PEOPLE, Permission.PLAN, Permission.CLEAR)
"""Whoever holds one of these gets an installation going."""


class SetupStep(StrEnum):
    """In the order in which they are done best."""

    DEPARTMENT = "department"
    MANAGERS = "managers"
    CARD = "card"
    CALLS = "calls"
    SCORE = "score"
    QUEUE = "queue"


@dataclass(frozen=True, slots=True)
class FirstStep:
    """``mine``: the person may do it."""

    step: SetupStep
    done: bool
    mine: bool


_STEPS: tuple[tuple[SetupStep, Permission, Callable[[], Select[Any]]], ...] = (
    (
        SetupStep.DEPARTMENT,
        Permission.MANAGE_PEOPLE,
        lambda: _active().where(User.role == Role.QC_LEAD, User.confirmed_at.is_not(None)),
    ),
    (
        SetupStep.MANAGERS,
        Permission.MANAGE_PEOPLE,
        lambda: _active().join(Extension).where(User.role == Role.MANAGER),
    ),
    (
        SetupStep.CARD,
        Permission.EDIT_CHECKLISTS,
        lambda: select(ChecklistVersion.id).where(ChecklistVersion.published_at.is_not(None)),
    ),
    (SetupStep.CALLS, Permission.IMPORT_CALLS, lambda: select(Call.id)),
    (
        SetupStep.SCORE,
        Permission.REVIEW,
        lambda: select(Review.id).where(Review.state == ReviewState.PUBLISHED),
    ),
    (SetupStep.QUEUE, Permission.PLAN, lambda: select(Assignment.id)),
)


def first_steps(session: Session, user: User) -> Sequence[FirstStep]:
    """The steps with what is done already; none for whoever does not lead, or where somebody has been scored."""
    if not any(holds(user, permission) for permission in LEADING):
        return ()
    done = {step: session.scalar(find().limit(1)) is not None for step, _permission, find in _STEPS}
    if done[SetupStep.SCORE]:
        return ()
    return tuple(FirstStep(step, done[step], holds(user, permission)) for step, permission, _find in _STEPS)


def _active() -> Select[int]:
    return select(User.id).where(User.active.is_(True))
