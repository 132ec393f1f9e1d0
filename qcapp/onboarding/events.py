"""What onboarding tells pipeline.py."""

from dataclasses import dataclass


@dataclass(frozen=True)
class WorkSubmitted:
    """A trainee has handed in a deliverable."""

    deliverable_id: int


@dataclass(frozen=True)
class TraineeProgressed:
    """Something that a condition looks at has changed: work accepted, a lesson, an exam, a sale."""

    trainee_id: int


@dataclass(frozen=True)
class ClearanceDecided:
    """Hot leads were granted, refused or taken away, or somebody was declared staff."""

    decision_id: int


@dataclass(frozen=True)
class StandingChanged:
    """A manager stands somewhere else on the way to hot leads: in another stage, or in none any more."""

    manager_id: int


@dataclass(frozen=True)
class AnswerChanged:
    """What programs are told of a manager is something else than before."""

    manager_id: int
