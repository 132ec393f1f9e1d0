"""What a reviewer's own page says: the work at hand, the pace, and the distance from the reference and from colleagues.

Everything but the work at hand is of the last weeks, so that the page stays quick and says how things are now.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session, joinedload

from qcapp.calls.models import Call
from qcapp.checklists.models import ChecklistVersion
from qcapp.core.periods import midnight
from qcapp.people.models import User
from qcapp.reviews.calibration import answers
from qcapp.reviews.calibration.models import Calibration, CalibrationReviewer, CalibrationState
from qcapp.reviews.calibration.rules import ReviewerAgreement
from qcapp.reviews.disputes.models import Dispute
from qcapp.reviews.disputes.rules import Decision
from qcapp.reviews.models import Purpose, Review, ReviewState
from qcapp.reviews.queue.models import Assignment
from qcapp.reviews.queue.states import OPEN, AssignmentState
from qcapp.terms import LeadSource

WEEKS = 8
CALIBRATIONS = 5
AT_HAND = 20


@dataclass(frozen=True, slots=True)
class Load:
    """How much there is to do."""

    assigned: int
    overdue: int
    drafts: int
    done: int
    """Assignments done in the last weeks."""


@dataclass(frozen=True, slots=True)
class Week:
    """Published reviews of the week that begins on this Monday."""

    monday: date
    reviews: int


@dataclass(frozen=True, slots=True)
class Pace:
    """Medians over ``n`` reviews: seconds of work, seconds of talk, and work per talk."""

    n: int
    spent_s: float
    talk_s: float
    ratio: float


@dataclass(frozen=True, slots=True)
class Beside:
    """Own mean score beside the colleagues', on the same checklist and lead source; per cent."""

    title: Mapping[str, str]
    lead_source: LeadSource | None
    own_n: int
    own: float
    others_n: int
    others: float | None

    def difference(self, enough: int) -> float | None:
        """Points above (+) or below (-) the colleagues; None while either side has too few reviews."""
        if self.others is None or min(self.own_n, self.others_n) < enough:
            return None
        return self.own - self.others


@dataclass(frozen=True, slots=True)
class Disputes:
    """Decided disputes over own reviews, and how many of them changed something."""

    decided: int
    accepted: int


def first_monday(today: date) -> date:
    """Where the weeks of the page begin."""
    return today - timedelta(days=today.weekday() + 7 * (WEEKS - 1))


def load_of(session: Session, reviewer: User, now: datetime, since: datetime) -> Load:
    """Counts of assignments and drafts."""
    mine = Assignment.reviewer_id == reviewer.id
    assigned, overdue = session.execute(
        select(func.count(), func.count(case((Assignment.due_at < now, 1)))).where(
            mine, Assignment.state.in_(OPEN)
        )
    ).one()
    done = select(func.count()).where(
        mine, Assignment.state == AssignmentState.DONE, Assignment.done_at >= since
    )
    drafts = select(func.count()).where(Review.reviewer_id == reviewer.id, Review.state == ReviewState.DRAFT)
    return Load(assigned, overdue, session.scalar(drafts) or 0, session.scalar(done) or 0)


def at_hand(session: Session, reviewer: User) -> Sequence[Assignment]:
    """The reviewer's open assignments, the most urgent first."""
    found = select(Assignment).where(Assignment.reviewer_id == reviewer.id, Assignment.state.in_(OPEN))
    found = found.options(joinedload(Assignment.call).joinedload(Call.manager), joinedload(Assignment.review))
    return session.scalars(found.order_by(Assignment.due_at, Assignment.id).limit(AT_HAND)).all()


def to_calibrate(session: Session, reviewer: User) -> Sequence[Calibration]:
    """Running calibrations that wait for this reviewer, the most urgent first."""
    waiting = select(CalibrationReviewer.calibration_id).where(
        CalibrationReviewer.reviewer_id == reviewer.id, CalibrationReviewer.submitted_at.is_(None)
    )
    running = select(Calibration).where(
        Calibration.state == CalibrationState.BLIND, Calibration.id.in_(waiting)
    )
    return session.scalars(running.order_by(Calibration.due_at, Calibration.id)).all()


def weeks_and_pace(
    session: Session, reviewer: User, today: date, zone: ZoneInfo
) -> tuple[list[Week], Pace | None]:
    """Reviews by week, the latest last, and the pace of all of them together; None without any."""
    monday = first_monday(today)
    rows = session.execute(
        select(Review.published_at, Review.spent_s, Call.talk_s)
        .join(Review.call)
        .where(Review.reviewer_id == reviewer.id, *_counted(midnight(monday, zone)))
    ).all()
    days = (published.astimezone(zone).date() for published, _spent, _talk in rows if published)
    per_week = Counter(day - timedelta(days=day.weekday()) for day in days)
    mondays = [monday + timedelta(days=7 * week) for week in range(WEEKS)]
    return [Week(each, per_week[each]) for each in mondays], _pace(
        [(spent, talk) for _at, spent, talk in rows]
    )


def beside_colleagues(session: Session, reviewer: User, since: datetime) -> list[Beside]:
    """Own and colleagues' mean scores by checklist and lead source; like is compared with like alone."""
    mine = Review.reviewer_id == reviewer.id
    own, others = case((mine, Review.score)), case((~mine, Review.score))
    averages = (
        select(
            Review.checklist_id,
            Call.lead_source,
            func.count(own),
            func.avg(own),
            func.count(others),
            func.avg(others),
        )
        .join(Review.call)
        .where(*_counted(since))
        .group_by(Review.checklist_id, Call.lead_source)
        .having(func.count(own) > 0)
    )
    rows: list[Any] = list(session.execute(averages))
    titles = _titles(session, {row[0] for row in rows})
    found = [
        Beside(titles[checklist], lead, own_n, own_mean, others_n, others_mean)
        for checklist, lead, own_n, own_mean, others_n, others_mean in rows
    ]
    return sorted(found, key=lambda each: -each.own_n)


def from_the_reference(
    session: Session, reviewer: User, enough: int
) -> list[tuple[Calibration, ReviewerAgreement]]:
    """The latest closed calibrations the reviewer took part in, and how far he was from the reference."""
    part = select(CalibrationReviewer.calibration_id).where(CalibrationReviewer.reviewer_id == reviewer.id)
    closed = (
        select(Calibration)
        .where(Calibration.state == CalibrationState.CLOSED, Calibration.id.in_(part))
        .order_by(Calibration.closed_at.desc(), Calibration.id.desc())
        .limit(CALIBRATIONS)
    )
    found = []
    for calibration in session.scalars(closed):
        report = answers.report_of(session, calibration, enough)
        found += [(calibration, each) for each in report.reviewers if each.reviewer_id == reviewer.id]
    return found


def disputes_of(session: Session, reviewer: User, since: datetime) -> Disputes:
    """Disputes over the reviewer's reviews that were decided since."""
    changed = Dispute.decision.in_((Decision.ACCEPTED, Decision.PARTLY))
    decided, accepted = session.execute(
        select(func.count(), func.count(case((changed, 1))))
        .select_from(Dispute)
        .join(Dispute.review)
        .where(Review.reviewer_id == reviewer.id, Dispute.decided_at >= since)
    ).one()
    return Disputes(decided, accepted)


def _counted(since: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Review.state == ReviewState.PUBLISHED,
        Review.purpose == Purpose.COUNTED,
        Review.published_at >= since,
    )


def _pace(times: Sequence[tuple[int, int | None]]) -> Pace | None:
    """Reviews whose work or talk is not known stay out."""
    known = [(spent, talk) for spent, talk in times if spent and talk]
    if not known:
        return None
    return Pace(
        n=len(known),
        spent_s=median(spent for spent, _talk in known),
        talk_s=median(talk for _spent, talk in known),
        ratio=median(spent / talk for spent, talk in known),
    )


def _titles(session: Session, checklist_ids: set[int]) -> dict[int, dict[str, Any]]:
    """The title of each checklist as its newest version has it."""
    versions = (
        select(ChecklistVersion.checklist_id, ChecklistVersion.title)
        .where(ChecklistVersion.checklist_id.in_(checklist_ids))
        .order_by(ChecklistVersion.number)
    )
    return dict(session.execute(versions).all())
