"""A condition as its reader may see it, with the evidence that is open to him; and why something was decided."""

from dataclasses import dataclass

from qcapp.core.i18n import label, lazy
from qcapp.onboarding.models import ClearanceDecision
from qcapp.onboarding.rules import State
from qcapp.onboarding.words import EvidenceLink, links, sentence
from qcapp.people.models import User
from qcapp.people.permissions import Permission, holds
from qcapp.terms import ConditionKind

NEEDS = {
    ConditionKind.SCRIPT: Permission.READ_SCRIPTS,
    ConditionKind.SCORED_CALLS: Permission.READ_PUBLISHED,
    ConditionKind.SCORE: Permission.READ_PUBLISHED,
    ConditionKind.NO_CRITICAL: Permission.READ_PUBLISHED,
}
"""What opens the evidence, where seeing trainees does not."""
BY_NOBODY = {
    "before_this_version": lazy("before this version"),
    "after_a_break": lazy("the account was closed or had another role meanwhile"),
}
"""The reasons of decisions that nobody has made."""


@dataclass(frozen=True, slots=True)
class Shown:
    met: bool
    waiting: bool
    title: str
    sentence: str
    links: list[EvidenceLink]


def shown(state: State, user: User) -> Shown:
    """The condition for this reader."""
    needed = NEEDS.get(state.kind)
    evidence = links(state) if needed is None or holds(user, needed) else []
    return Shown(state.met, state.waiting, str(label(state.kind)), sentence(state), evidence)


def reason_of(decision: ClearanceDecision) -> str:
    """Why it was decided, as somebody has written, or in the reader's language."""
    return decision.reason if decision.by else str(BY_NOBODY[decision.reason])
