"""Calls in the queue: assigned, taken, given back, handed on, taken out, done; on both databases."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qcapp.calls.models import Call, Client
from qcapp.checklists.card import AppliesTo
from qcapp.checklists.models import Checklist
from qcapp.checklists.scoring import Answer
from qcapp.checklists.service import load_card
from qcapp.core import clock, local
from qcapp.core.audit import AuditEntry
from qcapp.core.autosave import Seen
from qcapp.core.errors import Forbidden, Refused
from qcapp.people.models import Notice, User
from qcapp.reviews import scheduling, service
from qcapp.reviews.models import Review
from qcapp.reviews.queue import assignments, claims, draws, queries
from qcapp.reviews.queue.models import Assignment, SamplingPlan
from qcapp.reviews.queue.states import AssignmentState, Period, PlanKind
from qcapp.settings import Settings
from qcapp.terms import Role
from tests.factories.calls import make_call
from tests.factories.people import make_user
from tests.reviews.conftest import CARD, GOOD, draft

Queued = Callable[..., Assignment]


def review_of(session: Session, assignment: Assignment, by: User) -> Review:
    return claims.begin(session, assignment, by=by)


def write(session: Session, review: Review, answers: dict[str, Answer] | None = None) -> None:
    service.save_draft(
        session, review, draft(review, answers or {"hello": Answer("yes")}), by=review.reviewer
    )


def actions(session: Session) -> list[str]:
    found = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    return [each for each in found if each.startswith("call_")]


def test_next_is_ones_own_first_then_the_urgent_then_the_earlier_due(
    session: Session, people: SimpleNamespace, more_calls: list[Call], queued: Queued
) -> None:
    late, soon, urgent, own, others = (
        queued(more_calls[0], due_at=clock.now() + timedelta(days=5)),
        queued(more_calls[1], due_at=clock.now() + timedelta(days=1)),
        queued(more_calls[2], priority=1, due_at=clock.now() + timedelta(days=9)),
        queued(more_calls[3], people.kira, due_at=clock.now() + timedelta(days=9)),
        queued(more_calls[4], people.lidia),
    )
    taken = []
    for _number in range(3):
        assignment = claims.take_next(session, by=people.kira)
        assert assignment is not None
        write(session, review_of(session, assignment, people.kira))
        taken.append(assignment)
    assert taken == [own, urgent, soon]
    assert late.state is AssignmentState.WAITING
    assert others.state is AssignmentState.WAITING


def test_taking_begins_the_review_and_a_double_click_brings_the_same_call(
    session: Session, people: SimpleNamespace, more_calls: list[Call], queued: Queued
) -> None:
    for call in more_calls:
        queued(call)
    first = claims.take_next(session, by=people.kira)
    assert first is not None
    assert (first.state, first.reviewer) == (AssignmentState.TAKEN, people.kira)
    assert review_of(session, first, people.kira).call_id == first.call_id
    assert claims.take_next(session, by=people.kira) is first
    assert session.scalar(select(func.count()).select_from(Review)) == 1
    assert actions(session)[-1] == "call_taken"


def test_only_whoever_has_taken_a_call_begins_its_review(
    session: Session, people: SimpleNamespace, more_calls: list[Call], queued: Queued
) -> None:
    waiting, taken = queued(more_calls[0], people.kira), queued(more_calls[1])
    claims.take(session, taken, by=people.lidia)
    for assignment in (waiting, taken):
        with pytest.raises(Refused, match="Take this call first"):
            claims.begin(session, assignment, by=people.kira)
    assert session.scalars(select(Review.reviewer_id)).all() == [people.lidia.id]


def test_nobody_holds_more_calls_than_the_limit(
    session: Session, people: SimpleNamespace, more_calls: list[Call], queued: Queued, settings: Settings
) -> None:
    for call in more_calls:
        queued(call)
    for _number in range(settings.claim_limit):
        assignment = claims.take_next(session, by=people.kira)
        assert assignment is not None
        write(session, review_of(session, assignment, people.kira))
    with pytest.raises(Refused, match="3 calls in hand"):
        claims.take_next(session, by=people.kira)
    waiting = session.scalars(select(Assignment).where(Assignment.state == AssignmentState.WAITING)).all()
    with pytest.raises(Refused, match="3 calls in hand"):
        claims.take(session, waiting[0], by=people.kira)
    assert claims.take_next(session, by=people.lidia) is not None


def test_a_review_that_waits_to_be_published_is_no_longer_in_hand(
    session: Session, people: SimpleNamespace, more_calls: list[Call], queued: Queued
) -> None:
    assignment = claims.take(session, queued(more_calls[0]), by=people.kira)
    review = review_of(session, assignment, people.kira)
    write(session, review, GOOD)
    assert queries.numbers(session, people.kira).taken == 1
    scheduling.schedule_review(session, review, clock.now() + timedelta(hours=2), by=people.kira)
    assert queries.numbers(session, people.kira).taken == 0


def test_nobody_gets_calls_of_his_own_team_nor_his_own(
    session: Session, people: SimpleNamespace, queued: Queued, checklist: Checklist
) -> None:
    people.kira.team = people.north
    session.flush()
    of_max = queued(make_call(session, people.max))
    of_kira = queued(make_call(session, people.kira))
    assert claims.take_next(session, by=people.kira) is None
    for each in (of_max, of_kira):
        with pytest.raises(Forbidden, match="Nobody scores"):
            claims.take(session, each, by=people.kira)
    with pytest.raises(Refused, match="own team"):
        queued(make_call(session, people.max), people.kira)
    other = queued(make_call(session, people.sveta))
    assert claims.take_next(session, by=people.kira) is other


def test_what_one_has_scored_already_is_not_offered_again(
    session: Session,
    people: SimpleNamespace,
    more_calls: list[Call],
    queued: Queued,
    publish: Callable[..., Review],
) -> None:
    publish(more_calls[0], people.kira)
    second = queued(more_calls[0])  # a second opinion
    assert claims.take_next(session, by=people.kira) is None
    assert claims.take_next(session, by=people.lidia) is second


def test_publishing_closes_the_place_in_the_queue_whoever_scored(
    session: Session,
    people: SimpleNamespace,
    more_calls: list[Call],
    queued: Queued,
    publish: Callable[..., Review],
) -> None:
    assignment = claims.take(session, queued(more_calls[0]), by=people.kira)
    review = publish(more_calls[0], people.kira)
    assert (assignment.state, assignment.review) == (AssignmentState.DONE, review)
    by_hand = queued(more_calls[1], people.lidia)
    publish(more_calls[1], people.kira)
    assert (by_hand.state, by_hand.reviewer) == (AssignmentState.DONE, people.kira)
    assert actions(session).count("call_done") == 2


def test_beginning_by_hand_takes_the_call_out_of_everybodys_reach(
    session: Session, people: SimpleNamespace, more_calls: list[Call], queued: Queued, checklist: Checklist
) -> None:
    assignment = queued(more_calls[0])
    review = claims.begin_by_hand(session, more_calls[0], checklist, by=people.kira)
    assert review.call_id == more_calls[0].id
    assert (assignment.state, assignment.reviewer) == (AssignmentState.TAKEN, people.kira)
    assert claims.take_next(session, by=people.lidia) is None
    lidias = queued(more_calls[1], people.lidia)
    claims.begin_by_hand(session, more_calls[1], checklist, by=people.kira)
    assert (lidias.state, lidias.reviewer) == (AssignmentState.WAITING, people.lidia)


def test_what_was_given_back_comes_last(
    session: Session, people: SimpleNamespace, more_calls: list[Call], queued: Queued
) -> None:
    first, second = queued(more_calls[0]), queued(more_calls[1])
    assert claims.take_next(session, by=people.kira) is first
    assignments.release(session, first, by=people.kira)
    assert session.scalar(select(func.count()).select_from(Review)) == 0  # the empty draft went with it
    assert (first.state, first.reviewer) == (AssignmentState.WAITING, None)
    assert claims.take_next(session, by=people.kira) is second
    write(session, review_of(session, second, people.kira))
    assert claims.take_next(session, by=people.kira) is first


@pytest.mark.parametrize("deed", ["release", "remove"])
def test_a_written_draft_goes_with_the_call_when_its_reviewer_says_so(
    session: Session, people: SimpleNamespace, more_calls: list[Call], queued: Queued, deed: str
) -> None:
    assignment = claims.take(session, queued(more_calls[0]), by=people.kira)
    review = review_of(session, assignment, people.kira)
    write(session, review)
    assert claims.in_hand(session, assignment.call_id, people.kira) is assignment

    def give_up(seen: Seen) -> None:
        if deed == "release":
            assignments.release(session, assignment, by=people.kira, discard=seen)
        else:
            assignments.remove(session, assignment, reason="Noise", by=people.kira, discard=seen)

    with pytest.raises(Refused, match="changed in another window"):
        give_up(Seen(review.revision - 1, "a window opened before"))
    give_up(Seen(review.revision, "the same window"))
    assert session.scalar(select(func.count()).select_from(Review)) == 0
    assert claims.in_hand(session, assignment.call_id, people.kira) is None


def test_a_written_draft_is_not_thrown_away_by_giving_back(
    session: Session, people: SimpleNamespace, more_calls: list[Call], queued: Queued
) -> None:
    assignment = claims.take(session, queued(more_calls[0]), by=people.kira)
    write(session, review_of(session, assignment, people.kira))
    with pytest.raises(Refused, match="written on this call"):
        assignments.release(session, assignment, by=people.kira)
    with pytest.raises(Refused, match="written on this call"):
        assignments.remove(session, assignment, reason="Автоответчик", by=people.kira)


def test_only_its_reviewer_gives_a_call_back_or_takes_it_out(
    session: Session, people: SimpleNamespace, more_calls: list[Call], queued: Queued
) -> None:
    other = make_user(session, "Petr Control", Role.QC)
    assignment = claims.take(session, queued(more_calls[0]), by=people.kira)
    for deed in (
        lambda: assignments.release(session, assignment, by=other),
        lambda: assignments.remove(session, assignment, reason="Мне не нравится", by=other),
        lambda: assignments.remove(session, assignment, reason="Мой менеджер", by=people.roman),
    ):
        with pytest.raises(Forbidden):
            deed()
    with pytest.raises(Refused, match="Somebody else has this call"):
        claims.take(session, assignment, by=other)
    assignments.remove(session, assignment, reason="  Автоответчик ", by=people.kira)
    assert (assignment.state, assignment.why) == (AssignmentState.REMOVED, "Автоответчик")
    with pytest.raises(Refused, match="left the queue"):
        assignments.release(session, assignment, by=people.kira)


def test_a_call_is_handed_on_with_a_reason_and_the_reviewer_is_told(
    session: Session, people: SimpleNamespace, more_calls: list[Call], queued: Queued
) -> None:
    assignment = claims.take(session, queued(more_calls[0]), by=people.kira)
    other = make_user(session, "Petr Control", Role.QC)
    with pytest.raises(Refused, match="Say why"):
        assignments.reassign(session, assignment, reviewer=other, reason=" ", by=people.lidia)
    with pytest.raises(Refused, match="cannot score"):
        assignments.reassign(session, assignment, reviewer=people.roman, reason="Отпуск", by=people.lidia)
    with pytest.raises(Forbidden):
        assignments.reassign(session, assignment, reviewer=other, reason="Отпуск", by=people.kira)
    assignments.reassign(session, assignment, reviewer=other, reason="Отпуск", by=people.lidia)
    assert (assignment.state, assignment.reviewer, assignment.why) == (
        AssignmentState.WAITING,
        other,
        "Отпуск",
    )
    assert claims.take_next(session, by=other) is assignment
    told = session.scalars(select(Notice).where(Notice.user_id == other.id)).one()
    assert (told.kind, told.facts) == ("calls_assigned", {"num": 1})


def test_a_call_has_one_place_in_the_queue(
    session: Session, people: SimpleNamespace, more_calls: list[Call], queued: Queued
) -> None:
    queued(more_calls[0])
    with pytest.raises(Refused, match="in the queue already"):
        queued(more_calls[0])
    silent = make_call(session, people.max, recorded=False)
    with pytest.raises(Refused, match="no recording"):
        queued(silent)
    with pytest.raises(Forbidden):
        assignments.assign(session, more_calls[1:2], reviewer=None, due_at=clock.now(), by=people.kira)


def test_the_checklist_of_the_assignment_is_used_where_it_applies(
    session: Session, people: SimpleNamespace, more_calls: list[Call], queued: Queued
) -> None:
    """Without one the closest fit is: by key, among cards without conditions."""
    wanted, unfit = (
        load_card(session, replace(CARD, key=key, applies_to=applies), by=None).version.checklist
        for key, applies in (("later", AppliesTo()), ("incoming", AppliesTo(direction=("in",))))
    )
    for call, asked, used in zip(more_calls, (wanted, unfit, None), ("later", "card", "card"), strict=False):
        assignment = claims.take(session, queued(call, checklist=asked), by=people.kira)
        assert review_of(session, assignment, people.kira).checklist.key == used


def test_a_call_no_card_applies_to_does_not_block_the_queue(
    session: Session, people: SimpleNamespace, queued: Queued
) -> None:
    call = make_call(session, people.max)
    assignment = queued(call)
    with pytest.raises(Refused, match="No checklist in force"):
        claims.take_next(session, by=people.kira)
    session.refresh(assignment)
    assert (assignment.state, assignment.reviewer) == (AssignmentState.WAITING, None)


def test_who_hears_one_call_of_a_client_hears_them_all(
    session: Session,
    people: SimpleNamespace,
    checklist: Checklist,
    plan_of: Callable[..., SamplingPlan],
) -> None:
    clients = [Client(phone=f"+7497014{number:04}", category="B") for number in range(2)]
    for number in range(6):
        call = make_call(session, people.max)
        call.client, call.started_at = clients[number % 2], clock.now()
    plan = plan_of(2, {"kind": PlanKind.CONTACTS, "period": Period.MONTH}, category="B")
    draws.draw(session, plan, local.today(), by=people.lidia)
    first = claims.take_next(session, by=people.kira)
    assert first is not None
    mine = session.scalars(select(Assignment).where(Assignment.reviewer_id == people.kira.id)).all()
    assert {each.client_id for each in mine} == {first.client_id}
    assert len(mine) == 3
    other = claims.take_next(session, by=people.lidia)
    assert other is not None
    assert other.client_id != first.client_id


def test_the_figures_are_the_reviewers_own(
    session: Session, people: SimpleNamespace, more_calls: list[Call], queued: Queued
) -> None:
    queued(more_calls[0], people.kira, due_at=clock.now() - timedelta(days=1))
    queued(more_calls[1], people.kira)
    queued(more_calls[2])
    queued(more_calls[3], people.lidia)
    claims.take(session, queued(more_calls[4]), by=people.kira)
    found = queries.numbers(session, people.kira)
    assert (found.taken, found.assigned, found.overdue, found.common) == (1, 2, 1, 1)
    assert queries.open_count(session, queries.OpenFilter()) == (5, 1)
    assert queries.open_count(session, queries.OpenFilter(reviewer_id=0)) == (1, 0)
    assert [each.call_id for each in queries.assigned(session, people.kira)] == [
        more_calls[0].id,
        more_calls[1].id,
    ]
