"""Drafts in the editor: begun, saved in any state, published, thrown away; on both databases."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.checklists import documents, drafts, queries, service
from qcapp.checklists.card import Card
from qcapp.checklists.drafts import Typed
from qcapp.checklists.models import Checklist, ChecklistVersion, VersionState
from qcapp.core import clock
from qcapp.core.audit import AuditEntry
from qcapp.core.autosave import Conflict
from qcapp.core.errors import Forbidden, Refused
from tests.checklists.cards import card, item, section

SMALL = card(section("s", item("a"), item("b")), purpose={"ru": "Проверить"})


def typed(
    document: dict[str, Any], *, revision: int = 0, window: str = "one", turn: int = 1, **other: Any
) -> Typed:
    return Typed(document, other.get("owner_id"), other.get("review_on"), revision, window, turn)


def titled(title: str, base: Card = SMALL) -> dict[str, Any]:
    return documents.document_of(replace(base, title={"ru": title}))


def actions(session: Session) -> list[str]:
    return [entry.action for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]


@pytest.fixture
def in_force(session: Session, people: SimpleNamespace) -> ChecklistVersion:
    """A version that calls were scored by."""
    version = service.load_card(session, SMALL, by=people.lidia).version
    version.used_at = clock.now()
    session.flush()
    return version


def test_a_new_checklist_is_a_draft_that_says_what_it_lacks(
    session: Session, people: SimpleNamespace
) -> None:
    version = drafts.create_checklist(session, {"ru": " Новая карта "}, by=people.lidia)
    assert (version.checklist.key, version.number, version.state) == ("novaya_karta", 1, VersionState.DRAFT)
    assert version.checklist.owner == people.lidia
    assert queries.card_of(version).title == {"ru": "Новая карта"}
    assert (
        drafts.create_checklist(session, {"ru": "Новая карта"}, by=people.lidia).checklist.key
        == "novaya_karta_2"
    )
    with pytest.raises(Refused, match="Purpose: this text is empty"):
        drafts.publish_draft(session, version, by=people.lidia)
    with pytest.raises(Refused, match="needs a title"):
        drafts.create_checklist(session, {"ru": "  "}, by=people.lidia)


def test_a_copy_is_worded_like_its_model_under_a_key_of_its_own(
    session: Session, people: SimpleNamespace
) -> None:
    version = drafts.create_checklist(session, {"ru": "Копия"}, by=people.lidia, like=SMALL)
    assert queries.card_of(version) == replace(SMALL, key="kopiya", title={"ru": "Копия"})


def test_a_draft_of_a_card_in_force_begins_with_its_wording_and_there_is_only_one(
    session: Session, people: SimpleNamespace, in_force: ChecklistVersion
) -> None:
    draft = drafts.open_draft(session, in_force.checklist, by=people.lidia)
    assert (draft.number, draft.state, queries.card_of(draft)) == (2, VersionState.DRAFT, SMALL)
    assert drafts.open_draft(session, in_force.checklist, by=people.lidia) == draft
    assert queries.version_in_force(session, in_force.checklist) == in_force
    assert actions(session)[-1] == "checklist_draft_begun"


def test_what_is_no_card_yet_is_kept_as_typed(
    session: Session, people: SimpleNamespace, in_force: ChecklistVersion
) -> None:
    draft = drafts.open_draft(session, in_force.checklist, by=people.lidia)
    document = titled("")
    document["sections"][0]["weight"] = "десять"
    drafts.save_draft(session, draft, typed(document, review_on=date(2026, 12, 1)), by=people.lidia)
    session.expire_all()
    assert draft.document is not None
    assert draft.document["sections"][0]["weight"] == "десять"
    assert (draft.review_on, draft.revision) == (date(2026, 12, 1), 1)
    seen = queries.card_of(draft)
    assert (seen.title, seen.sections[0].weight) == ({"ru": "…"}, 0)
    with pytest.raises(Refused, match="here must be a number"):
        drafts.publish_draft(session, draft, by=people.lidia)


def test_a_published_draft_takes_the_place_of_the_used_version(
    session: Session, people: SimpleNamespace, in_force: ChecklistVersion
) -> None:
    draft = drafts.open_draft(session, in_force.checklist, by=people.lidia)
    drafts.save_draft(session, draft, typed(titled("Новая")), by=people.lidia)
    assert drafts.publish_draft(session, draft, by=people.lidia) == draft
    session.expire_all()
    assert (in_force.state, draft.state, draft.document) == (
        VersionState.ARCHIVED,
        VersionState.PUBLISHED,
        None,
    )
    assert queries.card_of(draft).title == {"ru": "Новая"}
    assert queries.card_of(in_force) == SMALL


def test_where_nobody_used_the_version_in_force_it_is_worded_anew(
    session: Session, people: SimpleNamespace
) -> None:
    first = service.load_card(session, SMALL, by=people.lidia).version
    draft = drafts.open_draft(session, first.checklist, by=people.lidia)
    drafts.save_draft(session, draft, typed(titled("Новая"), review_on=date(2026, 12, 1)), by=people.lidia)
    assert drafts.publish_draft(session, draft, by=people.lidia) == first
    session.expire_all()
    assert [each.number for each in first.checklist.versions] == [1]
    assert (first.state, first.review_on) == (VersionState.PUBLISHED, date(2026, 12, 1))
    assert queries.card_of(first).title == {"ru": "Новая"}


def test_two_windows_never_overwrite_each_other(
    session: Session, people: SimpleNamespace, in_force: ChecklistVersion
) -> None:
    draft = drafts.open_draft(session, in_force.checklist, by=people.lidia)
    drafts.save_draft(session, draft, typed(titled("Раз")), by=people.lidia)
    with pytest.raises(Conflict) as conflict:
        drafts.save_draft(session, draft, typed(titled("Два"), window="two"), by=people.lidia)
    assert conflict.value.revision == 1
    drafts.save_draft(session, draft, typed(titled("Раз"), window="two"), by=people.lidia)
    drafts.save_draft(session, draft, typed(titled("Три"), window="two", turn=3, revision=0), by=people.lidia)
    drafts.save_draft(session, draft, typed(titled("Поздно"), window="two", turn=2), by=people.lidia)
    assert queries.card_of(draft).title == {"ru": "Три"}


def test_a_file_loaded_over_a_draft_is_a_conflict_for_the_window_that_is_open(
    session: Session, people: SimpleNamespace, in_force: ChecklistVersion
) -> None:
    draft = drafts.open_draft(session, in_force.checklist, by=people.lidia)
    drafts.save_draft(session, draft, typed(titled("Раз")), by=people.lidia)
    loaded = replace(SMALL, title={"ru": "Из файла"})
    service.load_card(session, loaded, by=people.lidia, publish=False)
    assert queries.card_of(draft) == loaded
    with pytest.raises(Conflict):
        drafts.save_draft(session, draft, typed(titled("Два"), revision=1, turn=2), by=people.lidia)


def test_a_file_does_not_overwrite_a_draft_from_the_browser(
    session: Session, people: SimpleNamespace, in_force: ChecklistVersion
) -> None:
    drafts.open_draft(session, in_force.checklist, by=people.lidia)
    with pytest.raises(Refused, match="has a draft already"):
        drafts.bring_in(session, SMALL, by=people.lidia)
    other = drafts.bring_in(session, replace(SMALL, key="other"), by=people.lidia)
    assert (other.state, other.checklist.key) == (VersionState.DRAFT, "other")


def test_a_discarded_draft_is_gone_and_with_the_only_one_its_checklist(
    session: Session, people: SimpleNamespace, in_force: ChecklistVersion
) -> None:
    draft = drafts.open_draft(session, in_force.checklist, by=people.lidia)
    assert drafts.discard_draft(session, draft, by=people.lidia)
    assert [each.number for each in in_force.checklist.versions] == [1]
    new = drafts.create_checklist(session, {"ru": "Новая"}, by=people.lidia)
    assert not drafts.discard_draft(session, new, by=people.lidia)
    assert session.scalar(select(Checklist).where(Checklist.key == "novaya")) is None


def test_the_purpose_and_the_owner_belong_to_the_checklist(
    session: Session, people: SimpleNamespace, in_force: ChecklistVersion
) -> None:
    draft = drafts.open_draft(session, in_force.checklist, by=people.lidia)
    document = documents.document_of(replace(SMALL, purpose={"ru": "Иначе"}))
    drafts.save_draft(session, draft, typed(document, owner_id=people.kira.id), by=people.lidia)
    assert in_force.checklist.purpose == {"ru": "Проверить"}
    assert in_force.checklist.owner == people.kira
    drafts.publish_draft(session, draft, by=people.lidia)
    assert in_force.checklist.purpose == {"ru": "Иначе"}
    assert {"checklist_owner", "checklist_purpose", "checklist_published"} <= set(actions(session))


@pytest.mark.parametrize("who", ["kira", "roman", "tanya", "max", "olga", "anna", "hanna"])
def test_only_the_qc_lead_edits(
    session: Session, people: SimpleNamespace, in_force: ChecklistVersion, who: str
) -> None:
    draft = drafts.open_draft(session, in_force.checklist, by=people.lidia)
    by = getattr(people, who)
    for deed in (
        lambda: drafts.create_checklist(session, {"ru": "Новая"}, by=by),
        lambda: drafts.bring_in(session, replace(SMALL, key="other"), by=by),
        lambda: drafts.open_draft(session, in_force.checklist, by=by),
        lambda: drafts.save_draft(session, draft, typed(titled("Раз")), by=by),
        lambda: drafts.publish_draft(session, draft, by=by),
        lambda: drafts.discard_draft(session, draft, by=by),
    ):
        with pytest.raises(Forbidden):
            deed()
