"""The way of a trainee: which conditions are met and by what, what comes next, and what moves to another stage.

Pure: everything known of a trainee comes in as a ``Record``; answers come out with the evidence behind them.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

from qcapp.callscripts.blocks import DraftState
from qcapp.onboarding.history import QueuedCall, Record, ScoredCall
from qcapp.onboarding.program.plan import WAY, Condition, Program, StagePlan
from qcapp.onboarding.states import DeliverableKind, Overdue, Result, WorkState
from qcapp.terms import ClearanceVerdict, ConditionKind, Stage

OneCall = TypeVar("OneCall", ScoredCall, QueuedCall)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A row that speaks for a condition; ``kind``: work, lesson, draft, exam, review or sale."""

    kind: str
    id: int


@dataclass(frozen=True, slots=True)
class State:
    """A condition and how it stands; ``stage``: None where clearance asks for it.

    ``have`` of ``need`` in the unit of the condition; ``have`` is None where nothing can be said yet. An
    average or a sum over calls says how many there were: ``calls``. ``waiting``: somebody else has to decide;
    ``returned``: somebody has, and it is to be put right.
    """

    condition: Condition
    stage: Stage | None
    met: bool
    have: float | None
    need: float
    evidence: tuple[Evidence, ...] = ()
    calls: int | None = None
    waiting: bool = False
    returned: bool = False

    @property
    def kind(self) -> ConditionKind:
        return self.condition.kind


def states_of_stage(program: Program, record: Record, stage: Stage) -> tuple[State, ...]:
    """The conditions of one stage; staff is not a stage of the program and has none."""
    if stage not in WAY:
        return ()
    plan = program.plan(stage)
    return tuple(_state(program, condition, plan, record) for condition in plan.conditions)


def all_conditions(program: Program, record: Record) -> tuple[State, ...]:
    """Every condition of every stage and of clearance, in the order of the way."""
    of_stages = tuple(state for stage in WAY for state in states_of_stage(program, record, stage))
    return of_stages + tuple(_state(program, condition, None, record) for condition in program.clearance)


def missing_for_clearance(program: Program, record: Record) -> tuple[State, ...]:
    """What is not met yet; nothing: the computed answer is that the trainee may have hot leads."""
    return tuple(state for state in all_conditions(program, record) if not state.met)


def next_step(program: Program, record: Record) -> State | None:
    """The one thing to do next: of the stage of today, then of clearance; rather what waits for nobody else.

    None: nothing to do, but to wait for the decision about clearance, or nothing at all.
    """
    if record.now.stage is Stage.STAFF or record.parted:
        return None
    here = [state for state in states_of_stage(program, record, record.now.stage) if not state.met]
    open_states = here or list(missing_for_clearance(program, record))
    return next((state for state in open_states if not state.waiting), next(iter(open_states), None))


def exam_due(program: Program, record: Record) -> StagePlan | None:
    """The stage whose exam may be held now: today's, or one that has been left without what is asked of the exam."""
    if record.parted or record.now.stage is Stage.STAFF:
        return None
    *before, today = program.reached(record.now.stage)
    if today.exam_card:
        return today
    asked = any(state.kind is ConditionKind.EXAM for state in missing_for_clearance(program, record))
    return next((plan for plan in reversed(before) if plan.exam_card and asked), None)


def exam_passed(condition: Condition, mark: float | None, critical: bool) -> bool:
    """Whether an exam with this mark is passed. A critical error fails it, whatever the mark."""
    return mark is not None and condition.mark is not None and mark >= condition.mark and not critical


class Happening(StrEnum):
    """What may move a trainee to another stage."""

    CHANGED = "changed"
    """Something that conditions look at."""
    EXAM_FAILED = "exam_failed"
    REPEAT = "repeat"
    """By decision: everything again, because the time was over."""
    PART = "part"
    GRANTED = "granted"
    REVOKED = "revoked"


OVERDUE: dict[Overdue, Happening] = {Overdue.REPEAT: Happening.REPEAT, Overdue.PART: Happening.PART}


@dataclass(frozen=True, slots=True)
class Move:
    """How the stay of today is left, and for which stage; None: for none, the trainee has gone."""

    result: Result
    stage: Stage | None
    attempt: int


def after(program: Program, record: Record, happening: Happening, *, reason: str = "") -> Move | None:
    """Where the trainee goes after this; None: stays. Only a grant leads to staff, and against the computed
    answer or a refusal it does so only with a reason."""
    now, again = record.now, record.attempt + 1
    if record.parted or (now.stage is Stage.STAFF) != (happening is Happening.REVOKED):
        return None
    move: Move | None = None
    match happening:
        case Happening.CHANGED:
            move = _forward(program, record)
        case Happening.EXAM_FAILED:
            move = Move(Result.FAILED, WAY[0], again)
        case Happening.REPEAT:
            move = Move(Result.REPEATED, WAY[0], again)
        case Happening.PART:
            move = Move(Result.PARTED, None, now.attempt)
        case Happening.GRANTED if reason.strip() or not needs_reason(
            ClearanceVerdict.GRANTED, missing_for_clearance(program, record), refused=bool(record.refusal)
        ):
            move = Move(Result.GRANTED, Stage.STAFF, now.attempt)
        case Happening.REVOKED:
            move = Move(Result.REVOKED, _before(record), now.attempt)
    return move


class StageMark(StrEnum):
    """How a stage of the way looks from where the trainee is."""

    PASSED = "passed"
    UNDONE = "undone"
    """Left or passed over, although not everything was met."""
    NOW = "now"
    AHEAD = "ahead"


def marks(program: Program, record: Record) -> dict[Stage, StageMark]:
    """Each stage of the way. Of staff only what was gone through counts as passed."""
    now = record.now.stage
    here = [stay for stay in record.stays if stay.attempt == record.attempt]
    been, passed = (
        {stay.stage for stay in here},
        {stay.stage for stay in here if stay.result is Result.PASSED},
    )
    found = {}
    for number, stage in enumerate(WAY):
        met = all(state.met for state in states_of_stage(program, record, stage))
        if stage is now:
            found[stage] = StageMark.NOW
        elif now is Stage.STAFF:
            done = stage in passed or (stage in been and met)
            found[stage] = StageMark.PASSED if done else StageMark.UNDONE
        elif number > WAY.index(now):
            found[stage] = StageMark.AHEAD
        else:
            found[stage] = StageMark.PASSED if met else StageMark.UNDONE
    return found


def refusal_stands(record: Record) -> bool:
    """Whether a refusal is the answer to conditions that are all met: they were so then, and no call was scored since.

    As long as it is, nobody is asked to decide once more.
    """
    refusal = record.refusal
    if refusal is None or not refusal.computed:
        return False
    return not any(call.scored_at > refusal.at for call in record.calls)


def needs_reason(verdict: ClearanceVerdict, missing: Collection[State], *, refused: bool) -> bool:
    """Whether a decision goes against the computed answer or a refusal, or there is no answer: then it says why."""
    match verdict:
        case ClearanceVerdict.GRANTED:
            return bool(missing) or refused
        case ClearanceVerdict.REFUSED:
            return not missing
        case ClearanceVerdict.REVOKED | ClearanceVerdict.DECLARED:
            return True


def _before(record: Record) -> Stage:
    """The stage of the way that was left last: from there the clearance was granted."""
    return next((stay.stage for stay in reversed(record.stays[:-1]) if stay.stage in WAY), WAY[0])


def _forward(program: Program, record: Record) -> Move | None:
    """To the next stage where everything is met; the last one is left by a decision alone."""
    now = record.now
    if now.stage is WAY[-1] or not all(state.met for state in states_of_stage(program, record, now.stage)):
        return None
    return Move(Result.PASSED, WAY[WAY.index(now.stage) + 1], now.attempt)


def _stage(plan: StagePlan | None) -> Stage | None:
    return plan.stage if plan else None


def _state(program: Program, condition: Condition, plan: StagePlan | None, record: Record) -> State:
    if condition.kind in _OF_CALLS:
        return _of_calls(program, condition, plan, record)
    return _JUDGES[condition.kind](condition, plan, record)


def _work(condition: Condition, plan: StagePlan | None, record: Record) -> State:
    kind = DeliverableKind(condition.kind)
    work = next((each for each in record.works if each.kind is kind and each.attempt == record.attempt), None)
    need = condition.count or 0
    rows = work.rows if work else 0
    return State(
        condition,
        _stage(plan),
        met=work is not None and work.state is WorkState.ACCEPTED and rows >= need,
        have=rows,
        need=need,
        evidence=(Evidence("work", work.id),) if work else (),
        waiting=work is not None and work.state is WorkState.SUBMITTED,
        returned=work is not None and work.state is WorkState.RETURNED,
    )


def _lessons(condition: Condition, plan: StagePlan | None, record: Record) -> State:
    wanted = {lesson.key for lesson in plan.lessons} if plan else set()
    learnt = [each for each in record.lessons if each.attempt == record.attempt and each.key in wanted]
    have = len({each.key for each in learnt})
    evidence = tuple(Evidence("lesson", each.id) for each in learnt)
    return State(condition, _stage(plan), have == len(wanted), have, len(wanted), evidence)


def _script(condition: Condition, plan: StagePlan | None, record: Record) -> State:
    drafts = [draft for draft in record.drafts if draft.at >= record.begun.entered_at]
    approved = [draft for draft in drafts if draft.state is DraftState.APPROVED]
    waiting = [draft for draft in drafts if draft.state is DraftState.SUBMITTED]
    shown = (approved or waiting)[-1:]
    return State(
        condition,
        _stage(plan),
        met=bool(approved),
        have=len(approved),
        need=1,
        evidence=tuple(Evidence("draft", draft.id) for draft in shown),
        waiting=bool(waiting),
    )


def _exam(condition: Condition, plan: StagePlan | None, record: Record) -> State:
    held = [exam for exam in record.exams if exam.attempt == record.attempt][-1:]
    return State(
        condition,
        _stage(plan),
        met=any(exam_passed(condition, exam.mark, exam.critical) for exam in held),
        have=held[0].mark if held else None,
        need=condition.mark or 0,
        evidence=tuple(Evidence("exam", exam.id) for exam in held),
    )


def _sales(condition: Condition, plan: StagePlan | None, record: Record) -> State:
    made = [sale for sale in record.sales if sale.sold_on >= record.begun.entered_on]
    confirmed = [sale for sale in made if sale.confirmed]
    need = condition.count or 0
    return State(
        condition,
        _stage(plan),
        met=len(confirmed) >= need,
        have=len(confirmed),
        need=need,
        evidence=tuple(Evidence("sale", sale.id) for sale in made),
        waiting=len(made) >= need,
    )


def _of_calls(program: Program, condition: Condition, plan: StagePlan | None, record: Record) -> State:
    """By calls of this attempt: clearance looks at all, a stage at its own, from leads that it allows.

    Where its own are not enough, those of later stages count as well, from leads that these allow: whoever has come
    further without them makes them where he is.
    """
    judge, stage = _OF_CALLS[condition.kind], _stage(plan)
    calls = counting_calls(program, stage, record, record.calls)
    own = judge(condition, plan, [call for call in calls if stage is None or call.stage is stage])
    state = own if own.met else judge(condition, plan, calls)
    picked = counting_calls(program, stage, record, record.queued)
    return replace(state, waiting=0 < lacking_calls(state) <= len(picked))


def counting_calls(
    program: Program, stage: Stage | None, record: Record, calls: Iterable[OneCall]
) -> list[OneCall]:
    """Of these calls, those that count for this stage or a later one; None: for clearance."""
    mine = [call for call in calls if call.at >= record.begun.entered_at]
    if stage is None:
        return mine
    later = WAY[WAY.index(stage) :]
    return [
        call
        for call in mine
        if call.stage in later and call.lead_source in program.plan(call.stage).lead_sources
    ]


def lacking_calls(state: State) -> int:
    """How many more scored calls a condition of calls needs at least; 0: it lacks something else, or nothing."""
    if state.met:
        return 0
    if state.kind is ConditionKind.SCORE:
        return (state.condition.last or 0) - (state.calls or 0)
    return round(state.need - (state.have or 0))


def _scored_calls(condition: Condition, plan: StagePlan | None, calls: Sequence[ScoredCall]) -> State:
    need = condition.count or 0
    return State(condition, _stage(plan), len(calls) >= need, len(calls), need, _reviews(calls), len(calls))


def _score(condition: Condition, plan: StagePlan | None, calls: Sequence[ScoredCall]) -> State:
    wanted, need = condition.last or 0, condition.score or 0
    last = calls[-wanted:]
    mean = sum(call.score for call in last) / len(last) if len(last) == wanted else None
    met = mean is not None and mean >= need
    return State(condition, _stage(plan), met, mean, need, _reviews(last), len(last))


def _no_critical(condition: Condition, plan: StagePlan | None, calls: Sequence[ScoredCall]) -> State:
    """``have``: how many calls there have been in a row since the last critical error."""
    wanted = condition.last or 0
    last = calls[-wanted:]
    failed = [number for number, call in enumerate(last, start=1) if call.critical]
    in_a_row = len(last) - (failed[-1] if failed else 0)
    evidence = _reviews([last[number - 1] for number in failed] or last)
    return State(condition, _stage(plan), in_a_row >= wanted, in_a_row, wanted, evidence, len(last))


def _reviews(calls: Collection[ScoredCall]) -> tuple[Evidence, ...]:
    return tuple(Evidence("review", call.review_id) for call in calls)


_JUDGES: dict[ConditionKind, Callable[[Condition, StagePlan | None, Record], State]] = {
    ConditionKind.SPVE: _work,
    ConditionKind.REASONS: _work,
    ConditionKind.LESSONS: _lessons,
    ConditionKind.SCRIPT: _script,
    ConditionKind.EXAM: _exam,
    ConditionKind.SALE: _sales,
}
_OF_CALLS: dict[ConditionKind, Callable[[Condition, StagePlan | None, Sequence[ScoredCall]], State]] = {
    ConditionKind.SCORED_CALLS: _scored_calls,
    ConditionKind.SCORE: _score,
    ConditionKind.NO_CRITICAL: _no_critical,
}
