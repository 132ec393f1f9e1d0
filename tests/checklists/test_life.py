"""A version after its draft: in the shadow, on trial, archived, in force again; on both databases."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.checklists import drafts, life, queries, service
from qcapp.checklists.applicability import CallFacts
from qcapp.checklists.card import AppliesTo
from qcapp.checklists.models import ChecklistVersion, VersionState
from qcapp.core import clock
from qcapp.core.audit import AuditEntry
from qcapp.core.errors import Forbidden, Refused
from tests.checklists.cards import card, item, section

SMALL = card(section("s", item("a")), purpose={"ru": "Проверить"}, applies_to=AppliesTo(direction=("out",)))
OUT, IN = CallFacts(direction="out"), CallFacts(direction="in")


@pytest.fixture
def in_force(session: Session, people: SimpleNamespace) -> ChecklistVersion:
    version = service.load_card(session, SMALL, by=people.lidia).version
    version.used_at = clock.now()
    session.flush()
    return version


@pytest.fixture
def shadow(session: Session, people: SimpleNamespace, in_force: ChecklistVersion) -> ChecklistVersion:
    draft = drafts.open_draft(session, in_force.checklist, by=people.lidia)
    life.start_shadow(session, draft, review_on=date(2026, 12, 1), by=people.lidia)
    return draft


def last(session: Session) -> AuditEntry:
    return session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()  # type: ignore[return-value]


def test_a_shadow_version_is_tried_beside_what_is_in_force(
    session: Session, in_force: ChecklistVersion, shadow: ChecklistVersion
) -> None:
    assert (shadow.state, shadow.review_on) == (VersionState.SHADOW, date(2026, 12, 1))
    assert queries.version_in_force(session, in_force.checklist) == in_force
    assert [each.key for each in queries.cards_for_call(session, OUT)] == ["card"]
    assert queries.shadow_versions_for_call(session, OUT) == [shadow]
    assert queries.shadow_versions_for_call(session, IN) == []
    assert last(session).action == "checklist_shadow_started"


def test_a_checklist_may_have_a_shadow_version_alone(session: Session, people: SimpleNamespace) -> None:
    draft = drafts.create_checklist(session, {"ru": "Новая"}, by=people.lidia, like=SMALL)
    life.start_shadow(session, draft, by=people.lidia)
    assert queries.version_in_force(session, draft.checklist) is None
    assert queries.cards_in_force(session) == []
    assert queries.shadow_versions_for_call(session, OUT) == [draft]


def test_a_draft_with_problems_cannot_be_tried(session: Session, people: SimpleNamespace) -> None:
    draft = drafts.create_checklist(session, {"ru": "Новая"}, by=people.lidia)
    with pytest.raises(Refused, match="this text is empty"):
        life.start_shadow(session, draft, by=people.lidia)


def test_only_one_version_of_a_checklist_is_tried_at_a_time(
    session: Session, people: SimpleNamespace, shadow: ChecklistVersion
) -> None:
    another = drafts.open_draft(session, shadow.checklist, by=people.lidia)
    with pytest.raises(Refused, match="Version 2 of this checklist is being tried already"):
        life.start_shadow(session, another, by=people.lidia)


def test_an_unused_shadow_becomes_a_draft_again_and_a_used_one_goes_to_the_archive(
    session: Session, people: SimpleNamespace, shadow: ChecklistVersion
) -> None:
    life.stop_shadow(session, shadow, by=people.lidia)
    assert shadow.state is VersionState.DRAFT
    life.start_shadow(session, shadow, by=people.lidia)
    shadow.used_at = clock.now()
    life.stop_shadow(session, shadow, by=people.lidia)
    assert shadow.state is VersionState.ARCHIVED
    assert queries.shadow_versions_for_call(session, OUT) == []


def test_beside_another_draft_an_ended_trial_goes_to_the_archive(
    session: Session, people: SimpleNamespace, shadow: ChecklistVersion
) -> None:
    drafts.open_draft(session, shadow.checklist, by=people.lidia)
    life.stop_shadow(session, shadow, by=people.lidia)
    assert shadow.state is VersionState.ARCHIVED


def test_a_shadow_that_is_switched_on_counts_from_then(
    session: Session, people: SimpleNamespace, in_force: ChecklistVersion, shadow: ChecklistVersion
) -> None:
    shadow.used_at = clock.now()
    life.switch_on(session, shadow, by=people.lidia)
    assert (in_force.state, shadow.state) == (VersionState.ARCHIVED, VersionState.PUBLISHED)
    assert shadow.review_on is None
    assert queries.version_in_force(session, shadow.checklist) == shadow
    assert queries.shadow_versions_for_call(session, OUT) == []


def test_after_archiving_nothing_is_in_force_until_a_version_is_restored(
    session: Session, people: SimpleNamespace, in_force: ChecklistVersion
) -> None:
    life.archive_version(session, in_force, by=people.lidia)
    assert queries.cards_for_call(session, OUT) == []
    assert in_force.archived_at is not None
    life.restore_version(session, in_force, by=people.lidia)
    assert queries.version_in_force(session, in_force.checklist) == in_force
    assert in_force.archived_at is None
    assert last(session).action == "checklist_restored"


def test_a_restored_version_takes_the_place_of_the_one_in_force(
    session: Session, people: SimpleNamespace, in_force: ChecklistVersion
) -> None:
    second = service.load_card(session, replace(SMALL, title={"ru": "Новая"}), by=people.lidia).version
    life.restore_version(session, in_force, by=people.lidia)
    assert (in_force.state, second.state) == (VersionState.PUBLISHED, VersionState.ARCHIVED)


def test_a_trial_has_an_end_that_can_be_moved_and_cleared(
    session: Session, people: SimpleNamespace, in_force: ChecklistVersion
) -> None:
    life.set_trial(session, in_force, date(2026, 12, 1), by=people.lidia)
    life.set_trial(session, in_force, None, by=people.lidia)
    assert in_force.review_on is None
    assert last(session).diff == {"version": 1, "review_on": {"before": "2026-12-01", "after": None}}


def test_a_deed_that_does_not_fit_the_state_is_refused_in_words(
    session: Session, people: SimpleNamespace, in_force: ChecklistVersion
) -> None:
    for deed, sentence in (
        (life.start_shadow, "Only a draft"),
        (life.switch_on, "not being tried"),
        (life.stop_shadow, "not being tried"),
        (life.restore_version, "Only an archived version"),
    ):
        with pytest.raises(Refused, match=sentence):
            deed(session, in_force, by=people.lidia)
    life.archive_version(session, in_force, by=people.lidia)
    with pytest.raises(Refused, match="Only the version in force"):
        life.archive_version(session, in_force, by=people.lidia)
    with pytest.raises(Refused, match="Only a version in use"):
        life.set_trial(session, in_force, date(2026, 12, 1), by=people.lidia)


@pytest.mark.parametrize("who", ["kira", "roman", "tanya", "max", "olga", "anna", "hanna"])
def test_only_the_qc_lead_decides(
    session: Session, people: SimpleNamespace, in_force: ChecklistVersion, who: str
) -> None:
    by = getattr(people, who)
    for deed in (
        life.start_shadow,
        life.switch_on,
        life.stop_shadow,
        life.archive_version,
        life.restore_version,
    ):
        with pytest.raises(Forbidden):
            deed(session, in_force, by=by)
    with pytest.raises(Forbidden):
        life.set_trial(session, in_force, None, by=by)
