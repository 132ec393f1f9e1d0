"""Plans draw calls into the queue, on both databases."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.models import Call, Client
from qcapp.calls.states import RecordingState
from qcapp.checklists.models import Checklist
from qcapp.core.audit import AuditEntry
from qcapp.core.errors import Forbidden, Refused
from qcapp.reviews import service
from qcapp.reviews.calibration import service as calibrations
from qcapp.reviews.models import Review
from qcapp.reviews.queue import assignments, candidates, draws, plans, progress, tasks
from qcapp.reviews.queue.conditions import Conditions
from qcapp.reviews.queue.models import Assignment, PlanRun, SamplingPlan
from qcapp.reviews.queue.periods import span_of
from qcapp.reviews.queue.states import AssignmentState, Period, PlanKind, Shortage
from qcapp.settings import Settings
from qcapp.terms import Direction, LeadSource, Stage
from tests.factories.people import make_user
from tests.reviews.queue.conftest import MONDAY, NOW, drawn

CallOn = Callable[..., Call]
PlanOf = Callable[..., SamplingPlan]


@pytest.fixture(autouse=True)
def friday() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def managers_of(found: list[Assignment]) -> Counter[str]:
    return Counter(each.call.manager.name.split()[0] for each in found if each.call.manager)


def test_every_manager_gets_as_many_and_the_days_share(
    session: Session, people: SimpleNamespace, call_on: CallOn, plan_of: PlanOf
) -> None:
    for manager in (people.max, people.sveta):
        for day in range(5):
            for _number in range(4):
                call_on(manager, day)
    run = draws.draw(session, plan_of(5), MONDAY, by=people.lidia)
    found = drawn(session, run)
    assert managers_of(found) == {"Max": 5, "Sveta": 5}
    for name in ("Max", "Sveta"):
        days = {each.call.started_at.date() for each in found if each.call.manager.name.startswith(name)}
        assert len(days) == 5
    assert run.shortfalls == []
    assert {each.due_at for each in found} == {datetime(2026, 11, 25, 21, tzinfo=UTC)}


def test_drawing_again_adds_nothing_and_the_seed_repeats_the_draw(
    session: Session, people: SimpleNamespace, call_on: CallOn, plan_of: PlanOf
) -> None:
    for day in (0, 1, 2):
        for _number in range(5):
            call_on(people.max, day)
    plan = plan_of(4)
    first = draws.draw(session, plan, MONDAY, by=people.lidia)
    calls = {each.call_id for each in drawn(session, first)}
    assert draws.draw(session, plan, MONDAY + timedelta(days=3), by=people.lidia) is first
    assert {each.call_id for each in drawn(session, first)} == calls
    for each in drawn(session, first):
        session.delete(each)
    session.flush()
    again = draws.draw(session, plan, MONDAY, by=people.lidia)
    assert {each.call_id for each in drawn(session, again)} == calls


def test_a_worker_draws_the_share_of_the_days_that_are_over(
    session: Session, people: SimpleNamespace, call_on: CallOn, plan_of: PlanOf
) -> None:
    for day in range(5):
        for _number in range(3):
            call_on(people.max, day)
    plan = plan_of(7)
    with time_machine.travel(NOW - timedelta(days=3), tick=False):  # Tuesday
        run = draws.draw(session, plan, MONDAY)
        assert [each.call.started_at.day for each in drawn(session, run)] == [16]
    run = draws.draw(session, plan, MONDAY)  # Friday: Monday to Thursday are over
    assert Counter(each.call.started_at.day for each in drawn(session, run)) == {16: 1, 17: 1, 18: 1, 19: 1}
    with time_machine.travel(NOW + timedelta(days=3), tick=False):
        assert len(drawn(session, draws.draw(session, plan, MONDAY))) == 7


@pytest.mark.parametrize(
    ("asked", "fits"),
    [
        ({"shortest_s": 60}, {"talk_s": 60}),
        ({"longest_s": 600}, {"talk_s": 599}),
        ({"direction": Direction.IN}, {"direction": Direction.IN}),
        ({"lead_source": LeadSource.HOT}, {"lead_source": LeadSource.HOT}),
        ({"outcome": "Отказ"}, {"outcome": "Отказ"}),
        ({"tag": "тендер"}, {"tags": ["тендер"]}),
        ({"stages": (Stage.EXAM, Stage.INTERNSHIP)}, {"stage": Stage.INTERNSHIP}),
    ],
)
def test_only_calls_that_meet_the_conditions_are_drawn(
    session: Session,
    people: SimpleNamespace,
    call_on: CallOn,
    plan_of: PlanOf,
    asked: dict[str, object],
    fits: dict[str, object],
) -> None:
    wanted = call_on(people.max, 0, **fits)
    call_on(people.max, 0, talk_s=59 if "shortest_s" in asked else 600)
    run = draws.draw(session, plan_of(5, **asked), MONDAY, by=people.lidia)
    assert [each.call_id for each in drawn(session, run)] == [wanted.id]
    short = {each["manager_id"]: each for each in run.shortfalls}
    assert short[people.max.id] == {
        "manager_id": people.max.id,
        "wanted": 5,
        "found": 1,
        "why": Shortage.USED_UP,
    }
    assert short[people.sveta.id]["why"] == Shortage.NO_CALLS


def test_teams_and_categories_narrow_a_plan(
    session: Session, people: SimpleNamespace, call_on: CallOn, plan_of: PlanOf
) -> None:
    big = Client(phone="+74970140001", category="B")
    wanted = call_on(people.max, 0, client=big)
    call_on(people.max, 0, client=Client(phone="+74970140002", category="A"))
    call_on(people.sveta, 0, client=big)
    plan = plan_of(5, teams=(people.north.id,), category="B")
    run = draws.draw(session, plan, MONDAY, by=people.lidia)
    assert [each.call_id for each in drawn(session, run)] == [wanted.id]
    assert {each["manager_id"] for each in run.shortfalls} == {people.max.id}


def test_calls_that_cannot_be_scored_or_are_somebodys_already_are_left_alone(
    session: Session,
    people: SimpleNamespace,
    call_on: CallOn,
    plan_of: PlanOf,
    checklist: Checklist,
    queued: Callable[..., Assignment],
) -> None:
    call_on(people.max, 0, transcribed=False)
    call_on(people.max, 0, recorded=False)
    call_on(None, 0)
    queued(call_on(people.max, 1))
    service.begin_review(session, call_on(people.max, 2), checklist, by=people.kira)
    call_on(people.max, -1)
    call_on(people.max, 7)
    run = draws.draw(session, plan_of(5), MONDAY, by=people.lidia)
    assert drawn(session, run) == []
    short = {each["manager_id"]: each for each in run.shortfalls}
    assert short[people.max.id]["why"] == Shortage.NOT_TRANSCRIBED
    assert short[people.max.id]["found"] == 1  # the one put in by hand


def test_a_call_that_is_being_calibrated_is_drawn_only_afterwards(
    session: Session, people: SimpleNamespace, call_on: CallOn, plan_of: PlanOf, checklist: Checklist
) -> None:
    call = call_on(people.max, 0)
    calibration = calibrations.plan_calibration(
        session,
        title="November",
        version=checklist.versions[-1],
        calls=[call],
        reviewers=[people.kira, people.lidia],
        due_at=NOW + timedelta(days=1),
        by=people.lidia,
    )
    plan = plan_of(1)
    assert drawn(session, draws.draw(session, plan, MONDAY, by=people.lidia)) == []
    calibrations.cancel(session, calibration, by=people.lidia, reason="not needed")
    run = draws.draw(session, plan, MONDAY, by=people.lidia)
    assert [each.call_id for each in drawn(session, run)] == [call.id]


def test_what_people_score_by_hand_counts(
    session: Session,
    people: SimpleNamespace,
    call_on: CallOn,
    plan_of: PlanOf,
    checklist: Checklist,
    publish: Callable[..., Review],
) -> None:
    for day in range(4):
        call_on(people.max, day)
    publish(call_on(people.max, 0), people.kira)
    publish(call_on(people.max, 1, talk_s=10), people.kira)  # outside the conditions: does not count
    plan = plan_of(3, shortest_s=60)
    run = draws.draw(session, plan, MONDAY, by=people.lidia)
    found = drawn(session, run)
    assert managers_of(found) == {"Max": 2}
    assert 16 not in {each.call.started_at.day for each in found}  # Monday has given one already


def test_two_plans_draw_different_calls_and_do_not_count_each_other(
    session: Session, people: SimpleNamespace, call_on: CallOn, plan_of: PlanOf
) -> None:
    for _number in range(6):
        call_on(people.max, 0)
    runs = [draws.draw(session, plan_of(3), MONDAY, by=people.lidia) for _plan in range(2)]
    calls = [{each.call_id for each in drawn(session, run)} for run in runs]
    assert [len(each) for each in calls] == [3, 3]
    assert not calls[0] & calls[1]


def test_a_removed_call_is_replaced_and_remembered(
    session: Session, people: SimpleNamespace, call_on: CallOn, plan_of: PlanOf
) -> None:
    for day in range(4):
        call_on(people.max, day)
    plan = plan_of(3)
    run = draws.draw(session, plan, MONDAY, by=people.lidia)
    gone = drawn(session, run)[0]
    assignments.remove(session, gone, reason="Автоответчик", by=people.lidia)
    tasks_refill(session, run)
    found = drawn(session, run)
    assert [each.state for each in found].count(AssignmentState.WAITING) == 3
    assert found[-1].replaces is gone
    assert gone.why == "Автоответчик"
    assert gone.call_id not in {each.call_id for each in found if each is not gone}
    tasks_refill(session, run)
    assert len(drawn(session, run)) == 4


def tasks_refill(session: Session, run: PlanRun) -> None:
    """As the job does, inside the test's transaction."""
    draws.draw(session, run.plan, run.first_day)


def test_an_unusable_call_is_taken_out_and_replaced(
    session: Session, people: SimpleNamespace, call_on: CallOn, plan_of: PlanOf
) -> None:
    for day in range(3):
        call_on(people.max, day)
    run = draws.draw(session, plan_of(2), MONDAY, by=people.lidia)
    broken = drawn(session, run)[0]
    assert broken.call.recording is not None
    broken.call.recording.state = RecordingState.FAILED
    session.flush()
    tasks_refill(session, run)
    states = Counter(each.state for each in drawn(session, run))
    assert states == {AssignmentState.REMOVED: 1, AssignmentState.WAITING: 2}
    assert broken.why


def test_calls_go_to_the_named_reviewers_evenly_and_never_to_somebody_related(
    session: Session, people: SimpleNamespace, call_on: CallOn, plan_of: PlanOf
) -> None:
    people.kira.team = people.north
    for manager in (people.max, people.sveta):
        for _number in range(4):
            call_on(manager, 0)
    plan = plan_of(4, {"reviewers": (people.kira, people.lidia)})
    found = drawn(session, draws.draw(session, plan, MONDAY, by=people.lidia))
    given = Counter((each.call.manager.name, each.reviewer.name) for each in found)
    assert given == {("Max Manager", "Lidia Lead"): 4, ("Sveta South", "Kira Control"): 4}


def test_a_score_band_asks_for_managers_with_such_an_average(
    session: Session,
    people: SimpleNamespace,
    call_on: CallOn,
    plan_of: PlanOf,
    publish: Callable[..., Review],
    settings: Settings,
) -> None:
    with time_machine.travel(NOW - timedelta(days=30), tick=False):
        for _number in range(settings.enough_reviews):
            publish(call_on(people.max, -30), people.kira)  # 100 %
    for manager in (people.max, people.sveta):
        call_on(manager, 0)
    good = draws.draw(session, plan_of(1, score_from=90.0), MONDAY, by=people.lidia)
    assert managers_of(drawn(session, good)) == {"Max": 1}
    bad = draws.draw(session, plan_of(1, score_below=60.0), MONDAY, by=people.lidia)
    assert drawn(session, bad) == []


def test_a_plan_of_contacts_queues_all_calls_of_the_picked_clients(
    session: Session, people: SimpleNamespace, call_on: CallOn, plan_of: PlanOf
) -> None:
    clients = [Client(phone=f"+7497014{number:04}", category="B") for number in range(5)]
    for client in clients:
        for day in range(3):
            call_on(people.max, day, client=client)
    plan = plan_of(2, {"kind": PlanKind.CONTACTS, "period": Period.MONTH}, category="B")
    run = draws.draw(session, plan, MONDAY, by=people.lidia)
    found = drawn(session, run)
    picked = Counter(each.client_id for each in found)
    assert list(picked.values()) == [3, 3]
    call_on(people.max, 4, client=next(each for each in clients if each.id in picked))
    draws.draw(session, plan, MONDAY, by=people.lidia)
    assert Counter(each.client_id for each in drawn(session, run)).total() == 7
    line = next(each for each in progress.progress(session, plan, span_of(Period.MONTH, MONDAY)).managers)
    assert (line.manager.name, line.clients, line.tally.drawn) == ("Max Manager", 2, 7)


def test_progress_counts_by_manager_and_reviewer(
    session: Session,
    people: SimpleNamespace,
    call_on: CallOn,
    plan_of: PlanOf,
    publish: Callable[..., Review],
) -> None:
    for day in range(3):
        call_on(people.max, day)
    plan = plan_of(2)
    run = draws.draw(session, plan, MONDAY, by=people.lidia)
    publish(drawn(session, run)[0].call, people.kira)
    with time_machine.travel(NOW + timedelta(days=30), tick=False):
        found = progress.progress(session, plan, span_of(Period.WEEK, MONDAY))
    max_line = next(line for line in found.managers if line.manager is people.max)
    tally = max_line.tally
    assert (max_line.planned, tally.drawn, tally.done, tally.overdue) == (2, 2, 1, 1)
    assert [(user.name if user else None, each.done, each.open) for user, each in found.reviewers] == [
        ("Kira Control", 1, 0),
        (None, 0, 1),
    ]
    assert max_line.by_hand == 0


def test_what_is_drawn_of_a_past_period_is_due_from_its_draw_and_not_overdue_at_once(
    session: Session, people: SimpleNamespace, call_on: CallOn, plan_of: PlanOf
) -> None:
    for day in range(3):
        call_on(people.max, day)
    plan = plan_of(2)
    with time_machine.travel(NOW + timedelta(days=30), tick=False):
        run = draws.draw(session, plan, MONDAY, by=people.lidia)
        first = drawn(session, run)
        assert {each.due_at for each in first} == {datetime(2026, 12, 23, 21, tzinfo=UTC)}
        assert progress.progress(session, plan, span_of(Period.WEEK, MONDAY)).total.overdue == 0
    with time_machine.travel(NOW + timedelta(days=40), tick=False):
        assignments.remove(session, first[0], reason="Автоответчик", by=people.lidia)
        draws.draw(session, plan, MONDAY, by=people.lidia)
        (instead,) = set(drawn(session, run)) - set(first)
        assert instead.due_at == datetime(2027, 1, 2, 21, tzinfo=UTC)


def test_the_count_in_the_form_is_what_a_draw_finds(
    session: Session, people: SimpleNamespace, call_on: CallOn, settings: Settings
) -> None:
    for manager in (people.max, people.sveta):
        call_on(manager, 0)
    call_on(people.max, 1, talk_s=5)
    span = span_of(Period.WEEK, MONDAY)
    assert candidates.fit(session, Conditions(shortest_s=60), span, settings.zone) == candidates.Fit(2, 2, 0)


def test_the_job_draws_open_plans_and_finishes_the_period_before(
    session: Session, people: SimpleNamespace, call_on: CallOn, plan_of: PlanOf
) -> None:
    for day in range(14):
        call_on(people.max, day)
    plan_of(7)
    stopped = plan_of(7)
    plans.stop_plan(session, stopped, by=people.lidia)
    session.commit()
    with time_machine.travel(NOW + timedelta(days=4), tick=False):  # Tuesday of the next week
        tasks.draw_due()
        tasks.draw_due()
    runs = session.scalars(select(PlanRun).order_by(PlanRun.first_day)).all()
    assert [(run.first_day.day, len(drawn(session, run))) for run in runs] == [(16, 7), (23, 1)]


def test_a_plan_keeps_its_kind_once_it_has_drawn(
    session: Session, people: SimpleNamespace, plan_of: PlanOf
) -> None:
    plan = plan_of(2)
    terms = plans.PlanTerms("Other", PlanKind.CALLS, Period.MONTH, 3, Conditions(shortest_s=30))
    plans.change_plan(session, plan, terms, by=people.lidia)
    assert (plan.name, plan.period, plan.conditions) == ("Other", Period.MONTH, {"shortest_s": 30})
    draws.draw(session, plan, MONDAY, by=people.lidia)
    with pytest.raises(Refused, match="kind and period stay"):
        plans.change_plan(
            session,
            plan,
            plans.PlanTerms("Other", PlanKind.CALLS, Period.DAY, 3, Conditions()),
            by=people.lidia,
        )


def test_a_stopped_plan_draws_nothing_until_it_is_resumed(
    session: Session, people: SimpleNamespace, plan_of: PlanOf
) -> None:
    plan = plans.stop_plan(session, plan_of(2), by=people.lidia)
    with pytest.raises(Refused, match="stopped"):
        draws.draw(session, plan, MONDAY, by=people.lidia)
    plans.resume_plan(session, plan, by=people.lidia)
    draws.draw(session, plan, MONDAY, by=people.lidia)
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert [each for each in actions if each.startswith("plan_")] == [
        "plan_made",
        "plan_stopped",
        "plan_resumed",
        "plan_drawn",
    ]


@pytest.mark.parametrize("name", ["kira", "roman", "max", "olga", "anna"])
def test_only_the_lead_plans(session: Session, people: SimpleNamespace, plan_of: PlanOf, name: str) -> None:
    plan, who = plan_of(2), getattr(people, name)
    terms = plans.PlanTerms("Mine", PlanKind.CALLS, Period.WEEK, 1, Conditions())
    for deed in (
        lambda: plans.create_plan(session, terms, by=who),
        lambda: plans.change_plan(session, plan, terms, by=who),
        lambda: plans.stop_plan(session, plan, by=who),
        lambda: draws.draw(session, plan, MONDAY, by=who),
    ):
        with pytest.raises(Forbidden):
            deed()


def test_a_plan_says_what_is_wrong_with_it(
    session: Session, people: SimpleNamespace, plan_of: PlanOf
) -> None:
    with pytest.raises(Refused, match=r"longer than the shortest.*above the lower.*Max Manager cannot score"):
        plan_of(
            1, {"reviewers": (people.max,)}, shortest_s=60, longest_s=60, score_from=50.0, score_below=40.0
        )


def test_former_managers_are_not_drawn(
    session: Session, people: SimpleNamespace, call_on: CallOn, plan_of: PlanOf
) -> None:
    gone = make_user(session, "Gleb Gone", people.max.role, people.north)
    gone.active = False
    call_on(gone, 0)
    run = draws.draw(session, plan_of(1), MONDAY, by=people.lidia)
    assert drawn(session, run) == []
