"""What a manager should do next: one thing out of all that is open, the dearest first. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from qcapp.callscripts.blocks import DraftState
from qcapp.onboarding.rules import State
from qcapp.onboarding.states import WorkState


class NextThing(StrEnum):
    """In the order of their rank."""

    FIX_WORK = "fix_work"
    """The coach has returned a deliverable."""
    FIX_SCRIPT = "fix_script"
    """The coach has returned the last draft that was handed in."""
    OVERDUE_TASK = "overdue_task"
    READ_REVIEW = "read_review"
    READ_TALK = "read_talk"
    """A coaching session whose notes have not been read."""
    STEP = "step"
    """What the program asks for next."""
    WAIT = "wait"
    """Somebody else has to decide before the trainee comes further."""
    BEGIN = "begin"
    """Somebody else has to begin the onboarding, or to say that there needs to be none."""
    PARTED = "parted"
    """The department has parted with the trainee: there is nothing to work on, and no lead to call."""
    NOTHING = "nothing"


class OpenTask(NamedTuple):
    """An open coaching task; ``checkable``: a call to check it on is there, so it waits for the coach."""

    due_on: date
    checkable: bool


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a manager today. ``undecided``: neither a trainee nor staff; ``parted``: not any more.

    ``drafts``: states of the own script's drafts, the first one first; ``works``: of the deliverables of this
    attempt; ``step``: of rules.next_step.
    """

    trainee: bool
    undecided: bool = False
    parted: bool = False
    drafts: Sequence[DraftState] = ()
    works: Sequence[WorkState] = ()
    tasks: Sequence[OpenTask] = ()
    unread_reviews: int = 0
    unread_talks: int = 0
    step: State | None = None


def open_things(known: Known, today: date) -> tuple[NextThing, ...]:
    """All that is open, in the order of rank; never empty."""
    step = known.step
    found = {
        NextThing.FIX_WORK: known.trainee and WorkState.RETURNED in known.works,
        NextThing.FIX_SCRIPT: script_returned(known.drafts),
        NextThing.OVERDUE_TASK: any(is_late(task, today) for task in known.tasks),
        NextThing.READ_REVIEW: known.unread_reviews > 0,
        NextThing.READ_TALK: known.unread_talks > 0,
        NextThing.STEP: known.trainee and step is not None and not step.waiting,
        NextThing.WAIT: known.trainee and (step is None or step.waiting),
        NextThing.BEGIN: known.undecided,
        NextThing.PARTED: known.parted,
    }
    return tuple(thing for thing in NextThing if found.get(thing)) or (NextThing.NOTHING,)


def next_thing(known: Known, today: date) -> NextThing:
    """The one to do now."""
    return open_things(known, today)[0]


def script_returned(drafts: Sequence[DraftState]) -> bool:
    """Whether the last draft handed in came back, also while the next one is being written."""
    handed_in = [state for state in drafts if state is not DraftState.WRITING]
    return bool(handed_in) and handed_in[-1] is DraftState.RETURNED


def is_late(task: OpenTask, today: date) -> bool:
    """Whether its day has passed and it is the manager's turn."""
    return task.due_on < today and not task.checkable
