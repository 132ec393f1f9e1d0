"""From rows to the values the rules read: the program a trainee goes by, and everything known of him."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from qcapp.calls.models import Call
from qcapp.callscripts.blocks import DraftState
from qcapp.callscripts.models import CallScript, ScriptDraft
from qcapp.checklists import scoring
from qcapp.checklists.models import ChecklistVersion
from qcapp.core import local
from qcapp.onboarding.current import OnboardingSpan, spans_of
from qcapp.onboarding.exams.models import Exam
from qcapp.onboarding.history import (
    Decided,
    HeldExam,
    LessonLearnt,
    MadeSale,
    QueuedCall,
    Record,
    ScoredCall,
    ScriptDraftRecord,
    Stay,
    Work,
)
from qcapp.onboarding.models import ClearanceDecision, StageRecord, Trainee
from qcapp.onboarding.program import plan as program
from qcapp.onboarding.program.plan import Program
from qcapp.onboarding.sales.models import Sale
from qcapp.onboarding.states import Overdue, SaleState
from qcapp.onboarding.work import rules as deliverables_rules
from qcapp.onboarding.work.models import Deliverable, LessonDone
from qcapp.people.models import User
from qcapp.reviews import cards
from qcapp.reviews.models import Answer, Purpose, Review, ReviewState
from qcapp.reviews.queue.models import Assignment
from qcapp.reviews.queue.states import OPEN

ANEW = {"populate_existing": True}
"""Rows that were read earlier, perhaps before a lock, are read again: a decision goes by what is true now."""

Value = TypeVar("Value")
ByTrainee = dict[int, tuple[Value, ...]]
Spans = dict[int, list[OnboardingSpan]]


def program_of(trainee: Trainee) -> Program:
    """The program in the wording the trainee began with."""
    return program.read(trainee.program.document)


def record_of(session: Session, trainee: Trainee) -> Record:
    """Everything known of one trainee."""
    return records_of(session, [trainee])[trainee.id]


def records_of(session: Session, trainees: Sequence[Trainee]) -> dict[int, Record]:
    """Everything known of each, by trainee id, in a handful of queries for all of them."""
    ids = [trainee.id for trainee in trainees]
    spans = spans_of(session, trainees)
    stays = _stays(session, ids)
    works, lessons = _works(session, ids), _lessons(session, ids)
    exams, decisions = _exams(session, ids), _decisions(session, ids)
    drafts, sales = _drafts(session, spans), _sales(session, spans)
    since = min((stay.entered_at for found in stays.values() for stay in found), default=None)
    calls = _calls(session, spans, since) if since else {}
    queued = _queued(session, spans)
    return {
        trainee.id: Record(
            stays=stays[trainee.id],
            works=works.get(trainee.id, ()),
            lessons=lessons.get(trainee.id, ()),
            drafts=drafts.get(trainee.id, ()),
            exams=exams.get(trainee.id, ()),
            calls=calls.get(trainee.id, ()),
            queued=queued.get(trainee.id, ()),
            sales=sales.get(trainee.id, ()),
            decisions=decisions.get(trainee.id, ()),
            parted=trainee.parted_at is not None,
        )
        for trainee in trainees
    }


def _stays(session: Session, ids: list[int]) -> ByTrainee[Stay]:
    found = session.scalars(
        select(StageRecord)
        .where(StageRecord.trainee_id.in_(ids))
        .options(selectinload(StageRecord.overdue))
        .order_by(StageRecord.id),
        execution_options=ANEW,
    )
    return _gathered((each.trainee_id, stay_of(each)) for each in found)


def stay_of(record: StageRecord) -> Stay:
    """The stay as the rules read it."""
    prolonged = [each.until for each in record.overdue if each.decision is Overdue.PROLONG]
    return Stay(
        record.id,
        record.stage,
        record.attempt,
        record.entered_at,
        local.day_of(record.entered_at),
        record.left_at,
        record.result,
        prolonged[-1] if prolonged else None,
    )


def _works(session: Session, ids: list[int]) -> ByTrainee[Work]:
    mine = select(Deliverable).where(Deliverable.trainee_id.in_(ids)).order_by(Deliverable.id)
    return _gathered(
        (
            each.trainee_id,
            Work(
                each.id,
                each.kind,
                each.attempt,
                each.state,
                deliverables_rules.count(each.kind, each.rows),
                local.day_of(each.submitted_at) if each.submitted_at else None,
            ),
        )
        for each in session.scalars(mine, execution_options=ANEW)
    )


def _lessons(session: Session, ids: list[int]) -> ByTrainee[LessonLearnt]:
    mine = select(LessonDone).where(LessonDone.trainee_id.in_(ids)).order_by(LessonDone.id)
    return _gathered(
        (each.trainee_id, LessonLearnt(each.id, each.lesson, each.attempt))
        for each in session.scalars(mine, execution_options=ANEW)
    )


def _exams(session: Session, ids: list[int]) -> ByTrainee[HeldExam]:
    held = select(Exam).where(Exam.trainee_id.in_(ids), Exam.finished_at.is_not(None)).order_by(Exam.number)
    return _gathered(
        (
            each.trainee_id,
            HeldExam(each.id, each.number, each.attempt, each.mark, critical=bool(each.failed_items)),
        )
        for each in session.scalars(held, execution_options=ANEW)
    )


def _decisions(session: Session, ids: list[int]) -> ByTrainee[Decided]:
    made = (
        select(ClearanceDecision, User.name)
        .outerjoin(ClearanceDecision.by)
        .where(ClearanceDecision.trainee_id.in_(ids))
        .order_by(ClearanceDecision.id)
    )
    return _gathered(
        (each.trainee_id or 0, Decided(each.id, each.verdict, each.at, each.computed, each.reason, by))
        for each, by in session.execute(made, execution_options=ANEW)
    )


def _drafts(session: Session, spans: Spans) -> ByTrainee[ScriptDraftRecord]:
    handed_in = (
        select(CallScript.manager_id, ScriptDraft)
        .join(ScriptDraft.script)
        .where(
            CallScript.manager_id.in_(spans),
            ScriptDraft.state.in_((DraftState.SUBMITTED, DraftState.APPROVED)),
        )
        .order_by(ScriptDraft.number)
    )
    return _gathered(
        (span.trainee.id, ScriptDraftRecord(draft.id, draft.state, at, local.day_of(at)))
        for manager_id, draft in session.execute(handed_in, execution_options=ANEW)
        if (at := draft.decided_at or draft.submitted_at) is not None
        for span in spans[manager_id]
        if span.holds(draft.submitted_at or at)
    )


def _sales(session: Session, spans: Spans) -> ByTrainee[MadeSale]:
    made = select(Sale).where(Sale.manager_id.in_(spans), Sale.state != SaleState.REFUSED)
    return _gathered(
        (
            span.trainee.id,
            MadeSale(
                each.id,
                each.sold_on,
                each.state is SaleState.CONFIRMED,
                local.day_of(each.entered_at),
                each.entered_by_id,
            ),
        )
        for each in session.scalars(made.order_by(Sale.sold_on, Sale.id), execution_options=ANEW)
        for span in spans[each.manager_id]
        if span.holds_day(each.sold_on)
    )


def _calls(session: Session, spans: Spans, since: datetime) -> ByTrainee[ScoredCall]:
    """Calls with a score that counts. Of several reviews of one call the last one speaks for it."""
    scored = (
        select(Review)
        .join(Review.call)
        .where(
            Review.manager_id.in_(spans),
            Review.state == ReviewState.PUBLISHED,
            Review.purpose == Purpose.COUNTED,
            Review.score.is_not(None),
            Call.started_at >= since,
            Call.start_known.is_(True),
            Call.role_play.is_(False),
        )
        .options(joinedload(Review.call))
        .order_by(Call.started_at, Call.id, Review.published_at, Review.id)
    )
    last = {review.call_id: review for review in session.scalars(scored, execution_options=ANEW)}
    critical = _with_critical_errors(session, last.values())
    return _gathered(
        (span.trainee.id, _call(review, review.id in critical))
        for review in last.values()
        for span in spans[review.manager_id or 0]
        if span.holds(review.call.started_at)
    )


def _call(review: Review, critical: bool) -> ScoredCall:
    call = review.call
    return ScoredCall(
        review.id,
        call.started_at,
        review.score or 0.0,
        call.lead_source.value if call.lead_source else None,
        call.stage,
        critical,
        review.published_at or call.started_at,
    )


def _queued(session: Session, spans: Spans) -> ByTrainee[QueuedCall]:
    """Calls that quality control has picked and not scored yet, in the order in which it has picked them."""
    found = (
        select(Call, Assignment.created_at)
        .join(Assignment, Assignment.call_id == Call.id)
        .where(Call.manager_id.in_(spans), Call.scored_at.is_(None), Assignment.state.in_(OPEN))
        .order_by(Assignment.created_at, Assignment.id)
    )
    return _gathered(
        (
            span.trainee.id,
            QueuedCall(
                call.started_at,
                call.lead_source.value if call.lead_source else None,
                call.stage,
                local.day_of(picked_at),
            ),
        )
        for call, picked_at in session.execute(found, execution_options=ANEW)
        for span in spans[call.manager_id or 0]
        if span.holds(call.started_at)
    )


def _with_critical_errors(session: Session, reviews: Iterable[Review]) -> set[int]:
    """Which of these have one. Only what it has zeroed can hold a critical error, and these are few."""
    zeroed = [each.id for each in reviews if each.score == 0 or 0 in each.sections.values()]
    whole = (
        select(Review)
        .where(Review.id.in_(zeroed))
        .options(
            selectinload(Review.answers).joinedload(Answer.item),
            selectinload(Review.version).selectinload(ChecklistVersion.sections),
        )
    )
    return {
        review.id for review in session.scalars(whole, execution_options=ANEW) if _has_critical_error(review)
    }


def _has_critical_error(review: Review) -> bool:
    score = scoring.score(cards.card_of(review), cards.answers_of(review))
    return bool(score.zeroed_by) or any(section.zeroed_by for section in score.sections)


def _gathered(found: Iterable[tuple[int, Any]]) -> dict[int, tuple[Any, ...]]:
    lists: dict[int, list[Any]] = defaultdict(list)
    for trainee_id, value in found:
        lists[trainee_id].append(value)
    return {trainee_id: tuple(values) for trainee_id, values in lists.items()}
