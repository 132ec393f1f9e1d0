"""Somebody dismissed begins once more: what was made before is history, counts for nothing and clears nobody."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from qcapp.calls.events import CallNoted
from qcapp.calls.models import Call
from qcapp.callscripts.models import ScriptDraft
from qcapp.core import clock, events, local
from qcapp.core.errors import Refused
from qcapp.onboarding import stages
from qcapp.onboarding.board import queries as board
from qcapp.onboarding.clearance import leads
from qcapp.onboarding.clearance.service import possible
from qcapp.onboarding.current import earlier_ones, span_of
from qcapp.onboarding.exams.models import Exam
from qcapp.onboarding.models import ClearanceDecision, Trainee
from qcapp.onboarding.personal import HOLDS
from qcapp.onboarding.sales.models import Sale
from qcapp.onboarding.states import Result
from qcapp.onboarding.work.models import Deliverable, LessonDone
from qcapp.people.models import Notice
from qcapp.reviews.models import Review
from qcapp.terms import ClearanceVerdict, LeadSource, Stage
from tests.conftest import OneConnection
from tests.factories.calls import make_call
from tests.onboarding.on_the_way import make_trainee, program_version
from tests.onboarding.ordinary_work import Labour, afresh, few

START = datetime(2026, 10, 6, 7, 12, tzinfo=UTC)
DECISIONS = (
    "on",
    "back",
    "begin",
    "begin_on_the_last_day",
    "part",
    "repeat",
    "close",
    "reopen",
    "grant",
    "revoke",
    "declare",
)
WORK = (
    "write",
    "accept",
    "learn",
    "draft",
    "approve",
    "examine",
    "call",
    "score",
    "sell",
    "confirm",
    "work_on",
)
AND_BACK = (
    "draft",
    "repeat",
    "write",
    "call",
    "sell",
    "part",
    "begin",
    "approve",
    "accept",
    "score",
    "confirm",
)
AND_BACK += ("on", "on", "on", "on", "back", "grant", "close", "reopen", "begin", "on")
TIMES = {
    "work": lambda session, key: session.get_one(Deliverable, key).submitted_at,
    "lesson": lambda session, key: session.get_one(LessonDone, key).at,
    "draft": lambda session, key: session.get_one(ScriptDraft, key).submitted_at,
    "exam": lambda session, key: session.get_one(Exam, key).started_at,
    "review": lambda session, key: session.get_one(Review, key).call.started_at,
    "sale": lambda session, key: session.get_one(Sale, key).entered_at,
}
"""When what speaks for a condition was made."""


@pytest.fixture
def labour(session: Session, people: SimpleNamespace) -> Iterator[Labour]:
    with time_machine.travel(START, tick=False) as now:
        yield Labour(session, people, now)


def done(labour: Labour, *deeds: str) -> None:
    for deed in deeds:
        assert labour.do(deed), deed


def test_nothing_made_before_counts_and_the_clearance_is_gone(labour: Labour) -> None:
    done(labour, "begin", "work_on", "grant")
    assert labour.standing.cleared
    done(labour, "revoke", "part", "begin")
    standing = labour.standing
    assert (standing.stage, standing.cleared) == (Stage.PRODUCT, False)
    assert [(state.kind, state.have or 0) for state in standing.states if state.met or state.have] == []
    [before] = earlier_ones(labour.session, labour.trainee)
    assert before.stages[-1].result is Result.PARTED
    assert [each.verdict for each in before.decisions] == [ClearanceVerdict.GRANTED, ClearanceVerdict.REVOKED]
    assert labour.session.scalars(select(Exam.trainee_id)).one() == before.id


@hypothesis_settings(few, max_examples=4)
@example([*AND_BACK])
@given(deeds=st.lists(st.sampled_from([*DECISIONS, *WORK]), max_size=14))
def test_whatever_happens_nobody_is_cleared_by_an_earlier_onboarding(
    database: OneConnection, people: SimpleNamespace, app: object, deeds: list[str]
) -> None:
    """And from wherever it has led, ordinary work leads to clearance."""
    with time_machine.travel(START, tick=False) as now, afresh(database, people) as (session, cast):
        labour = Labour(session, cast, now)
        for deed in ("begin", "work_on", *deeds):
            labour.do(deed)
            _demand_sound(labour)
        labour.do("reopen")
        if labour.standing.cleared:
            done(labour, "revoke")
        if not labour.standing.trainee or not labour.standing.works_here:
            done(labour, "begin")
        for _day in range(3):
            if labour.standing.missing:
                labour.do("work_on")
        assert labour.standing.missing == ()
        _demand_sound(labour)
        assert not labour.standing.cleared
        done(labour, "grant")
        assert labour.standing.cleared


def _demand_sound(labour: Labour) -> None:
    session, standing = labour.session, labour.standing
    assert labour.open_ones() <= 1
    decided = select(ClearanceDecision).where(ClearanceDecision.manager_id == labour.max.id)
    last = session.scalars(decided.order_by(ClearanceDecision.id.desc())).first()
    if standing.cleared:
        assert last is not None
        assert last.verdict in (ClearanceVerdict.GRANTED, ClearanceVerdict.DECLARED)
        assert last.trainee_id == (standing.trainee and standing.trainee.id)
    if standing.trainee is not None and (after := span_of(session, standing.trainee).after) is not None:
        for state in standing.states:
            for each in state.evidence:
                assert TIMES[each.kind](session, each.id) > after


def test_a_sale_of_the_day_on_which_the_earlier_one_ended_belongs_to_that_one(labour: Labour) -> None:
    done(labour, "begin", "sell", "part", "begin", "confirm")
    assert not labour.do("sell")
    with pytest.raises(Refused, match=r"7 Oct 2026"):
        labour.sell()
    assert [state.have for state in labour.standing.states if state.kind == "sale"] == [0]


def test_another_one_begins_after_the_end_of_the_earlier_one(labour: Labour) -> None:
    done(labour, "begin")
    with pytest.raises(Refused, match="begun already"):
        labour.begin()
    done(labour, "part")
    yesterday = local.today() - timedelta(days=1)
    with pytest.raises(Refused, match=r"until 6 Oct 2026"):
        stages.begin_onboarding(
            labour.session,
            labour.max,
            by=labour.people.hanna,
            program=labour.program,
            started_on=yesterday,
            reason="Попросился обратно",
        )
    ended = labour.trainee.parted_at
    labour.now.shift(timedelta(days=2))
    done(labour, "begin_on_the_last_day")
    assert labour.trainee.stages[0].entered_at == ended


def test_whoever_was_dismissed_goes_on_or_begins_once_more(labour: Labour) -> None:
    done(labour, "begin", "close")
    assert not labour.do("begin")
    done(labour, "reopen")
    kinds = select(Notice.kind).where(Notice.user_id == labour.people.hanna.id)
    assert "manager_back" in labour.session.scalars(kinds).all()
    assert labour.standing.stage is Stage.PRODUCT
    done(labour, "begin")
    [before] = earlier_ones(labour.session, labour.trainee)
    assert (before.stages[-1].result, before.parted_at) == (Result.BEGUN_ANEW, before.stages[-1].left_at)
    assert not labour.do("begin")


def test_an_interruption_does_not_end_what_is_cleared_again(labour: Labour) -> None:
    done(labour, "begin", "grant", "close", "reopen", "grant")
    assert not labour.do("begin")
    assert labour.standing.cleared


def test_an_interruption_is_over_with_the_next_stage(labour: Labour) -> None:
    done(labour, "begin", "close", "reopen", "on")
    labour.now.shift(timedelta(days=1))
    assert not labour.do("begin")
    done(labour, "grant", "revoke")
    assert not labour.do("begin")
    assert earlier_ones(labour.session, labour.trainee) == []


def test_what_goes_on_ends_for_a_reason_that_manager_coach_and_head_are_told(labour: Labour) -> None:
    people, session = labour.people, labour.session
    done(labour, "begin", "grant", "close", "reopen")
    stages.choose_coach(session, labour.trainee, people.tanya, by=people.hanna)
    session.commit()
    with pytest.raises(Refused, match="Say why"):
        stages.begin_onboarding(session, labour.max, by=people.hanna, program=labour.program)
    session.rollback()
    done(labour, "begin")
    told = select(Notice).where(Notice.kind.in_(("begun_anew", "trainee_begun_anew")))
    assert {(each.user.login, each.facts["why"]) for each in session.scalars(told)} == {
        (login, "Долго не было") for login in ("max", "roman", "tanya")
    }


def test_the_database_knows_one_onboarding_that_goes_on(session: Session, people: SimpleNamespace) -> None:
    make_trainee(session, people.max)
    with pytest.raises(IntegrityError):
        make_trainee(session, people.max)


def test_who_was_dismissed_is_not_declared_staff_instead(labour: Labour) -> None:
    done(labour, "declare", "begin", "part")
    assert possible(labour.standing) == ()
    assert not labour.standing.cleared


def test_board_and_weeks_know_both(labour: Labour) -> None:
    done(labour, "begin", "work_on", "part")
    session, today = labour.session, local.today()
    assert [
        row.trainee
        for row in board.board(session, board.BoardFilter(gone=True), today, by=labour.people.olga)
    ]
    labour.now.shift(timedelta(days=14))
    done(labour, "begin")
    today = local.today()
    assert board.board(session, board.BoardFilter(gone=True), today, by=labour.people.olga) == []
    [row] = board.board(session, board.BoardFilter(), today, by=labour.people.olga)
    assert (row.trainee, row.first_sale) == (labour.trainee, None)
    second, first = board.cohorts_of(session, board.Together(), today, by=labour.people.olga)
    assert (first.sold.n, first.now) == (1, {"on_the_way": 1})
    assert (second.sold.n, second.now) == (0, {"on_the_way": 1})


def test_a_sale_of_the_day_on_which_one_ends_and_another_begins_is_the_earlier_ones(labour: Labour) -> None:
    done(labour, "begin", "sell", "confirm", "part", "begin")
    [week] = board.cohorts_of(labour.session, board.Together(), local.today(), by=labour.people.olga)
    assert (week.n, week.sold.n) == (1, 1)


def test_a_lead_is_judged_by_the_program_of_its_day(labour: Labour) -> None:
    """In the earlier onboarding cold leads were allowed from the first day; the program of today allows none."""
    session = labour.session
    open_ = labour.program.document | {"key": "open"}
    open_["stages"] = [plan | {"lead_sources": ["cold"]} for plan in open_["stages"]]
    strict, labour.program = labour.program, program_version(session, open_)
    done(labour, "begin")
    at = clock.now()
    done(labour, "part")
    labour.program = strict
    done(labour, "begin")
    for moment in (at, clock.now()):
        made = make_call(session, labour.max, lead_source=LeadSource.COLD, started_at=moment)
        events.emit(session, CallNoted(made.id))
    flagged, _older = leads.flags(session, labour.people.olga)
    assert [each.call.started_at for each in flagged] == [clock.now()]


def test_calls_of_an_earlier_onboarding_are_held_no_longer(labour: Labour) -> None:
    done(labour, "begin", "work_on")
    held = HOLDS[0].calls
    [call] = labour.session.scalars(select(Call).where(Call.role_play.is_(False)))
    assert labour.session.scalars(held()).all() == [call.id]
    done(labour, "part", "begin")
    assert labour.session.scalars(held()).all() == []
    assert labour.session.scalars(select(Trainee.id)).all() != []
