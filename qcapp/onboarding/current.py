"""Which onboarding of a manager is meant: the newest one. Those before it have ended and are history."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session, aliased

from qcapp.core import local
from qcapp.onboarding.models import Trainee
from qcapp.onboarding.states import Result
from qcapp.terms import Stage


@dataclass(frozen=True, slots=True)
class OnboardingSpan:
    """What belongs to one onboarding: made after the end of the one before, and not after its own end."""

    trainee: Trainee
    after: datetime | None

    def holds(self, moment: datetime) -> bool:
        until = self.trainee.parted_at
        return (self.after is None or moment > self.after) and (until is None or moment <= until)

    @property
    def first_day(self) -> date:
        """A day on which the onboarding before has ended belongs to that one."""
        if self.after is None:
            return self.trainee.started_on
        return max(self.trainee.started_on, local.day_of(self.after) + timedelta(days=1))

    def holds_day(self, day: date) -> bool:
        """The same of what is known by its day alone."""
        until = self.trainee.parted_at
        return day >= self.first_day and (until is None or day <= local.day_of(until))


def current_trainee(session: Session, manager_id: int | None) -> Trainee | None:
    """The manager's onboarding of today, or the last one; None: there has been none."""
    found = select(Trainee).where(Trainee.manager_id == manager_id).order_by(Trainee.id.desc())
    return session.scalar(found.limit(1))


def is_current() -> ColumnElement[bool]:
    """The SQL condition on ``Trainee`` that keeps the newest onboarding of each manager."""
    later = aliased(Trainee)
    return ~exists().where(later.manager_id == Trainee.manager_id, later.id > Trainee.id)


def may_begin_again(trainee: Trainee) -> bool:
    """Whether another onboarding may be begun: this one has ended, or was interrupted and has not gone on since."""
    now, back_at = trainee.stages[-1], trainee.interrupted_at
    interrupted = back_at is not None and back_at >= now.entered_at and now.stage is not Stage.STAFF
    return trainee.parted_at is not None or interrupted


def was_parted_with(trainee: Trainee) -> bool:
    """Whether the onboarding has ended because somebody decided to part with the trainee."""
    return trainee.parted_at is not None and trainee.stages[-1].result is Result.PARTED


def earlier_ones(session: Session, trainee: Trainee) -> Sequence[Trainee]:
    """The onboardings of the same manager before this one, the latest first."""
    before = select(Trainee).where(Trainee.manager_id == trainee.manager_id, Trainee.id < trainee.id)
    return session.scalars(before.order_by(Trainee.id.desc())).all()


def span_of(session: Session, trainee: Trainee) -> OnboardingSpan:
    """The span of one onboarding."""
    return spans_of(session, [trainee])[trainee.manager_id][0]


def spans_of(session: Session, trainees: Collection[Trainee]) -> dict[int, list[OnboardingSpan]]:
    """The spans of these onboardings by manager id."""
    managers = {trainee.manager_id for trainee in trainees}
    ended = select(Trainee.manager_id, Trainee.id, Trainee.parted_at).where(
        Trainee.manager_id.in_(managers), Trainee.parted_at.is_not(None)
    )
    ends = session.execute(ended.order_by(Trainee.id)).all()
    spans: dict[int, list[OnboardingSpan]] = {}
    for trainee in trainees:
        before = [at for manager, key, at in ends if manager == trainee.manager_id and key < trainee.id]
        spans.setdefault(trainee.manager_id, []).append(
            OnboardingSpan(trainee, before[-1] if before else None)
        )
    return spans
