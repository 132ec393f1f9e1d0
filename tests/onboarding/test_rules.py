"""The way of a trainee as pure rules: conditions, what comes next, and who is cleared."""

from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qcapp.callscripts.blocks import DraftState
from qcapp.onboarding import rules
from qcapp.onboarding.by_hand.rules import moved_by_hand, stages_by_hand
from qcapp.onboarding.countdown import StageDays, countdown, days_spent
from qcapp.onboarding.history import (
    HeldExam,
    LessonLearnt,
    MadeSale,
    Record,
    ScoredCall,
    ScriptDraftRecord,
    Work,
)
from qcapp.onboarding.program.plan import WAY, Program, StagePlan, read
from qcapp.onboarding.rules import Evidence, Happening, Move, StageMark, State
from qcapp.onboarding.states import DeliverableKind, Result, WorkState
from qcapp.terms import ClearanceVerdict, ConditionKind, Stage
from tests.onboarding.ways import BEGIN, beginning, moved, programs, stay, things, with_, worked

PROGRAM_DOCUMENT: dict[str, Any] = {
    "key": "p",
    "title": "П",
    "stages": [
        {
            "stage": "product",
            "title": "1",
            "what": "…",
            "conditions": [{"kind": "spve", "count": 2}, {"kind": "reasons", "count": 3}],
        },
        {
            "stage": "technique",
            "title": "2",
            "what": "…",
            "lessons": [{"key": "greeting", "title": "Приветствие"}, {"key": "goal", "title": "Цель"}],
            "conditions": [{"kind": "lessons"}, {"kind": "script"}],
        },
        {
            "stage": "exam",
            "title": "3",
            "what": "…",
            "exam_card": "exam",
            "conditions": [{"kind": "exam", "mark": 3}],
        },
        {
            "stage": "cold_practice",
            "title": "4",
            "what": "…",
            "lead_sources": ["cold"],
            "conditions": [
                {"kind": "scored_calls", "count": 2},
                {"kind": "score", "score": 60, "last": 2},
            ],
        },
        {
            "stage": "internship",
            "title": "5",
            "what": "…",
            "days": 7,
            "conditions": [{"kind": "sale", "count": 1}],
        },
    ],
    "clearance": [{"kind": "no_critical", "last": 2}],
}
PROGRAM = read(PROGRAM_DOCUMENT)
INTERNSHIP = PROGRAM_DOCUMENT["stages"][-1] | {"lead_sources": ["warm"]}


def at(stage: Stage, attempt: int = 1, **more: object) -> Record:
    """A trainee who came to this stage on the day after the attempt began."""
    stays = (stay(1, WAY[0], attempt, BEGIN), stay(2, stage, attempt, BEGIN + timedelta(days=1)))
    return with_(beginning(), stays=stays, **more)


def of(record: Record, stage: Stage, kind: ConditionKind) -> State:
    return next(each for each in rules.states_of_stage(PROGRAM, record, stage) if each.kind is kind)


def call(number: int, score: float, **more: object) -> ScoredCall:
    made = ScoredCall(
        number,
        BEGIN + timedelta(days=2, hours=number),
        score,
        "cold",
        Stage.COLD_PRACTICE,
        critical=False,
        scored_at=BEGIN + timedelta(days=3, hours=number),
    )
    return replace(made, **more)  # type: ignore[arg-type]


def test_work_counts_when_it_is_accepted_and_long_enough() -> None:
    accepted = Work(7, DeliverableKind.REASONS, 1, WorkState.ACCEPTED, 3)
    state = of(with_(beginning(), works=(accepted,)), Stage.PRODUCT, ConditionKind.REASONS)
    assert state.met
    assert (state.have, state.need, state.evidence) == (3, 3, (Evidence("work", 7),))
    for less in (replace(accepted, rows=2), replace(accepted, state=WorkState.RETURNED)):
        record = with_(beginning(), works=(less,))
        assert not of(record, Stage.PRODUCT, ConditionKind.REASONS).met
    returned = with_(beginning(), works=(replace(accepted, state=WorkState.RETURNED),))
    assert of(returned, Stage.PRODUCT, ConditionKind.REASONS).returned
    submitted = with_(beginning(), works=(replace(accepted, state=WorkState.SUBMITTED),))
    assert of(submitted, Stage.PRODUCT, ConditionKind.REASONS).waiting


def test_nothing_of_an_earlier_attempt_counts() -> None:
    before = BEGIN - timedelta(days=3)
    record = at(
        Stage.TECHNIQUE,
        attempt=2,
        works=(Work(1, DeliverableKind.SPVE, 1, WorkState.ACCEPTED, 9),),
        lessons=(LessonLearnt(1, "greeting", 1), LessonLearnt(2, "goal", 1)),
        drafts=(ScriptDraftRecord(1, DraftState.APPROVED, before),),
        exams=(HeldExam(1, 1, 1, 5.0, critical=False),),
        calls=(call(1, 100, at=before), call(2, 100, at=before)),
        sales=(MadeSale(1, before.date(), confirmed=True),),
    )
    assert not any(state.met for state in rules.all_conditions(PROGRAM, record))


def test_every_lesson_of_the_stage_must_be_confirmed() -> None:
    one = at(Stage.TECHNIQUE, lessons=(LessonLearnt(1, "greeting", 1),))
    assert (
        of(one, Stage.TECHNIQUE, ConditionKind.LESSONS).have,
        of(one, Stage.TECHNIQUE, ConditionKind.LESSONS).met,
    ) == (1, False)
    both = with_(one, lessons=(*one.lessons, LessonLearnt(2, "goal", 1)))
    assert of(both, Stage.TECHNIQUE, ConditionKind.LESSONS).met


@pytest.mark.parametrize(
    ("mark", "critical", "passed"),
    [(3.0, False, True), (5.0, True, False), (2.9, False, False), (None, False, False)],
)
def test_a_three_without_critical_error_is_enough(mark: float | None, critical: bool, passed: bool) -> None:
    record = at(Stage.EXAM, exams=(HeldExam(4, 1, 1, mark, critical),))
    assert of(record, Stage.EXAM, ConditionKind.EXAM).met is passed


def test_only_calls_of_the_stage_from_allowed_leads_count() -> None:
    calls = (
        call(1, 80),
        call(2, 80, lead_source="hot"),
        call(3, 80, lead_source=None),
        call(4, 80, stage=Stage.EXAM),
    )
    state = of(at(Stage.COLD_PRACTICE, calls=calls), Stage.COLD_PRACTICE, ConditionKind.SCORED_CALLS)
    assert (state.have, state.met) == (1, False)


def test_an_average_needs_all_its_calls() -> None:
    one = of(at(Stage.COLD_PRACTICE, calls=(call(1, 100),)), Stage.COLD_PRACTICE, ConditionKind.SCORE)
    assert (one.have, one.calls, one.met) == (None, 1, False)
    three = at(Stage.COLD_PRACTICE, calls=(call(1, 0), call(2, 50), call(3, 70)))
    state = of(three, Stage.COLD_PRACTICE, ConditionKind.SCORE)
    assert (state.have, state.calls, state.met) == (60, 2, True)
    assert state.evidence == (Evidence("review", 2), Evidence("review", 3))


def test_a_critical_error_stands_against_clearance_until_enough_calls_without_one() -> None:
    failed = at(Stage.INTERNSHIP, calls=(call(1, 0, critical=True), call(2, 90)))
    state = rules.all_conditions(PROGRAM, failed)[-1]
    assert (state.kind, state.met, state.have, state.need) == (ConditionKind.NO_CRITICAL, False, 1, 2)
    again = with_(failed, calls=(*failed.calls[1:], call(3, 0, critical=True)))
    assert rules.all_conditions(PROGRAM, again)[-1].have == 0
    assert state.evidence == (Evidence("review", 1),)
    better = with_(failed, calls=(*failed.calls, call(3, 90)))
    assert rules.all_conditions(PROGRAM, better)[-1].met


def test_a_sale_counts_once_it_is_confirmed() -> None:
    made = MadeSale(5, BEGIN.date() + timedelta(days=2), confirmed=False)
    waiting = of(at(Stage.INTERNSHIP, sales=(made,)), Stage.INTERNSHIP, ConditionKind.SALE)
    assert (waiting.met, waiting.waiting) == (False, True)
    assert of(
        at(Stage.INTERNSHIP, sales=(replace(made, confirmed=True),)), Stage.INTERNSHIP, ConditionKind.SALE
    ).met


def test_the_next_step_is_what_does_not_wait_for_others() -> None:
    submitted = Work(1, DeliverableKind.SPVE, 1, WorkState.SUBMITTED, 2)
    step = rules.next_step(PROGRAM, with_(beginning(), works=(submitted,)))
    assert step is not None
    assert step.kind is ConditionKind.REASONS
    assert rules.next_step(PROGRAM, at(Stage.STAFF)) is None


def test_everything_met_leads_on_and_internship_ends_by_a_decision_alone() -> None:
    works = tuple(Work(number, kind, 1, WorkState.ACCEPTED, 3) for number, kind in enumerate(DeliverableKind))
    done = with_(beginning(), works=works)
    assert rules.after(PROGRAM, done, Happening.CHANGED) == Move(Result.PASSED, Stage.TECHNIQUE, 1)
    sold = at(Stage.INTERNSHIP, sales=(MadeSale(1, BEGIN.date(), confirmed=True),))
    assert rules.after(PROGRAM, sold, Happening.CHANGED) is None


def test_a_failed_exam_leads_to_the_beginning() -> None:
    assert rules.after(PROGRAM, at(Stage.EXAM), Happening.EXAM_FAILED) == Move(
        Result.FAILED, Stage.PRODUCT, 2
    )
    later = rules.after(PROGRAM, at(Stage.COLD_PRACTICE), Happening.EXAM_FAILED)
    assert later == Move(Result.FAILED, Stage.PRODUCT, 2)


def test_what_overdue_decisions_and_revocation_do() -> None:
    here = at(Stage.INTERNSHIP)
    assert rules.after(PROGRAM, here, Happening.REPEAT) == Move(Result.REPEATED, Stage.PRODUCT, 2)
    assert rules.after(PROGRAM, here, Happening.PART) == Move(Result.PARTED, None, 1)
    assert rules.after(PROGRAM, here, Happening.REVOKED) is None
    assert rules.after(PROGRAM, at(Stage.STAFF), Happening.PART) is None


@pytest.mark.parametrize("stage", WAY)
def test_a_revocation_leads_back_to_the_stage_that_was_left(stage: Stage) -> None:
    granted = at(stage)
    staff = moved(granted, Move(Result.PASSED, Stage.STAFF, 1), 30)
    assert rules.after(PROGRAM, staff, Happening.REVOKED) == Move(Result.REVOKED, stage, 1)


def test_whoever_came_further_without_the_calls_of_a_stage_makes_them_where_he_is() -> None:
    """From leads that the stage of today allows; while its own calls were enough, later ones change nothing."""
    program = read({**PROGRAM_DOCUMENT, "stages": [*PROGRAM_DOCUMENT["stages"][:-1], INTERNSHIP]})
    later = [
        call(number, 80, stage=Stage.INTERNSHIP, lead_source=lead)
        for number, lead in enumerate(("warm", "cold", "warm"), start=5)
    ]

    def practice(*calls: ScoredCall) -> list[bool]:
        record = at(Stage.INTERNSHIP, calls=calls)
        return [state.met for state in rules.states_of_stage(program, record, Stage.COLD_PRACTICE)]

    assert practice(call(1, 80), *later[:2]) == [True, True]
    assert practice(call(1, 80), later[1]) == [False, False]  # cold calls are not for interns here
    own = (call(1, 90), call(2, 90))
    assert practice(*own, call(5, 0, stage=Stage.INTERNSHIP, lead_source="warm")) == [True, True]
    assert practice(call(5, 80, stage=Stage.STAFF, lead_source="warm"), later[0]) == [False, False]


def test_an_exam_that_was_passed_over_is_held_later() -> None:
    assert rules.exam_due(PROGRAM, at(Stage.TECHNIQUE)) is None
    assert rules.exam_due(PROGRAM, at(Stage.EXAM)) is PROGRAM.plan(Stage.EXAM)
    interns = at(Stage.INTERNSHIP)
    assert rules.exam_due(PROGRAM, interns) is PROGRAM.plan(Stage.EXAM)
    assert rules.exam_due(PROGRAM, with_(interns, exams=(HeldExam(1, 1, 1, 3.0, critical=False),))) is None
    assert rules.exam_due(PROGRAM, with_(interns, parted=True)) is None


def test_a_decision_against_the_computed_answer_needs_a_reason() -> None:
    missing = rules.missing_for_clearance(PROGRAM, at(Stage.INTERNSHIP))
    needs_reason = partial(rules.needs_reason, refused=False)
    assert missing
    assert needs_reason(ClearanceVerdict.GRANTED, missing)
    assert not needs_reason(ClearanceVerdict.REFUSED, missing)
    assert needs_reason(ClearanceVerdict.REFUSED, ())
    assert not needs_reason(ClearanceVerdict.GRANTED, ())
    assert needs_reason(ClearanceVerdict.REVOKED, ())
    assert rules.needs_reason(ClearanceVerdict.GRANTED, (), refused=True)


def internship(days: int | None = 7, *, working: bool = False) -> StagePlan:
    return StagePlan(
        stage=Stage.INTERNSHIP, title={"ru": "…"}, what={"ru": "…"}, days=days, working_days=working
    )


MONDAY = date(2026, 11, 2)


def spent(entered: date, prolonged_until: date | None = None) -> list[StageDays]:
    return [StageDays(entered, prolonged_until=prolonged_until)]


def test_the_day_of_entry_is_the_first() -> None:
    first = countdown(internship(), spent(MONDAY), MONDAY)
    assert first is not None
    assert (first.day, first.of, first.last_day, first.overdue) == (1, 7, date(2026, 11, 8), False)
    last = countdown(internship(), spent(MONDAY), date(2026, 11, 8))
    assert last is not None
    assert (last.day, last.overdue) == (7, False)
    late = countdown(internship(), spent(MONDAY), date(2026, 11, 9))
    assert late is not None
    assert (late.day, late.overdue) == (8, True)


def test_working_days_pass_over_weekends_and_holidays() -> None:
    """4 November is a holiday in Russia; 5 November is one of this company alone."""
    counted = countdown(internship(working=True), spent(MONDAY), date(2026, 11, 9))
    assert counted is not None
    assert (counted.day, counted.last_day) == (5, date(2026, 11, 11))
    longer = countdown(
        internship(working=True), spent(MONDAY), date(2026, 11, 9), holidays=[date(2026, 11, 5)]
    )
    assert longer is not None
    assert (longer.day, longer.last_day) == (4, date(2026, 11, 12))
    weekend = countdown(internship(working=True), spent(date(2026, 11, 7)), date(2026, 11, 7))
    assert weekend is not None
    assert (weekend.day, weekend.of) == (1, 7)


def test_a_saturday_that_is_worked_in_exchange_counts() -> None:
    """1 November 2025, a Saturday, was worked for Monday the 3rd; the 4th was a holiday."""
    counted = countdown(internship(3, working=True), spent(date(2025, 10, 31)), date(2025, 11, 4))
    assert counted is not None
    assert (counted.day, counted.last_day) == (2, date(2025, 11, 5))


def test_the_holidays_of_the_next_year_are_known_before_it_begins() -> None:
    """Of the last days of December and the first weeks of January only the latter bring working days."""
    entered = date(2026, 12, 30)
    counted = countdown(internship(3, working=True), spent(entered), entered)
    assert counted is not None
    assert counted.last_day > date(2027, 1, 10)


def test_a_prolongation_names_the_last_day_and_no_limit_no_countdown() -> None:
    longer = countdown(internship(), spent(MONDAY, date(2026, 11, 15)), date(2026, 11, 10))
    assert longer is not None
    assert (longer.day, longer.of, longer.overdue) == (9, 14, False)
    assert countdown(internship(None), spent(MONDAY), MONDAY) is None


@given(
    st.integers(1, 40),
    st.booleans(),
    st.dates(date(2026, 1, 1), date(2027, 1, 1)),
    st.integers(0, 90),
    st.sets(st.dates(date(2026, 1, 1), date(2027, 6, 1)), max_size=20),
)
def test_a_countdown_never_runs_backwards(
    days: int, working: bool, entered: date, later: int, holidays: set[date]
) -> None:
    plan, today = internship(days, working=working), entered + timedelta(days=later)
    now = countdown(plan, spent(entered), today, holidays)
    tomorrow = countdown(plan, spent(entered), today + timedelta(days=1), holidays)
    assert now is not None
    assert tomorrow is not None
    assert now.of == days
    assert 0 <= tomorrow.day - now.day <= 1
    assert now.overdue is (today > now.last_day)
    assert tomorrow.overdue or not now.overdue
    if today == now.last_day:
        assert now.day == days


@given(programs(), st.data())
def test_no_sequence_of_events_clears_anybody_with_an_unmet_condition_without_a_reason(
    program: Program, data: st.DataObject
) -> None:
    record = beginning()
    for number in range(2, data.draw(st.integers(2, 25))):
        record = data.draw(things(number, program, record))
        happening = data.draw(st.sampled_from(Happening))
        reason = data.draw(st.sampled_from(["", " ", "Знаю его десять лет"]))
        missing = rules.missing_for_clearance(program, record)
        move = rules.after(program, record, happening, reason=reason)
        if move is None:
            continue
        after = moved(record, move, number)
        if move.stage is Stage.STAFF:
            assert happening is Happening.GRANTED
            assert not missing or reason.strip()
        # History never shrinks; attempts only grow.
        assert after.stays[: len(record.stays) - 1] == record.stays[:-1]
        assert len(after.stays) >= len(record.stays)
        assert after.attempt >= record.attempt
        assert (after.attempt > record.attempt) is (move.result in {Result.FAILED, Result.REPEATED})
        record = after


@given(programs(), st.data())
def test_what_is_missing_is_exactly_what_is_not_met(program: Program, data: st.DataObject) -> None:
    record = beginning()
    for number in range(2, data.draw(st.integers(2, 15))):
        record = data.draw(things(number, program, record))
    every = rules.all_conditions(program, record)
    asked = sum(len(plan.conditions) for plan in program.stages) + len(program.clearance)
    assert len(every) == asked
    assert rules.missing_for_clearance(program, record) == tuple(each for each in every if not each.met)
    step = rules.next_step(program, record)
    assert step is None or not step.met
    assert (step is None) is (not rules.missing_for_clearance(program, record))


HAND = "by hand"


@given(programs(), st.data())
def test_from_every_state_ordinary_work_leads_to_clearance(program: Program, data: st.DataObject) -> None:
    """Whatever was decided and whatever happened before: nobody who works here stands where no way leads on.

    Also after moves by hand, past what the stages before ask for, or back to it. They clear nobody: what is missing
    stays so.
    """
    record = beginning()
    for number in range(2, data.draw(st.integers(2, 16))):
        record = data.draw(things(number, program, record))
        happened = data.draw(st.sampled_from([*Happening, Happening.GRANTED, Happening.REVOKED, HAND]))
        if happened == HAND:
            where = stages_by_hand(program, record)
            move = moved_by_hand(program, record, data.draw(st.sampled_from(where))) if where else None
            assert move is None or (move.stage in WAY and move.attempt == record.attempt)
        else:
            move = rules.after(program, record, Happening(happened), reason="Because")
        if move is not None:
            if happened is Happening.REVOKED:
                assert move.stage is record.stays[-2].stage
            missing = rules.missing_for_clearance(program, record)
            record = moved(record, move, number)
            assert happened != HAND or rules.missing_for_clearance(program, record) == missing
    if record.parted:
        return
    if record.now.stage is Stage.STAFF:
        revoked = rules.after(program, record, Happening.REVOKED)
        assert revoked is not None
        record = moved(record, revoked, 20)
    record = worked(program, record, 30)
    assert rules.missing_for_clearance(program, record) == ()
    assert record.now.stage is WAY[-1]
    granted = rules.after(program, record, Happening.GRANTED)
    assert granted is not None
    assert granted.stage is Stage.STAFF


def test_time_in_a_stage_goes_on_after_a_clearance_that_was_taken_away() -> None:
    """Left on its fifth day, entered again twenty days later: the fifth day goes on, and three are left."""
    back = MONDAY + timedelta(days=24)
    stretches = [StageDays(MONDAY, date(2026, 11, 6)), StageDays(back)]
    now = countdown(internship(), stretches, back)
    assert now is not None
    assert (now.day, now.of, now.last_day, now.overdue) == (5, 7, back + timedelta(days=2), False)
    assert days_spent(stretches, back) == 5
    late = [StageDays(MONDAY, date(2026, 11, 20)), StageDays(back)]
    over = countdown(internship(), late, back)
    assert over is not None
    assert (over.day, over.of, over.last_day, over.overdue) == (19, 7, date(2026, 11, 8), True)
    prolonged = [StageDays(MONDAY, date(2026, 11, 20), date(2026, 11, 22)), StageDays(back)]
    longer = countdown(internship(), prolonged, back)
    assert longer is not None
    assert (longer.day, longer.of, longer.last_day, longer.overdue) == (
        19,
        21,
        back + timedelta(days=2),
        False,
    )


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=4),
    st.integers(0, 9),
    st.integers(1, 30),
    st.booleans(),
)
def test_days_as_staff_neither_count_nor_are_forgotten(
    before: list[tuple[int, int]], here: int, days: int, working: bool
) -> None:
    """Where nobody was staff for a day, taking a clearance away changes nothing; otherwise the last day moves on."""
    stretches, entered = [], MONDAY
    for spent_here, away in before:
        left = entered + timedelta(days=spent_here)
        stretches.append(StageDays(entered, left))
        entered = left + timedelta(days=away)
    today = entered + timedelta(days=here)
    stretches.append(StageDays(entered))
    assert days_spent(stretches, today) == sum(spent_here for spent_here, _away in before) + here + 1
    plan = internship(days, working=working)
    now, never_left = countdown(plan, stretches, today), countdown(plan, [StageDays(MONDAY)], today)
    assert now is not None
    assert never_left is not None
    assert now.last_day >= never_left.last_day
    assert now.day <= never_left.day
    if not any(away for _here, away in before):
        assert now == never_left


def test_what_was_passed_over_by_a_clearance_does_not_look_passed() -> None:
    """From cold practice with conditions missing; the stages before it were gone through, and everything is met."""
    stays = tuple(
        replace(stay(number, stage, 1, BEGIN), result=Result.PASSED)
        for number, stage in enumerate(WAY[:3], start=1)
    )
    cold = stay(4, Stage.COLD_PRACTICE, 1, BEGIN)
    here = with_(beginning(), stays=(*stays, cold))
    granted = replace(cold, result=Result.GRANTED)
    cleared = with_(here, stays=(*stays, granted, stay(5, Stage.STAFF, 1, BEGIN)))
    assert list(rules.marks(PROGRAM, cleared).values()) == [StageMark.PASSED] * 3 + [StageMark.UNDONE] * 2
    assert list(rules.marks(PROGRAM, here).values()) == [StageMark.UNDONE] * 3 + [
        StageMark.NOW,
        StageMark.AHEAD,
    ]
