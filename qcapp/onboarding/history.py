"""What is known of a trainee, as values: the stays in stages and everything made on the way. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from qcapp.callscripts.blocks import DraftState
from qcapp.onboarding.countdown import StageDays
from qcapp.onboarding.states import DeliverableKind, Result, WorkState
from qcapp.terms import ClearanceVerdict, Stage


@dataclass(frozen=True, slots=True)
class Stay:
    """One stay in a stage; ``entered_on`` is the local day of ``entered_at``."""

    id: int
    stage: Stage
    attempt: int
    entered_at: datetime
    entered_on: date
    left_at: datetime | None = None
    result: Result | None = None
    prolonged_until: date | None = None


def stretches(stays: Sequence[Stay]) -> tuple[StageDays, ...]:
    """The time in the stage of the last stay, from when it was really entered: a clearance granted there and taken
    away leads back into it."""
    now = stays[-1]
    found = [StageDays(now.entered_on, prolonged_until=now.prolonged_until)]
    for stay, staff in zip(stays[-3::-2], stays[-2::-2], strict=False):
        if staff.result is not Result.REVOKED or stay.stage is not now.stage:
            break
        found.insert(0, StageDays(stay.entered_on, staff.entered_on, stay.prolonged_until))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Work:
    """A deliverable; ``rows``: how many of its rows are filled in, ``since``: the day it was handed in."""

    id: int
    kind: DeliverableKind
    attempt: int
    state: WorkState
    rows: int
    since: date | None = None


@dataclass(frozen=True, slots=True)
class LessonLearnt:
    id: int
    key: str
    attempt: int


@dataclass(frozen=True, slots=True)
class ScriptDraftRecord:
    """A draft of the own script that was handed in; ``at``: when it was approved, else when handed in.

    ``since``: the local day of ``at``.
    """

    id: int
    state: DraftState
    at: datetime
    since: date | None = None


@dataclass(frozen=True, slots=True)
class HeldExam:
    """A finished exam; ``critical``: a critical item was failed."""

    id: int
    number: int
    attempt: int
    mark: float | None
    critical: bool


@dataclass(frozen=True, slots=True)
class ScoredCall:
    """A call with a published score in per cent. ``at``: when the call was made, ``scored_at``: the score published."""

    review_id: int
    at: datetime
    score: float
    lead_source: str | None
    stage: Stage | None
    critical: bool
    scored_at: datetime


@dataclass(frozen=True, slots=True)
class QueuedCall:
    """A call in the queue of quality control. ``at``: when it was made, ``since``: the day it was put there."""

    at: datetime
    lead_source: str | None
    stage: Stage | None
    since: date


@dataclass(frozen=True, slots=True)
class MadeSale:
    """``since``: the day it was reported, ``entered_by_id``: by whom."""

    id: int
    sold_on: date
    confirmed: bool
    since: date | None = None
    entered_by_id: int | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision about clearance; ``by``: the name of who has decided, None: nobody."""

    id: int
    verdict: ClearanceVerdict
    at: datetime
    computed: bool
    reason: str
    by: str | None


@dataclass(frozen=True, slots=True)
class Record:
    """Everything known of a trainee, each list in the order of time. There is always at least one stay."""

    stays: tuple[Stay, ...]
    works: tuple[Work, ...] = ()
    lessons: tuple[LessonLearnt, ...] = ()
    drafts: tuple[ScriptDraftRecord, ...] = ()
    exams: tuple[HeldExam, ...] = ()
    calls: tuple[ScoredCall, ...] = ()
    queued: tuple[QueuedCall, ...] = ()
    sales: tuple[MadeSale, ...] = ()
    decisions: tuple[Decided, ...] = ()
    parted: bool = False

    @property
    def now(self) -> Stay:
        """The stay in the stage of today."""
        return self.stays[-1]

    @property
    def attempt(self) -> int:
        return self.now.attempt

    @property
    def begun(self) -> Stay:
        """The stay with which the attempt of today began: what was before it does not count any more."""
        return next(stay for stay in self.stays if stay.attempt == self.attempt)

    @property
    def refusal(self) -> Decided | None:
        """The refusal of clearance, if that was decided last in the attempt of today."""
        last = self.decisions[-1] if self.decisions else None
        if last is None or last.verdict is not ClearanceVerdict.REFUSED or last.at < self.begun.entered_at:
            return None
        return last

    @property
    def failed_exam(self) -> HeldExam | None:
        """The exam for which everything is learnt again, until the next one is held."""
        last = self.exams[-1] if self.exams else None
        failed = any(stay.result is Result.FAILED for stay in self.stays if stay.attempt == self.attempt - 1)
        return last if failed and last and last.attempt == self.attempt - 1 else None
