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
    """Hot leads were granted, refused or taken away."""

    decision_id: int
