"""A calibration from its plan to its report: who may do what, when, and what nobody sees before the end."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.models import Call
from qcapp.checklists.models import ChecklistVersion
from qcapp.checklists.scoring import Answer
from qcapp.core import clock
from qcapp.core.audit import AuditEntry
from qcapp.core.errors import Forbidden, Missing, Refused
from qcapp.people.models import Notice, User
from qcapp.people.notice_words import sentence
from qcapp.reviews import queries, service
from qcapp.reviews.calibration import answers
from qcapp.reviews.calibration import service as calibrating
from qcapp.reviews.calibration.models import Calibration, CalibrationState
from qcapp.reviews.calibration.queries import OfferFilter, candidates
from qcapp.reviews.calibration.rules import ItemVerdict
from qcapp.reviews.calibration.service import AgreedAnswer
from qcapp.reviews.models import Purpose, Review, ReviewState
from qcapp.reviews.queue import assignments
from qcapp.terms import Role
from tests.factories.calls import make_call
from tests.factories.people import make_user
from tests.reviews.calibration.conftest import HandIn
from tests.reviews.conftest import GOOD, draft

REFERENCE = {key: AgreedAnswer(answer.value) for key, answer in GOOD.items()}


def plan(session: Session, people: SimpleNamespace, **changed: object) -> Calibration:
    facts = {
        "title": "October",
        "due_at": clock.now() + timedelta(days=1),
        "reviewers": [people.kira, people.lidia],
        "by": people.lidia,
    }
    return calibrating.plan_calibration(session, **(facts | changed))  # type: ignore[arg-type]


def set_all(
    session: Session, calibration: Calibration, by: User, agreed: dict[str, AgreedAnswer] = REFERENCE
) -> None:
    for part in calibration.calls:
        calibrating.set_reference(session, calibration, part, agreed, note="Решили вместе", by=by)


def notices_of(session: Session, user: User) -> list[str]:
    found = select(Notice).where(Notice.user_id == user.id, Notice.kind.startswith("calibration"))
    return [sentence(notice) for notice in session.scalars(found.order_by(Notice.id))]


def actions(session: Session) -> list[str]:
    found = select(AuditEntry.action).where(AuditEntry.thing.startswith("calibration:"))
    return list(session.scalars(found.order_by(AuditEntry.id)))


def test_planning_tells_the_reviewers_and_freezes_the_version(
    session: Session, calibration: Calibration, people: SimpleNamespace, pavel: User
) -> None:
    assert calibration.state is CalibrationState.BLIND
    assert calibration.version.used_at is not None
    for reviewer in (people.kira, pavel):
        assert notices_of(session, reviewer) == [
            "You take part in the calibration “October”. Please score its calls."
        ]
    assert notices_of(session, people.lidia) == []  # she planned it
    assert actions(session) == ["calibration_planned"]


def test_everything_wrong_with_a_plan_is_told_at_once(
    session: Session, people: SimpleNamespace, version: ChecklistVersion
) -> None:
    silent = make_call(session, people.max, recorded=False)
    with pytest.raises(Refused) as refused:
        plan(
            session,
            people,
            title=" ",
            version=version,
            calls=[silent],
            reviewers=[people.hanna],
            due_at=clock.now(),
        )
    said = str(refused.value)
    for part in (
        "a name",
        "at least two reviewers",
        "deadline has passed",
        "Hanna Hire may not",
        "no recording",
    ):
        assert part in said
    with pytest.raises(Refused, match="at least one call"):
        plan(session, people, version=version, calls=[])


def test_a_reviewer_of_the_managers_team_is_refused_in_words(
    session: Session, people: SimpleNamespace, version: ChecklistVersion, calls: list[Call]
) -> None:
    people.kira.team = people.north
    session.flush()
    with pytest.raises(Refused, match=f"Kira Control may not score call {calls[0].id}.*Max Manager"):
        plan(session, people, version=version, calls=calls)


@pytest.mark.parametrize("name", ["kira", "olga", "roman", "max", "anna"])
def test_only_the_qc_lead_plans(
    session: Session, people: SimpleNamespace, version: ChecklistVersion, calls: list[Call], name: str
) -> None:
    with pytest.raises(Forbidden):
        plan(session, people, version=version, calls=calls, by=getattr(people, name))


def test_a_review_of_a_calibration_is_never_counted(
    session: Session, calibration: Calibration, people: SimpleNamespace, calls: list[Call], hand_in: HandIn
) -> None:
    review = hand_in(calls[0], people.kira)
    assert (review.purpose, review.calibration_id) == (Purpose.CALIBRATION, calibration.id)
    assert calls[0].scored_at is None
    for name in ("max", "roman", "olga", "lidia", "kira", "tanya"):
        user = getattr(people, name)
        assert queries.published(session, user).reviews == []
        assert queries.unread(session, user) == []
        if user is not people.kira:
            with pytest.raises(Forbidden):
                queries.get_review(session, review.id, user)
    assert queries.get_review(session, review.id, people.kira) is review
    assert session.scalar(select(Notice).where(Notice.user_id == people.max.id)) is None


def test_beginning_twice_gives_the_same_draft(
    session: Session, calibration: Calibration, people: SimpleNamespace, calls: list[Call]
) -> None:
    first = calibrating.begin(session, calibration, calls[0], by=people.kira)
    assert calibrating.begin(session, calibration, calls[0], by=people.kira) is first
    assert first.version is calibration.version


def test_only_its_reviewers_score_and_only_its_calls(
    session: Session, calibration: Calibration, people: SimpleNamespace, calls: list[Call]
) -> None:
    with pytest.raises(Forbidden, match="Only the reviewers of this calibration"):
        calibrating.begin(session, calibration, calls[0], by=make_user(session, "Nina New", Role.QC))
    with pytest.raises(Missing):
        calibrating.begin(session, calibration, make_call(session, people.max), by=people.kira)
    people.kira.team = people.north  # since it was planned
    session.flush()
    with pytest.raises(Forbidden, match="own team"):
        calibrating.begin(session, calibration, calls[0], by=people.kira)


def test_while_blind_a_reviewer_reads_no_counted_review_of_the_calls(
    session: Session, calibration: Calibration, people: SimpleNamespace, pavel: User, calls: list[Call]
) -> None:
    nina = make_user(session, "Nina Unasked", Role.QC)
    counted = service.begin_review(session, calls[0], calibration.version.checklist, by=nina)
    service.save_draft(session, counted, draft(counted, GOOD), by=nina)
    service.publish_review(session, counted, by=nina)
    for blind in (people.kira, pavel):
        assert queries.reviews_of_call(session, calls[0], blind) == []
        assert queries.published(session, blind).reviews == []
        with pytest.raises(Forbidden):
            queries.get_review(session, counted.id, blind)
    assert queries.published(session, people.max).reviews == [counted]  # its manager reads it as ever
    assert queries.published(session, nina).reviews == [counted]  # her own
    calibrating.end_blind(session, calibration, by=people.lidia, reason="Enough")
    assert queries.published(session, people.kira).reviews == [counted]


def test_a_call_that_is_calibrated_is_scored_as_usual_only_after_the_blind_phase(
    session: Session, calibration: Calibration, people: SimpleNamespace, calls: list[Call]
) -> None:
    checklist = calibration.version.checklist
    with pytest.raises(Refused, match="blind in a calibration"):
        service.begin_review(session, calls[0], checklist, by=people.kira)
    calibrating.end_blind(session, calibration, by=people.lidia, reason="Enough")
    assert service.begin_review(session, calls[0], checklist, by=people.kira).purpose is Purpose.COUNTED


def test_calls_that_a_reviewer_knows_are_neither_offered_nor_calibrated(
    session: Session, people: SimpleNamespace, pavel: User, version: ChecklistVersion, calls: list[Call]
) -> None:
    service.begin_review(session, calls[0], version.checklist, by=people.kira)
    due_at = clock.now() + timedelta(days=1)
    assignments.assign(
        session, [make_call(session, people.max)], reviewer=None, due_at=due_at, by=people.lidia
    )
    for reviewers, offered in (
        ((people.kira, pavel), {calls[1].id}),
        ((pavel,), {each.id for each in calls}),
    ):
        wanted = OfferFilter(reviewers=tuple(each.id for each in reviewers))
        assert {call.id for call in candidates(session, wanted, by=people.lidia)} == offered
    with pytest.raises(Refused, match=r"Kira Control has scored call \d+ already"):
        calibrating.plan_calibration(
            session,
            title="Known",
            version=version,
            calls=calls,
            reviewers=[people.kira, pavel],
            due_at=due_at,
            by=people.lidia,
        )


def test_the_blind_phase_ends_when_the_last_one_hands_in(
    session: Session,
    calibration: Calibration,
    people: SimpleNamespace,
    pavel: User,
    calls: list[Call],
    hand_in: HandIn,
) -> None:
    for call in calls:
        hand_in(call, people.kira)
        hand_in(call, people.lidia)
    hand_in(calls[0], pavel)
    through = {each.reviewer.login: each.submitted_at is not None for each in calibration.reviewers}
    assert through == {"kira": True, "lidia": True, "pavel": False}
    assert calibration.state is CalibrationState.BLIND
    hand_in(calls[1], pavel)
    assert calibration.state is CalibrationState.REFERENCE
    assert calibration.blind_until is not None
    assert notices_of(session, people.lidia)[-1] == (
        "Everybody is through with “October”. Please set the reference answers."
    )


def test_ending_early_needs_a_reason_and_removes_drafts(
    session: Session,
    calibration: Calibration,
    people: SimpleNamespace,
    pavel: User,
    calls: list[Call],
    hand_in: HandIn,
) -> None:
    hand_in(calls[0], people.kira)
    unfinished = calibrating.begin(session, calibration, calls[0], by=pavel)
    with pytest.raises(Refused, match="Say why"):
        calibrating.end_blind(session, calibration, by=people.lidia, reason=" ")
    with pytest.raises(Forbidden):
        calibrating.end_blind(session, calibration, by=people.kira, reason="Hurry")
    calibrating.end_blind(session, calibration, by=people.lidia, reason="Pavel is ill")
    assert session.get(Review, unfinished.id) is None
    assert session.scalars(select(Review.state)).all() == [ReviewState.PUBLISHED]
    ended = session.scalars(select(AuditEntry).where(AuditEntry.action == "calibration_blind_ended")).one()
    assert (ended.by_id, ended.diff) == (people.lidia.id, {"reason": "Pavel is ill"})
    with pytest.raises(Refused, match="scoring has ended"):
        calibrating.begin(session, calibration, calls[1], by=people.kira)


def test_nothing_is_handed_in_after_the_end(
    session: Session, calibration: Calibration, people: SimpleNamespace, calls: list[Call]
) -> None:
    review = calibrating.begin(session, calibration, calls[0], by=people.kira)
    service.save_draft(session, review, draft(review, GOOD), by=people.kira)
    calibration.state = CalibrationState.REFERENCE  # as if somebody ended it at this moment
    session.flush()
    with pytest.raises(Refused, match="scoring has ended"):
        service.publish_review(session, review, by=people.kira)


def test_the_reference_is_set_once_the_blind_phase_is_over(
    session: Session, calibration: Calibration, people: SimpleNamespace
) -> None:
    with pytest.raises(Refused, match="still going on"):
        set_all(session, calibration, people.lidia)
    with pytest.raises(Refused, match="still going on"):
        calibrating.close(session, calibration, by=people.lidia)


def test_every_item_needs_a_reference_before_the_report_opens(
    session: Session, calibration: Calibration, people: SimpleNamespace, all_through: dict[object, Review]
) -> None:
    part = calibration.calls[0]
    assert answers.undecided(session, part) == ["hello", "name", "voice", "polite"]  # not the text
    half = {"hello": AgreedAnswer("yes", "Поздоровался в начале")}
    calibrating.set_reference(session, calibration, part, half, note="", by=people.lidia)
    assert answers.undecided(session, part) == ["name", "voice", "polite"]
    with pytest.raises(Refused, match="Call 1: 3 items"):
        calibrating.close(session, calibration, by=people.lidia)
    with pytest.raises(Refused, match="does not know the answer"):
        calibrating.set_reference(
            session, calibration, part, {"hello": AgreedAnswer("maybe")}, note="", by=people.lidia
        )
    with pytest.raises(Forbidden):
        set_all(session, calibration, people.kira)


def test_setting_the_reference_again_replaces_it_and_is_recorded(
    session: Session, calibration: Calibration, people: SimpleNamespace, all_through: dict[object, Review]
) -> None:
    set_all(session, calibration, people.lidia)
    part = calibration.calls[0]
    changed = REFERENCE | {"voice": AgreedAnswer("4"), "hello": AgreedAnswer("")}
    calibrating.set_reference(session, calibration, part, changed, note="", by=people.lidia)
    session.expire_all()
    assert {row.item.key: row.value for row in part.reference} == {
        "name": "na",
        "voice": "4",
        "polite": "yes",
    }
    entries = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "calibration_reference_set").order_by(AuditEntry.id)
    ).all()
    assert entries[-1].diff["answers"] == "hello: yes → –; voice: 5 → 4"


def test_the_report_says_who_was_strict_and_which_guide_is_unclear(
    session: Session,
    calibration: Calibration,
    people: SimpleNamespace,
    pavel: User,
    all_through: dict[object, Review],
) -> None:
    set_all(session, calibration, people.lidia)
    calibrating.close(session, calibration, by=people.lidia)
    report = answers.report_of(session, calibration, enough=5)
    assert report.n == 6
    assert report.within == pytest.approx(4 / 6)
    worst = report.items[0]
    assert worst.item.key in {"hello", "voice"}
    assert (worst.verdict, worst.n) == (ItemVerdict.REWRITE, 6)
    assert worst.share == pytest.approx(4 / 6)
    assert {each.item.key for each in report.items if each.verdict is ItemVerdict.REWRITE} == {
        "hello",
        "voice",
    }
    assert [each.verdict for each in report.items[2:]] == [ItemVerdict.FINE, ItemVerdict.FINE]
    by_id = {each.reviewer_id: each for each in report.reviewers}
    assert by_id[people.kira.id].difference == 0
    strict = by_id[pavel.id]
    assert strict.difference is not None
    assert strict.difference < -10
    assert strict.share == pytest.approx(4 / 8)
    assert report.calls[0].spread == pytest.approx(-strict.difference)


def test_closing_tells_those_who_took_part_and_is_final(
    session: Session, calibration: Calibration, people: SimpleNamespace, all_through: dict[object, Review]
) -> None:
    set_all(session, calibration, people.lidia)
    calibrating.close(session, calibration, by=people.lidia)
    assert notices_of(session, people.kira)[-1] == "The report of the calibration “October” is open."
    for again in (
        lambda: calibrating.close(session, calibration, by=people.lidia),
        lambda: set_all(session, calibration, people.lidia),
        lambda: calibrating.end_blind(session, calibration, by=people.lidia, reason="Again"),
    ):
        with pytest.raises(Refused, match="closed"):
            again()
    assert actions(session) == [
        "calibration_planned",
        "calibration_blind_ended",
        "calibration_reference_set",
        "calibration_reference_set",
        "calibration_closed",
    ]


def test_a_call_nobody_scored_needs_no_reference(
    session: Session, calibration: Calibration, people: SimpleNamespace, calls: list[Call], hand_in: HandIn
) -> None:
    hand_in(calls[0], people.kira, GOOD | {"hello": Answer("no", "Нет")})
    calibrating.end_blind(session, calibration, by=people.lidia, reason="Enough")
    calibrating.set_reference(session, calibration, calibration.calls[0], REFERENCE, note="", by=people.lidia)
    calibrating.close(session, calibration, by=people.lidia)
    report = answers.report_of(session, calibration, enough=5)
    assert (report.n, len(report.calls)) == (1, 1)
    assert {each.verdict for each in report.items} == {ItemVerdict.FEW}
