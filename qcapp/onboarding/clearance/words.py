"""A condition as its reader may see it: in words, with the evidence that is open to him."""

from dataclasses import dataclass

from qcapp.onboarding.program.plan import ConditionKind
from qcapp.onboarding.rules import State
from qcapp.onboarding.words import CONDITIONS, Link, links, sentence
from qcapp.people.models import User
from qcapp.people.permissions import Permission, holds

NEEDS = {
    ConditionKind.SCRIPT: Permission.READ_SCRIPTS,
    ConditionKind.SCORED_CALLS: Permission.READ_PUBLISHED,
    ConditionKind.SCORE: Permission.READ_PUBLISHED,
    ConditionKind.NO_CRITICAL: Permission.READ_PUBLISHED,
}
"""What opens the evidence, where seeing trainees does not."""


@dataclass(frozen=True, slots=True)
class Shown:
    met: bool
    waiting: bool
    title: str
    sentence: str
    links: list[Link]


def shown(state: State, user: User) -> Shown:
    """The condition for this reader."""
    needed = NEEDS.get(state.kind)
    evidence = links(state) if needed is None or holds(user, needed) else []
    return Shown(state.met, state.waiting, str(CONDITIONS[state.kind]), sentence(state), evidence)
