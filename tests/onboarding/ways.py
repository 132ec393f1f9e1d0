"""Programs and records for tests of the rules, as Hypothesis makes them up."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from qcapp.callscripts.blocks import DraftState
from qcapp.onboarding import rules
from qcapp.onboarding.history import (
    HeldExam,
    LessonLearnt,
    MadeSale,
    Record,
    ScoredCall,
    ScriptDraftRecord,
    Stay,
    Work,
)
from qcapp.onboarding.program.plan import (
    OF_CALLS,
    PARAMETERS,
    WAY,
    Condition,
    Lesson,
    Program,
    StagePlan,
)
from qcapp.onboarding.rules import Happening, Move
from qcapp.onboarding.states import DeliverableKind, WorkState
from qcapp.terms import ConditionKind, LeadSource, Stage

BEGIN = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)  # a Monday
COUNTS = st.integers(1, 3)
NUMBERS = {
    "count": COUNTS,
    "mark": st.sampled_from([2, 3, 3.5, 5]),
    "score": st.sampled_from([0, 60, 72.5, 100]),
    "last": COUNTS,
}
texts = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12)
titles = st.dictionaries(st.sampled_from(["ru", "en"]), texts, min_size=1)


def conditions(kinds: Sequence[ConditionKind]) -> st.SearchStrategy[tuple[Condition, ...]]:
    """Some of these kinds, each once, with numbers."""
    chosen = st.lists(st.sampled_from(kinds), unique=True, max_size=4)
    return chosen.flatmap(lambda found: st.tuples(*(_condition(kind) for kind in found)))


def _condition(kind: ConditionKind) -> st.SearchStrategy[Condition]:
    numbers = st.fixed_dictionaries({name: NUMBERS[name] for name in PARAMETERS[kind]})
    return numbers.map(lambda given: Condition.model_validate({"kind": kind, **given}))


@st.composite
def plans(draw: st.DrawFn, stage: Stage) -> StagePlan:
    some: list[LeadSource] = [LeadSource.COLD, LeadSource.WARM, LeadSource.HOT]
    sources = draw(st.lists(st.sampled_from(some), unique=True, min_size=1 if stage is WAY[-1] else 0))
    lessons = tuple(
        Lesson(key=f"{stage}_{number}", title=draw(titles), article=draw(st.none() | st.just("article")))
        for number in range(draw(st.integers(0, 2)))
    )
    exam_card = "exam" if stage is Stage.EXAM else None
    possible = [
        kind
        for kind in ConditionKind
        if not (kind is ConditionKind.LESSONS and not lessons)
        and not (kind is ConditionKind.EXAM and not exam_card)
        and not (kind in OF_CALLS and not sources)
    ]
    return StagePlan(
        stage=stage,
        title=draw(titles),
        what=draw(titles),
        lead_sources=tuple(sources),
        days=draw(st.none() | st.integers(1, 20)),
        working_days=draw(st.booleans()),
        exam_card=exam_card,
        lessons=lessons,
        conditions=draw(conditions(possible)),
    )


@st.composite
def programs(draw: st.DrawFn) -> Program:
    of_clearance = [kind for kind in ConditionKind if kind is not ConditionKind.LESSONS]
    return Program(
        key="program",
        title=draw(titles),
        stages=tuple(draw(plans(stage)) for stage in WAY),
        clearance=draw(conditions(of_clearance)),
        holidays=tuple(draw(st.lists(st.dates(), max_size=2))),
    )


@st.composite
def things(draw: st.DrawFn, number: int, program: Program, record: Record) -> Record:
    """The record with one thing more that somebody made or decided at the hour ``number``."""
    at, attempt = BEGIN + timedelta(hours=number), record.attempt
    more: dict[str, Any]
    match draw(st.integers(0, 5)):
        case 0:
            kind = draw(st.sampled_from(DeliverableKind))
            state = draw(st.sampled_from(WorkState))
            others = tuple(each for each in record.works if (each.kind, each.attempt) != (kind, attempt))
            more = {"works": (*others, Work(number, kind, attempt, state, draw(st.integers(0, 4))))}
        case 1:
            keys = [lesson.key for plan in program.stages for lesson in plan.lessons] or ["none"]
            more = {"lessons": (*record.lessons, LessonLearnt(number, draw(st.sampled_from(keys)), attempt))}
        case 2:
            state = draw(st.sampled_from([DraftState.SUBMITTED, DraftState.APPROVED]))
            more = {"drafts": (*record.drafts, ScriptDraftRecord(number, state, at))}
        case 3:
            mark = draw(st.none() | st.sampled_from([2.0, 3.0, 4.5]))
            exam = HeldExam(number, len(record.exams) + 1, attempt, mark, draw(st.booleans()))
            more = {"exams": (*record.exams, exam)}
        case 4:
            call = ScoredCall(
                number,
                at,
                draw(st.sampled_from([0.0, 50.0, 80.0, 100.0])),
                draw(st.none() | st.sampled_from([LeadSource.COLD, LeadSource.WARM, LeadSource.HOT])),
                record.now.stage,
                draw(st.booleans()),
                at,
            )
            more = {"calls": (*record.calls, call)}
        case _:
            more = {"sales": (*record.sales, MadeSale(number, at.date(), draw(st.booleans())))}
    return with_(record, **more)


def moved(record: Record, move: Move, number: int) -> Record:
    """The history as the service writes it."""
    moment = BEGIN + timedelta(hours=number)
    now = record.now
    left = Stay(now.id, now.stage, now.attempt, now.entered_at, now.entered_on, moment, move.result)
    stays = (*record.stays[:-1], left)
    if move.stage is None:
        return with_(record, stays=stays, parted=True)
    return with_(record, stays=(*stays, stay(number, move.stage, move.attempt, moment)))


def worked(program: Program, record: Record, number: int) -> Record:
    """The record after work that anybody in this stage can do, begun at the hour ``number``, and its moves."""
    for _stage in WAY:
        number += 1
        record = _day_of_work(program, record, number)
        while move := rules.after(program, record, Happening.CHANGED):
            number += 1
            record = moved(record, move, number)
    return record


def _day_of_work(program: Program, record: Record, number: int) -> Record:
    """What is handed in is accepted; lessons are of stages reached; calls only from leads that today's stage allows."""
    at, attempt, stage = BEGIN + timedelta(hours=number), record.attempt, record.now.stage
    before = tuple(work for work in record.works if work.attempt != attempt)
    lessons = [lesson.key for plan in program.reached(stage) for lesson in plan.lessons]
    held = (
        (HeldExam(number, number, attempt, 5.0, critical=False),) if rules.exam_due(program, record) else ()
    )
    leads = program.plan(stage).lead_sources[:1] * 3
    return with_(
        record,
        works=(*before, *(Work(number, kind, attempt, WorkState.ACCEPTED, 1000) for kind in DeliverableKind)),
        lessons=(*record.lessons, *(LessonLearnt(number, key, attempt) for key in lessons)),
        drafts=(*record.drafts, ScriptDraftRecord(number, DraftState.APPROVED, at)),
        exams=(*record.exams, *held),
        calls=(
            *record.calls,
            *(ScoredCall(number, at, 100.0, lead, stage, critical=False, scored_at=at) for lead in leads),
        ),
        sales=(*record.sales, *(MadeSale(number, at.date(), confirmed=True) for _sale in range(3))),
    )


def with_(record: Record, **more: Any) -> Record:
    """The record with these lists instead of its own."""
    fields = {name: getattr(record, name) for name in Record.__slots__}
    return Record(**(fields | more))


def beginning() -> Record:
    """The first day of the first attempt."""
    return Record(stays=(stay(1, WAY[0], 1, BEGIN),))


def stay(number: int, stage: Stage, attempt: int, at: datetime) -> Stay:
    return Stay(number, stage, attempt, at, day(at))


def day(moment: datetime) -> date:
    return moment.date()
