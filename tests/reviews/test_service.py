"""Beginning, saving, publishing and acknowledging a review, on both databases."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qcapp.calls.models import Call
from qcapp.checklists.models import Checklist, VersionState
from qcapp.checklists.scoring import Answer
from qcapp.checklists.service import load_card
from qcapp.core.audit import AuditEntry
from qcapp.core.autosave import Conflict
from qcapp.core.errors import Forbidden, Refused
from qcapp.people.notices import unread_count
from qcapp.reviews import cards, service
from qcapp.reviews.models import Review, ReviewState
from qcapp.reviews.rules import DraftMark
from tests.checklists.cards import card, item, section
from tests.factories.calls import make_call
from tests.reviews.conftest import CARD, GOOD, draft

Publish = Callable[..., Review]


def audited(session: Session, action: str) -> int:
    return session.scalar(select(func.count()).where(AuditEntry.action == action)) or 0


def test_a_review_begins_on_the_version_in_force_and_marks_it_used(review: Review, session: Session) -> None:
    assert review.state is ReviewState.DRAFT
    assert review.version.state is VersionState.PUBLISHED
    assert review.version.used_at is not None
    assert audited(session, "review_begun") == 1


def test_beginning_again_opens_the_draft_that_is_there(
    session: Session, review: Review, call: Call, checklist: Checklist, people: SimpleNamespace
) -> None:
    assert service.begin_review(session, call, checklist, by=people.kira) is review
    other = service.begin_review(session, call, checklist, by=people.lidia)
    assert other.id != review.id


def test_a_draft_keeps_its_version_when_a_new_one_is_published(
    session: Session, review: Review, call: Call, checklist: Checklist, people: SimpleNamespace
) -> None:
    used = review.version
    load_card(session, card(section("other", item("new"))), by=None)
    assert service.begin_review(session, call, checklist, by=people.kira).version is used
    assert service.begin_review(session, call, checklist, by=people.lidia).version.number == used.number + 1


def test_a_call_without_recording_cannot_be_scored(
    session: Session, checklist: Checklist, people: SimpleNamespace
) -> None:
    call = make_call(session, people.max, recorded=False)
    with pytest.raises(Refused, match="no recording"):
        service.begin_review(session, call, checklist, by=people.kira)


@pytest.mark.parametrize("name", ["olga", "roman", "tanya", "hanna", "max", "anna"])
def test_nobody_but_quality_control_scores(
    session: Session, call: Call, checklist: Checklist, people: SimpleNamespace, name: str
) -> None:
    with pytest.raises(Forbidden):
        service.begin_review(session, call, checklist, by=getattr(people, name))


def test_nobody_scores_his_own_calls_or_his_teams(
    session: Session, call: Call, checklist: Checklist, people: SimpleNamespace
) -> None:
    people.kira.team = people.north
    session.flush()
    with pytest.raises(Forbidden, match="own team"):
        service.begin_review(session, call, checklist, by=people.kira)
    people.kira.team, people.south.head = None, people.lidia
    session.flush()
    with pytest.raises(Forbidden, match="own team"):
        service.begin_review(session, make_call(session, people.sveta), checklist, by=people.lidia)
    with pytest.raises(Forbidden, match="own calls"):
        service.begin_review(session, make_call(session, people.kira), checklist, by=people.kira)


def test_a_draft_is_stored_whole_and_scored_by_the_rule(
    session: Session, review: Review, people: SimpleNamespace
) -> None:
    marks = (DraftMark(1.0, None, "без пункта"), DraftMark(2.5, 8.0, "отсюда", "voice"))
    answers = {
        "hello": Answer("no", "не поздор"),
        "voice": Answer("", "полуслово"),
        "remark": Answer("заметка"),
    }
    service.save_draft(session, review, draft(review, answers, marks=marks, summary="итог"), by=people.kira)
    session.commit()
    session.expire_all()
    assert cards.answers_of(review) == answers
    assert cards.marks_of(review) == marks
    assert (review.summary, review.revision, review.score) == ("итог", 1, 0.0)
    assert review.sections == {"greeting": 0.0, "manners": None, "more": None}


def test_what_is_not_in_a_draft_any_more_is_removed(
    session: Session, review: Review, people: SimpleNamespace
) -> None:
    marks = (DraftMark(2.5, 8.0, "отсюда"),)
    service.save_draft(session, review, draft(review, GOOD, marks=marks), by=people.kira)
    service.save_draft(session, review, draft(review, {"hello": Answer("yes")}, turn=2), by=people.kira)
    session.expire_all()
    assert cards.answers_of(review) == {"hello": Answer("yes")}
    assert cards.marks_of(review) == ()


def test_two_windows_never_overwrite_each_other_silently(
    session: Session, review: Review, people: SimpleNamespace
) -> None:
    service.save_draft(session, review, draft(review, {"hello": Answer("yes")}), by=people.kira)
    late = draft(review, {"hello": Answer("no", "нет")}, revision=0, window="two")
    with pytest.raises(Conflict) as caught:
        service.save_draft(session, review, late, by=people.kira)
    assert caught.value.revision == 1
    assert cards.answers_of(review) == {"hello": Answer("yes")}
    knowing = draft(review, {"hello": Answer("no", "нет")}, window="two")
    service.save_draft(session, review, knowing, by=people.kira)
    assert cards.answers_of(review)["hello"].value == "no"


def test_another_window_that_says_the_same_is_no_conflict(
    session: Session, review: Review, people: SimpleNamespace
) -> None:
    marks = (DraftMark(2.5, 8.0, "отсюда", "hello"),)
    service.save_draft(session, review, draft(review, GOOD, marks=marks, summary="итог"), by=people.kira)
    again = draft(review, GOOD, marks=marks, summary="итог", revision=0, window="two")
    service.save_draft(session, review, again, by=people.kira)
    assert (review.revision, review.window) == (2, "two")


def test_an_older_save_that_arrives_late_changes_nothing(
    session: Session, review: Review, people: SimpleNamespace
) -> None:
    service.save_draft(session, review, draft(review, GOOD, turn=5), by=people.kira)
    service.save_draft(session, review, draft(review, {}, revision=0, turn=4), by=people.kira)
    assert cards.answers_of(review) == GOOD
    assert review.revision == 1


def test_the_seconds_a_review_took_cannot_exceed_the_clock(
    session: Session, review: Review, people: SimpleNamespace
) -> None:
    with time_machine.travel(review.created_at + timedelta(seconds=90), tick=False):
        service.save_draft(session, review, draft(review, spent_s=70), by=people.kira)
        assert review.spent_s == 70
        service.save_draft(session, review, draft(review, spent_s=5000, turn=2), by=people.kira)
        assert review.spent_s == 90


def test_an_item_the_card_does_not_have_is_refused(
    session: Session, review: Review, people: SimpleNamespace
) -> None:
    with pytest.raises(Refused, match="no item “nonsense”"):
        service.save_draft(session, review, draft(review, {"nonsense": Answer("yes")}), by=people.kira)


def test_only_the_reviewer_saves_publishes_and_discards(
    session: Session, review: Review, people: SimpleNamespace
) -> None:
    with pytest.raises(Forbidden):
        service.save_draft(session, review, draft(review, GOOD), by=people.lidia)
    with pytest.raises(Forbidden):
        service.publish_review(session, review, by=people.lidia)
    with pytest.raises(Forbidden):
        service.discard_draft(session, review, by=people.lidia)


def test_an_incomplete_review_is_not_published(
    session: Session, review: Review, people: SimpleNamespace
) -> None:
    answers = GOOD | {"hello": Answer("no"), "name": Answer("no", "мямлил")}
    service.save_draft(session, review, draft(review, answers), by=people.kira)
    with pytest.raises(service.Incomplete) as caught:
        service.publish_review(session, review, by=people.kira)
    assert [(each.item, each.lack) for each in caught.value.missing] == [
        ("hello", "comment"),
        ("name", "reason"),
    ]
    assert review.state is ReviewState.DRAFT


def test_publishing_keeps_the_first_score_tells_the_flow_and_is_audited(
    session: Session, call: Call, people: SimpleNamespace, publish: Publish
) -> None:
    review = publish(call, people.kira)
    session.expire_all()
    assert (review.state, review.score, review.first_score) == (ReviewState.PUBLISHED, 100.0, 100.0)
    assert review.published_at is not None
    assert call.scored_at is not None
    assert audited(session, "review_published") == 1
    with pytest.raises(Refused, match="published"):
        service.save_draft(session, review, draft(review, {}, turn=9), by=people.kira)
    with pytest.raises(Refused, match="published"):
        service.discard_draft(session, review, by=people.kira)


def test_a_published_review_keeps_the_items_that_were_asked(
    session: Session, call: Call, checklist: Checklist, people: SimpleNamespace, publish: Publish
) -> None:
    review = publish(call, people.kira)
    assert {answer.item.key for answer in review.answers} == {each.key for each in CARD.items()}
    assert [each.key for each in cards.card_of(review).items()] == [each.key for each in CARD.items()]


def test_a_reviewer_who_joins_the_team_cannot_publish_any_more(
    session: Session, review: Review, people: SimpleNamespace
) -> None:
    service.save_draft(session, review, draft(review, GOOD), by=people.kira)
    people.kira.team = people.north
    session.flush()
    with pytest.raises(Forbidden, match="own team"):
        service.publish_review(session, review, by=people.kira)


def test_the_manager_acknowledges_once(
    session: Session, call: Call, people: SimpleNamespace, publish: Publish
) -> None:
    review = publish(call, people.kira)
    assert unread_count(session, people.max) == 1
    with time_machine.travel(datetime(2026, 11, 1, tzinfo=UTC), tick=False):
        service.acknowledge(session, review, by=people.max)
    first = review.acknowledged_at
    service.acknowledge(session, review, by=people.max)
    assert review.acknowledged_at == first == datetime(2026, 11, 1, tzinfo=UTC)
    assert audited(session, "review_acknowledged") == 1
    assert unread_count(session, people.max) == 0


@pytest.mark.parametrize("name", ["sveta", "roman", "kira", "olga"])
def test_nobody_acknowledges_for_the_manager(
    session: Session, call: Call, people: SimpleNamespace, publish: Publish, name: str
) -> None:
    review = publish(call, people.kira)
    with pytest.raises(Forbidden):
        service.acknowledge(session, review, by=getattr(people, name))


def test_a_draft_cannot_be_acknowledged(session: Session, review: Review, people: SimpleNamespace) -> None:
    with pytest.raises(Forbidden):
        service.acknowledge(session, review, by=people.max)


def test_the_card_can_be_changed_while_nothing_is_answered(
    session: Session, review: Review, people: SimpleNamespace
) -> None:
    shorter = replace(card(section("only", item("one"))), key="other")
    other = load_card(session, shorter, by=None).version.checklist
    changed = service.change_checklist(session, review, other, by=people.kira)
    assert changed.checklist.key == "other"
    assert session.scalar(select(func.count()).select_from(Review)) == 1
    service.save_draft(session, changed, draft(changed, {"one": Answer("yes")}), by=people.kira)
    with pytest.raises(Refused, match="nothing has been answered"):
        service.change_checklist(session, changed, review.checklist, by=people.kira)


def test_a_draft_is_discarded_with_all_it_holds(
    session: Session, review: Review, people: SimpleNamespace
) -> None:
    service.save_draft(session, review, draft(review, GOOD, marks=(DraftMark(1, 2, "x"),)), by=people.kira)
    service.discard_draft(session, review, by=people.kira)
    assert session.scalar(select(func.count()).select_from(Review)) == 0
    assert audited(session, "review_discarded") == 1
