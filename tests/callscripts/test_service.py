"""A draft from the first word to the approval: who may do what, and what never changes again."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.callscripts import queries, service, wording
from qcapp.callscripts.blocks import Block, DraftState
from qcapp.callscripts.models import ScriptDraft
from qcapp.callscripts.starters import starters
from qcapp.callscripts.wording import Objection
from qcapp.core import clock
from qcapp.core.audit import AuditEntry
from qcapp.core.autosave import Conflict
from qcapp.core.errors import Forbidden, Missing, Refused
from qcapp.people.delegations import delegate
from qcapp.people.models import Notice
from qcapp.terms import Role
from tests.callscripts.scripts import FULL, approve, hand_in, typed
from tests.callscripts.scripts import wording as worded
from tests.factories.people import make_user


@pytest.fixture
def draft(session: Session, people: SimpleNamespace) -> ScriptDraft:
    """What Max is writing."""
    return service.start_draft(session, by=people.max)


def told(session: Session, kind: str) -> list[tuple[str, str]]:
    found = session.scalars(select(Notice).where(Notice.kind == kind).order_by(Notice.id))
    return [(notice.user.login, notice.path) for notice in found]


def test_a_manager_begins_from_a_starter_from_nothing_and_once(
    session: Session, people: SimpleNamespace
) -> None:
    first = service.start_draft(session, by=people.max, starter="cold_first_contact")
    assert (first.number, first.state, first.starter) == (1, DraftState.WRITING, "cold_first_contact")
    assert wording.read(first.blocks) == starters()["cold_first_contact"].wording
    assert service.start_draft(session, by=people.max) is first
    other = service.start_draft(session, by=people.sveta)
    assert wording.missing(wording.read(other.blocks)) == tuple(Block)
    with pytest.raises(Missing):
        service.start_draft(session, by=people.max, starter="../secret")
    with pytest.raises(Forbidden):
        service.start_draft(session, by=people.tanya)


def test_a_ready_script_word_for_word_is_nobodys_own(session: Session, people: SimpleNamespace) -> None:
    draft = service.start_draft(session, by=people.max, starter="cold_first_contact")
    with pytest.raises(Refused, match="word for word"):
        service.submit_draft(session, draft, by=people.max)
    draft.blocks = draft.blocks | {"goal": "Звоню, чтобы договориться о встрече."}
    service.submit_draft(session, draft, by=people.max)
    assert draft.state is DraftState.SUBMITTED


def test_only_its_manager_writes_a_draft_and_only_once_nobody_else_reads_it(
    session: Session, draft: ScriptDraft, people: SimpleNamespace
) -> None:
    for stranger in (people.sveta, people.tanya, people.lidia, people.roman):
        with pytest.raises(Forbidden):
            service.save_draft(session, draft, typed(draft), by=stranger)
        with pytest.raises(Forbidden):
            queries.get_draft(session, draft.id, stranger)
    service.save_draft(session, draft, typed(draft), by=people.max)
    assert queries.get_draft(session, draft.id, people.max).blocks == wording.written(FULL)


def test_two_windows_never_overwrite_each_other(
    session: Session, draft: ScriptDraft, people: SimpleNamespace
) -> None:
    changed = worded(greeting="Иначе")
    service.save_draft(session, draft, typed(draft, window="one", turn=2), by=people.max)
    late = typed(draft, changed, window="one", turn=1)
    assert service.save_draft(session, draft, late, by=people.max).blocks == wording.written(FULL)
    with pytest.raises(Conflict) as clash:
        service.save_draft(
            session, draft, typed(draft, changed, window="two", revision=0, turn=1), by=people.max
        )
    assert clash.value.revision == 1
    same = typed(draft, FULL, window="two", revision=0, turn=1)
    assert service.save_draft(session, draft, same, by=people.max).revision == 2


def test_a_draft_is_handed_in_whole_and_never_changes_after_that(
    session: Session, draft: ScriptDraft, people: SimpleNamespace
) -> None:
    service.save_draft(
        session, draft, typed(draft, worded((Objection("Дорого", ""),), goal="")), by=people.max
    )
    with pytest.raises(Refused, match=r"Goal of the call, Objections"):
        service.submit_draft(session, draft, by=people.max)
    service.save_draft(session, draft, typed(draft), by=people.max)
    service.submit_draft(session, draft, by=people.max)
    assert draft.state is DraftState.SUBMITTED
    for deed in (
        lambda: service.save_draft(session, draft, typed(draft, worded(goal="Иначе")), by=people.max),
        lambda: service.submit_draft(session, draft, by=people.max),
        lambda: service.discard_draft(session, draft, by=people.max),
        lambda: service.start_draft(session, by=people.max),
    ):
        with pytest.raises(Refused):
            deed()
    assert draft.blocks == wording.written(FULL)


def test_what_is_being_written_can_be_thrown_away(
    session: Session, draft: ScriptDraft, people: SimpleNamespace
) -> None:
    with pytest.raises(Forbidden):
        service.discard_draft(session, draft, by=people.lidia)
    service.discard_draft(session, draft, by=people.max)
    assert queries.last_draft(session, people.max.id) is None
    assert service.start_draft(session, by=people.max).number == 1


def test_the_coach_of_the_team_and_the_qc_lead_are_told_and_the_manager_of_the_decision(
    session: Session, people: SimpleNamespace
) -> None:
    make_user(session, "Gone Coach", Role.COACH, people.north).active = False
    make_user(session, "South Coach", Role.COACH, people.south)
    make_user(session, "New Lead", Role.QC_LEAD).confirmed_at = None
    hilda = make_user(session, "Hilda", Role.HR)
    week = clock.now() + timedelta(days=7)
    delegate(session, lender=people.lidia, holder=hilda, until=week, reason="Ill", by=people.olga)
    draft = hand_in(session, people.max)
    path = f"/scripts/drafts/{draft.id}"
    assert told(session, "script_submitted") == [("hilda", path), ("lidia", path), ("tanya", path)]
    service.return_draft(session, draft, "Короче", by=people.tanya)
    assert told(session, "script_returned") == [("max", path)]
    unread = session.scalars(
        select(Notice).where(Notice.kind == "script_submitted", Notice.read_at.is_(None))
    )
    assert [notice.user.login for notice in unread] == ["hilda", "lidia"]


def test_coach_and_qc_judge_heads_and_owners_do_not_and_nobody_his_own(
    session: Session, people: SimpleNamespace
) -> None:
    draft = hand_in(session, people.max)
    other = make_user(session, "South Coach", Role.COACH, people.south)
    for wrong in (people.max, people.roman, people.olga, people.sveta, people.hanna, other):
        with pytest.raises(Forbidden):
            service.comment_block(session, draft, Block.GOAL, "Нет", by=wrong)
        with pytest.raises(Forbidden):
            service.approve_draft(session, draft, by=wrong)
        with pytest.raises(Forbidden):
            service.return_draft(session, draft, "Нет", by=wrong)
    comment = service.comment_block(session, draft, Block.GOAL, " Скажите проще ", by=people.kira)
    assert (comment.text, comment.block) == ("Скажите проще", Block.GOAL)
    draft.script.manager = people.tanya  # were she ever the one whose script it is
    with pytest.raises(Forbidden):
        service.approve_draft(session, draft, by=people.tanya)


def test_a_return_says_why_and_the_next_draft_goes_on_from_the_last(
    session: Session, people: SimpleNamespace
) -> None:
    draft = hand_in(session, people.max)
    with pytest.raises(Refused, match="what is to be better"):
        service.return_draft(session, draft, "  ", by=people.tanya)
    with pytest.raises(Refused):
        service.comment_block(session, draft, Block.NEEDS, " ", by=people.tanya)
    service.comment_block(session, draft, Block.NEEDS, "Два вопроса мало", by=people.tanya)
    service.return_draft(session, draft, by=people.tanya)
    with pytest.raises(Refused, match="does not wait"):
        service.approve_draft(session, draft, by=people.lidia)
    following = service.start_draft(session, by=people.max)
    assert (following.number, following.blocks) == (2, draft.blocks)
    with pytest.raises(Refused, match="not been handed in"):
        service.comment_block(session, following, Block.NEEDS, "Рано", by=people.tanya)


def test_the_approved_draft_is_in_force_until_the_next_one_is_approved(
    session: Session, people: SimpleNamespace
) -> None:
    begin = datetime(2026, 10, 1, 9, tzinfo=UTC)
    with time_machine.travel(begin, tick=False):
        first = approve(session, people.max, people.tanya)
    with time_machine.travel(begin + timedelta(days=3), tick=False):
        returned = hand_in(session, people.max)
        service.return_draft(session, returned, "Нет", by=people.tanya)
        third = approve(session, people.max, people.kira)

    def in_force(manager_id: int | None, **later: int) -> ScriptDraft | None:
        return queries.draft_in_force(session, manager_id, begin + timedelta(**later))

    assert in_force(people.max.id, seconds=-1) is None
    assert in_force(people.max.id) is first
    assert in_force(people.max.id, days=3, seconds=-1) is first
    assert in_force(people.max.id, days=300) is third
    assert in_force(people.sveta.id, days=300) is None
    assert in_force(None, days=300) is None


def test_lists_reach_as_far_as_the_person(session: Session, people: SimpleNamespace) -> None:
    mine = hand_in(session, people.max)
    theirs = approve(session, people.sveta, people.kira)
    newer = service.start_draft(session, by=people.sveta)
    assert queries.waiting(session, people.tanya) == [mine]
    assert queries.waiting(session, people.lidia) == [mine]
    assert queries.waiting(session, people.max) == []
    assert queries.waiting(session, people.roman) == []
    found = queries.lines(session, people.lidia)
    assert [(line.newest, line.in_force) for line in found] == [(mine, None), (newer, theirs)]
    assert [line.manager for line in queries.lines(session, people.roman)] == [people.max]
    assert [line.manager for line in queries.lines(session, people.sveta)] == [people.sveta]
    assert queries.lines(session, people.hanna) == []
    assert list(queries.handed_in(session, people.sveta.id)) == [theirs]
    assert list(queries.handed_in(session, people.sveta.id, before=1)) == []
    assert list(queries.drafts_of(session, people.sveta.id)) == [newer, theirs]


def test_every_deed_is_written_down(session: Session, people: SimpleNamespace) -> None:
    draft = approve(session, people.max, people.tanya)
    service.comment_block(session, draft, Block.GOAL, "Хорошо", by=people.kira)
    entries = session.scalars(
        select(AuditEntry).where(AuditEntry.thing == f"script_draft:{draft.id}").order_by(AuditEntry.id)
    ).all()
    assert [entry.action for entry in entries] == [
        "script_begun",
        "script_submitted",
        "script_approved",
        "script_commented",
    ]
    assert draft.decided_at is not None
    assert draft.decided_at <= clock.now()
