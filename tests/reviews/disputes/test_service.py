"""Opening and deciding disputes and correcting slips, on both databases."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qcapp.checklists.scoring import Answer
from qcapp.core import clock
from qcapp.core.audit import AuditEntry
from qcapp.core.errors import Forbidden, Refused
from qcapp.people.models import Notice
from qcapp.reviews import cards
from qcapp.reviews import service as reviews
from qcapp.reviews.disputes import queries, service
from qcapp.reviews.disputes.models import Decision, Dispute
from qcapp.reviews.disputes.rules import ContestedAnswer, Ruling
from qcapp.reviews.models import Review
from tests.factories.calls import make_call
from tests.reviews.conftest import draft
from tests.reviews.disputes.conftest import ASKED, BAD

YES = Ruling(Decision.ACCEPTED, "Слышно на записи")
NO = Ruling(Decision.REJECTED, "На записи этого нет")


def told(session: Session, kind: str) -> set[str]:
    return {notice.user.login for notice in session.scalars(select(Notice).where(Notice.kind == kind))}


def ruled(dispute: Dispute, *rulings: Ruling) -> dict[int, Ruling]:
    return {answer.id: ruling for answer, ruling in zip(dispute.answers, rulings, strict=True)}


def test_a_dispute_keeps_both_sides_and_tells_reviewer_and_deciders(
    session: Session, dispute: Dispute
) -> None:
    session.expire_all()
    assert [(each.given, each.proposed) for each in dispute.answers] == [("no", "yes"), ("2", "5")]
    assert dispute.decided_at is None
    assert told(session, "dispute_opened") == {"kira"}
    assert told(session, "dispute_to_decide") == {"olga", "lidia"}
    assert session.scalar(select(func.count()).where(AuditEntry.action == "dispute_opened")) == 1


def test_acknowledging_does_not_end_the_window(
    session: Session, published: Review, people: SimpleNamespace
) -> None:
    reviews.acknowledge(session, published, by=people.max)
    dispute = service.open_dispute(session, published, ASKED[:1], 48, by=people.max)
    assert dispute.decided_at is None
    assert published.acknowledged_at is not None


@pytest.mark.parametrize("name", ["sveta", "roman", "oleg", "tanya", "kira", "lidia", "olga", "anna"])
def test_nobody_but_the_manager_disputes(
    session: Session, published: Review, people: SimpleNamespace, name: str
) -> None:
    with pytest.raises(Forbidden):
        service.open_dispute(session, published, ASKED, 48, by=getattr(people, name))


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ((), "at least one answer"),
        ((ContestedAnswer("hello", "no", "x"),), "another answer"),
        ((ContestedAnswer("hello", "7", "x"),), "another answer"),
        ((ContestedAnswer("hello", "yes", "  "),), "Say why"),
        ((ContestedAnswer("nonsense", "yes", "x"),), "no item “nonsense”"),
        ((ASKED[0], ASKED[0]), "no item “hello”"),
        ((ContestedAnswer("remark", "said", "x"),), "another answer"),
    ],
)
def test_a_dispute_that_makes_no_sense_is_refused(
    session: Session, published: Review, people: SimpleNamespace, asked: tuple[ContestedAnswer, ...], why: str
) -> None:
    with pytest.raises(Refused, match=why):
        service.open_dispute(session, published, asked, 48, by=people.max)


def test_it_can_be_disputed_once_and_in_time(
    session: Session, published: Review, people: SimpleNamespace
) -> None:
    assert published.published_at is not None
    with (
        time_machine.travel(published.published_at + timedelta(hours=49), tick=False),
        pytest.raises(Refused, match="is over"),
    ):
        service.open_dispute(session, published, ASKED, 48, by=people.max)
    with pytest.raises(Refused, match="cannot be disputed"):
        service.open_dispute(session, published, ASKED, 0, by=people.max)
    service.open_dispute(session, published, ASKED, 48, by=people.max)
    with pytest.raises(Refused, match="once"):
        service.open_dispute(session, published, ASKED, 48, by=people.max)


def test_a_draft_cannot_be_disputed(session: Session, review: Review, people: SimpleNamespace) -> None:
    with pytest.raises(Forbidden):
        service.open_dispute(session, review, ASKED, 48, by=people.max)


def test_a_decision_changes_answers_and_score_and_keeps_the_first_ones(
    session: Session, published: Review, dispute: Dispute, people: SimpleNamespace
) -> None:
    first, before = published.first_score, published.score
    part = Ruling(Decision.PARTLY, "Живее, но не на пять", "4")
    service.decide_dispute(session, dispute, ruled(dispute, YES, part), by=people.lidia)
    session.commit()
    session.expire_all()
    assert {key: cards.answers_of(published)[key].value for key in ("hello", "voice")} == {
        "hello": "yes",
        "voice": "4",
    }
    assert published.first_score == first
    assert published.score is not None
    assert before is not None
    assert published.score > before
    changes = [change for answer in published.answers for change in answer.changes]
    assert {(change.before, change.after, change.why, change.by.login) for change in changes} == {
        ("no", "yes", "Слышно на записи", "lidia"),
        ("2", "4", "Живее, но не на пять", "lidia"),
    }
    in_order = sorted(changes, key=lambda change: change.id)
    assert (in_order[0].score_before, in_order[-1].score_after) == (before, published.score)
    assert in_order[0].score_after == in_order[1].score_before
    assert (dispute.decision, dispute.decided_by.login) == (Decision.PARTLY, "lidia")
    assert told(session, "dispute_partly") == {"max", "kira"}


def test_a_rejected_dispute_changes_nothing_and_freezes_all_the_same(
    session: Session, published: Review, dispute: Dispute, people: SimpleNamespace
) -> None:
    before = published.score
    service.decide_dispute(session, dispute, ruled(dispute, NO, NO), by=people.olga)
    session.expire_all()
    assert (published.score, cards.answers_of(published)["hello"]) == (before, BAD["hello"])
    assert [change for answer in published.answers for change in answer.changes] == []
    with pytest.raises(Refused, match="decided already"):
        service.decide_dispute(session, dispute, ruled(dispute, YES, YES), by=people.lidia)
    with pytest.raises(Refused, match="frozen"):
        service.correct_answers(session, published, {"hello": "yes"}, "описка", by=people.lidia)
    with pytest.raises(Refused, match="once"):
        service.open_dispute(session, published, ASKED, 48, by=people.max)
    with pytest.raises(Refused, match="published"):
        reviews.save_draft(session, published, draft(published, {}, turn=99), by=people.kira)


def test_an_error_found_in_a_dispute_is_told_and_not_counted(
    session: Session, published: Review, people: SimpleNamespace, login
) -> None:
    asked = (ASKED[0], ContestedAnswer("name", "yes", "Имя назвал"))
    dispute = service.open_dispute(session, published, asked, 48, by=people.max)
    before = published.score
    found = Ruling(Decision.PARTLY, "Имени на записи нет", "no")
    service.decide_dispute(session, dispute, ruled(dispute, YES, found), by=people.lidia)
    session.commit()
    session.expire_all()
    assert before is not None
    assert published.score is not None
    assert published.score > before
    assert {key: cards.answers_of(published)[key].value for key in ("hello", "name")} == {
        "hello": "yes",
        "name": "na",
    }
    assert [(each.value, each.counted) for each in dispute.answers] == [("yes", True), ("no", False)]
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "dispute_decided")).one()
    assert entry.diff["not_counted"] == ["name"]
    page = login(people.max).get(f"/disputes/{dispute.id}").text
    assert page.count("told, not counted") == 1
    assert "Имени на записи нет" in page


@pytest.mark.parametrize("name", ["max", "sveta", "roman", "oleg", "tanya", "kira", "anna", "hanna"])
def test_only_quality_control_and_the_owner_decide(
    session: Session, dispute: Dispute, people: SimpleNamespace, name: str
) -> None:
    with pytest.raises(Forbidden):
        service.decide_dispute(session, dispute, ruled(dispute, YES, YES), by=getattr(people, name))


def test_the_lead_does_not_decide_about_his_own_review_or_team(
    session: Session, published: Review, dispute: Dispute, people: SimpleNamespace
) -> None:
    published.reviewer = people.lidia
    session.flush()
    with pytest.raises(Forbidden, match="own review"):
        service.decide_dispute(session, dispute, ruled(dispute, YES, YES), by=people.lidia)
    with pytest.raises(Forbidden, match="own review"):
        service.correct_answers(session, published, {"hello": "yes"}, "описка", by=people.lidia)
    people.olga.team = people.north
    session.flush()
    with pytest.raises(Forbidden, match="own team"):
        service.decide_dispute(session, dispute, ruled(dispute, YES, YES), by=people.olga)


def test_every_answer_is_decided_with_a_reason(
    session: Session, dispute: Dispute, people: SimpleNamespace
) -> None:
    for rulings in (
        ruled(dispute, YES, Ruling(Decision.ACCEPTED, " ")),
        {dispute.answers[0].id: YES},
    ):
        with pytest.raises(Refused, match="Decide every answer"):
            service.decide_dispute(session, dispute, rulings, by=people.lidia)
    with pytest.raises(Refused, match="in part"):
        service.decide_dispute(
            session, dispute, ruled(dispute, YES, Ruling(Decision.PARTLY, "x", "5")), by=people.lidia
        )


def test_a_slip_is_corrected_without_a_dispute(
    session: Session, published: Review, people: SimpleNamespace
) -> None:
    before = published.score
    service.correct_answers(session, published, {"hello": "yes"}, "Нажал не ту клавишу", by=people.lidia)
    session.expire_all()
    assert cards.answers_of(published)["hello"] == Answer("yes", "Не поздоровался")
    assert published.first_score == before != published.score
    assert told(session, "answers_corrected") == {"max", "kira"}
    service.open_dispute(session, published, ASKED[1:], 48, by=people.max)
    with pytest.raises(Refused, match="decide the dispute"):
        service.correct_answers(session, published, {"voice": "5"}, "описка", by=people.lidia)


@pytest.mark.parametrize(
    ("values", "why", "match"),
    [
        ({"hello": "no"}, "x", "Nothing has been changed"),
        ({"hello": "7"}, "x", "does not know"),
        ({"nonsense": "yes"}, "x", "does not know"),
        ({"hello": "yes"}, " ", "Say why"),
    ],
)
def test_a_correction_that_makes_no_sense_is_refused(
    session: Session,
    published: Review,
    people: SimpleNamespace,
    values: dict[str, str],
    why: str,
    match: str,
) -> None:
    with pytest.raises(Refused, match=match):
        service.correct_answers(session, published, values, why, by=people.lidia)


@pytest.mark.parametrize("reader", ["oleg", "lidia"])
def test_who_may_not_read_the_review_learns_nothing_of_its_dispute(
    session: Session, published: Review, dispute: Dispute, people: SimpleNamespace, reader: str
) -> None:
    """The head of another team, and a lead who scores the same call himself and must not know what others found."""
    checklist = published.version.checklist
    reviews.begin_review(session, published.call, checklist, by=people.lidia)
    person = getattr(people, reader)
    assert queries.open_disputes(session, person) == []
    service.decide_dispute(session, dispute, ruled(dispute, YES, NO), by=people.olga)
    ever = {"since": dispute.opened_at, "until": clock.now() + timedelta(days=1)}
    assert queries.decided(session, person) == ([], None)
    assert queries.statistics(session, person, **ever).whole is None
    assert queries.decided(session, people.olga) == ([dispute], None)
    assert queries.statistics(session, people.olga, **ever).whole is not None


def test_lists_and_statistics(
    session: Session, published: Review, dispute: Dispute, people: SimpleNamespace
) -> None:
    assert queries.open_disputes(session, people.lidia) == [dispute]
    ever = {"since": dispute.opened_at, "until": dispute.opened_at + timedelta(days=1)}
    assert queries.statistics(session, people.lidia, **ever).whole is None
    with time_machine.travel(dispute.opened_at + timedelta(hours=5), tick=False):
        service.decide_dispute(session, dispute, ruled(dispute, YES, NO), by=people.lidia)
    session.commit()
    assert queries.open_disputes(session, people.lidia) == []
    assert queries.decided(session, people.lidia) == ([dispute], None)
    earlier = {"since": dispute.opened_at, "until": dispute.opened_at + timedelta(hours=5)}
    assert queries.statistics(session, people.olga, **earlier).whole is None  # decided when that was over
    found = queries.statistics(session, people.olga, **ever)
    assert found.whole is not None
    assert (found.whole.n, found.whole.accepted, found.whole.took) == (2, 1, timedelta(hours=5))
    assert [line.summary.n for line in found.items] == [1, 1]
    assert [(line.name, line.summary.n) for line in found.reviewers] == [("Kira Control", 2)]
    assert [(line.name, line.summary.n) for line in found.managers] == [("Max Manager", 2)]


def test_the_latest_decision_comes_first_whenever_its_dispute_was_opened(
    session: Session, dispute: Dispute, people: SimpleNamespace, publish: Callable[..., Review]
) -> None:
    other = publish(make_call(session, people.max), people.kira, BAD)
    later = service.open_dispute(session, other, ASKED, 48, by=people.max)
    for hours, each in ((1, later), (2, dispute)):
        with time_machine.travel(later.opened_at + timedelta(hours=hours), tick=False):
            service.decide_dispute(session, each, ruled(each, YES, NO), by=people.lidia)
    assert queries.decided(session, people.lidia) == ([dispute, later], None)
    assert queries.decided(session, people.lidia, before=dispute.id) == ([later], None)
