"""Loading, replacing, publishing: on both databases."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.checklists import queries, service
from qcapp.checklists.applicability import CallFacts
from qcapp.checklists.card import AppliesTo, Card, Critical, Example, Guide, Reason
from qcapp.checklists.card_files import parse_card, read_card, write_card
from qcapp.checklists.models import Checklist, VersionState
from qcapp.checklists.service import CardLoad
from qcapp.core import clock
from qcapp.core.audit import AuditEntry
from qcapp.core.errors import Forbidden, Missing, Refused
from tests.checklists.cards import card, choice, item, scale, section, text

SHIPPED = Path(__file__).parents[2] / "checklists"


@pytest.fixture
def small() -> Card:
    return card(
        section(
            "s",
            scale(
                "a", 2, 5, weight=Decimal("2.5"), critical=Critical.CALL, critical_below=Decimal(3), na=True
            ),
            choice("b", {"none": "0", "half": "0.5", "all": "1"}, comment_below=Decimal("0.5")),
            item(
                "c",
                reasons=(Reason("slow", {"ru": "Медленно", "en": "Slow"}),),
                guide=Guide({"yes": {"ru": "Да"}, "no": {"ru": "Нет"}}, (Example("no", {"ru": "«Ну…»"}),)),
                applies_to=AppliesTo(direction=("out",)),
                hints=("как бы",),
            ),
            text("d"),
            weight="12.5",
        ),
        section("t", item("e"), item("f", bonus=True)),
        purpose={"ru": "Проверить", "en": "To check"},
        applies_to=AppliesTo(lead_source=("cold",), contact_no=(1, 2)),
    )


def entries(session: Session) -> list[str]:
    return [entry.action for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]


def test_a_card_comes_back_from_the_database_as_it_was(session: Session, small: Card) -> None:
    loaded = service.load_card(session, small, by=None)
    session.expire_all()
    assert queries.card_of(loaded.version) == small


@pytest.mark.parametrize("name", ["cold_first_contact", "hot_site_lead", "repeat_contact", "research_call"])
def test_a_shipped_card_exported_from_the_database_is_the_same(session: Session, name: str) -> None:
    shipped = read_card(SHIPPED / f"{name}.yaml")
    version = service.load_card(session, shipped, by=None).version
    session.expire_all()
    exported = write_card(queries.card_of(version))
    assert parse_card(exported.encode(), name="export") == shipped
    assert exported == write_card(shipped)


def test_the_first_load_creates_and_publishes(session: Session, people: SimpleNamespace, small: Card) -> None:
    loaded = service.load_card(session, small, by=people.lidia)
    assert (loaded.outcome, loaded.version.number) == (CardLoad.CREATED, 1)
    assert loaded.version.state is VersionState.PUBLISHED
    assert loaded.version.published_at is not None
    assert loaded.version.checklist.owner == people.lidia
    assert entries(session)[-2:] == ["checklist_loaded", "checklist_published"]


def test_the_same_card_again_changes_nothing(session: Session, small: Card) -> None:
    first = service.load_card(session, small, by=None)
    before = entries(session)
    again = service.load_card(session, small, by=None)
    assert (again.outcome, again.version) == (CardLoad.UNCHANGED, first.version)
    assert entries(session) == before


def test_an_unused_version_is_replaced_in_place(session: Session, small: Card) -> None:
    first = service.load_card(session, small, by=None)
    changed = replace(small, sections=(*small.sections[:1], section("t", item("e"), item("g"))))
    again = service.load_card(session, changed, by=None)
    assert (again.outcome, again.version.id, again.version.number) == (CardLoad.REPLACED, first.version.id, 1)
    session.expire_all()
    assert queries.card_of(again.version) == changed
    diff = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert diff is not None
    assert (diff.diff["items_added"], diff.diff["items_removed"]) == (["g"], ["f"])


def test_a_used_version_is_kept_and_a_new_one_takes_its_place(session: Session, small: Card) -> None:
    first = service.load_card(session, small, by=None).version
    first.used_at = clock.now()
    changed = replace(small, title={"ru": "Новая карта"})
    again = service.load_card(session, changed, by=None)
    assert (again.outcome, again.version.number) == (CardLoad.NEW_VERSION, 2)
    session.expire_all()
    assert (first.state, again.version.state) == (VersionState.ARCHIVED, VersionState.PUBLISHED)
    assert first.archived_at is not None
    assert queries.card_of(first) == small
    assert queries.version_in_force(session, first.checklist) == again.version


def test_a_new_purpose_makes_no_version(session: Session, small: Card) -> None:
    service.load_card(session, small, by=None).version.used_at = clock.now()
    again = service.load_card(session, replace(small, purpose={"ru": "Иначе"}), by=None)
    assert (again.outcome, again.version.number) == (CardLoad.UNCHANGED, 1)
    assert again.version.checklist.purpose == {"ru": "Иначе"}
    assert entries(session)[-1] == "checklist_purpose"


def test_a_draft_waits_beside_the_version_in_force_until_it_is_published(
    session: Session, small: Card
) -> None:
    first = service.load_card(session, small, by=None).version
    changed = replace(small, title={"ru": "Новая карта"})
    draft = service.load_card(session, changed, by=None, publish=False).version
    assert (draft.number, draft.state) == (2, VersionState.DRAFT)
    assert queries.version_in_force(session, first.checklist) == first
    better = replace(small, title={"ru": "Ещё лучше"})
    assert service.load_card(session, better, by=None, publish=False).outcome is CardLoad.REPLACED
    service.publish_version(session, draft, by=None)
    assert queries.version_in_force(session, first.checklist) == draft
    assert first.state is VersionState.ARCHIVED
    assert queries.card_of(draft) == better


def test_only_a_draft_can_be_published(session: Session, small: Card) -> None:
    version = service.load_card(session, small, by=None).version
    with pytest.raises(Refused, match="Only a draft"):
        service.publish_version(session, version, by=None)


def test_a_card_with_faults_is_refused_whoever_made_it(session: Session) -> None:
    with pytest.raises(Refused, match="add up to 0"):
        service.load_card(session, card(section("s", item("a"), weight=0)), by=None)
    assert session.scalar(select(Checklist)) is None


@pytest.mark.parametrize("who", ["kira", "roman", "tanya", "max", "olga", "anna", "hanna"])
def test_only_the_qc_lead_loads_and_publishes(
    session: Session, people: SimpleNamespace, small: Card, who: str
) -> None:
    with pytest.raises(Forbidden):
        service.load_card(session, small, by=getattr(people, who))
    draft = service.load_card(session, small, by=people.lidia, publish=False).version
    with pytest.raises(Forbidden):
        service.publish_version(session, draft, by=getattr(people, who))


def test_the_shipped_cards_find_their_calls(session: Session) -> None:
    for file in sorted(SHIPPED.glob("*.yaml")):
        service.load_card(session, read_card(file), by=None)

    def keys(**facts: object) -> list[str]:
        return [each.key for each in queries.cards_for_call(session, CallFacts(**facts))]  # type: ignore[arg-type]

    cold = keys(direction="out", lead_source="cold", contact_no=1)
    assert cold == ["cold_first_contact", "research_call"]
    assert keys(direction="out", lead_source="warm", contact_no=1) == ["cold_first_contact"]
    assert keys(direction="in", lead_source="hot", contact_no=1) == ["hot_site_lead"]
    assert keys(direction="out", lead_source="hot", contact_no=3) == ["repeat_contact"]
    assert keys(direction="in", lead_source="existing") == ["repeat_contact"]
    assert keys(direction="out")[0] == "cold_first_contact"
    assert sorted(keys()) == ["cold_first_contact", "hot_site_lead", "repeat_contact", "research_call"]


def test_what_is_not_there_is_said(session: Session, small: Card) -> None:
    with pytest.raises(Missing, match="no checklist with the key “ghost”"):
        queries.checklist_by_key(session, "ghost")
    version = service.load_card(session, small, by=None).version
    with pytest.raises(Missing, match="no such version"):
        queries.version_by_number(session, version.checklist, 7)
    assert queries.version_by_number(session, version.checklist, None) == version


def test_no_call_is_scored_on_the_card_of_an_exam(session: Session) -> None:
    service.load_card(session, read_card(SHIPPED / "exam.yaml"), by=None)
    in_exam = CallFacts(direction="out", stage="exam", role="manager")
    assert queries.cards_for_call(session, CallFacts()) == []
    assert queries.cards_for_call(session, in_exam) == []
    assert queries.cards_in_force(session) == []
    assert queries.versions_in_force(session) == []


def test_the_card_of_an_exam_on_trial_is_offered_for_no_call(session: Session) -> None:
    exam = service.load_card(session, read_card(SHIPPED / "exam.yaml"), by=None).version
    exam.state = VersionState.SHADOW
    session.flush()
    assert queries.shadow_versions_for_call(session, CallFacts(stage="exam")) == []
