"""The pages a QC lead changes checklists on."""

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.checklists import documents, drafts, life, queries, service
from qcapp.checklists.card_files import parse_card, read_card
from qcapp.checklists.models import Checklist, ChecklistVersion, VersionState
from qcapp.core import clock
from qcapp.core.audit import AuditEntry

COLD = Path(__file__).parents[2] / "checklists" / "cold_first_contact.yaml"
Login = Callable[..., FlaskClient]
HOME = "/checklists/cold_first_contact"


@pytest.fixture
def in_force(session: Session, people: SimpleNamespace) -> ChecklistVersion:
    version = service.load_card(session, read_card(COLD), by=people.lidia).version
    version.used_at = clock.now()
    session.commit()
    return version


@pytest.fixture
def lidia(login: Login, people: SimpleNamespace) -> FlaskClient:
    return login(people.lidia)


def sent(document: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"document": document, "owner": "", "review_on": "", "mode": "force", "revision": 0, "window": "one",
            "turn": 1} | fields  # fmt: skip


def cold() -> dict[str, Any]:
    return documents.document_of(read_card(COLD))


def versions(session: Session) -> list[tuple[int, VersionState]]:
    session.expire_all()
    found = session.scalars(select(ChecklistVersion).order_by(ChecklistVersion.number))
    return [(each.number, each.state) for each in found]


def test_a_new_checklist_begins_in_the_editor(session: Session, lidia: FlaskClient) -> None:
    assert "New checklist" in lidia.get("/checklists/").text
    answer = lidia.post("/checklists/new-card", data={"title": "Проверка", "like": ""})
    assert answer.location == "/checklists/proverka/edit"
    page = lidia.get(answer.location).text
    assert 'data-module="checklist_editor"' in page
    assert "Purpose" in page
    assert "draft" in lidia.get("/checklists/").text


def test_without_a_title_nothing_is_made(session: Session, lidia: FlaskClient) -> None:
    answer = lidia.post("/checklists/new-card", data={"title": "  "})
    assert answer.status_code == 422
    assert "Please check the form." in answer.text
    assert session.scalar(select(Checklist)) is None


def test_a_copy_begins_like_the_card(
    session: Session, lidia: FlaskClient, in_force: ChecklistVersion
) -> None:
    lidia.post("/checklists/new-card", data={"title": "Copy", "like": "cold_first_contact"})
    copy = queries.version_by_number(session, queries.checklist_by_key(session, "copy"), None)
    assert queries.card_of(copy).sections == read_card(COLD).sections


def test_a_file_becomes_a_draft_or_is_refused_line_by_line(session: Session, lidia: FlaskClient) -> None:
    wrong = io.BytesIO(COLD.read_bytes().replace(b"weight: 15", b"wieght: 15", 1))
    refused = lidia.post("/checklists/from-file", data={"file": (wrong, "card.yaml")})
    assert refused.status_code == 422
    assert "line 20: section greeting, wieght: unknown field" in refused.text
    assert "Choose a YAML file first." in lidia.post("/checklists/from-file").text
    taken = lidia.post("/checklists/from-file", data={"file": (io.BytesIO(COLD.read_bytes()), "card.yaml")})
    assert taken.location == f"{HOME}/edit"
    assert versions(session) == [(1, VersionState.DRAFT)]
    again = lidia.post("/checklists/from-file", data={"file": (io.BytesIO(COLD.read_bytes()), "card.yaml")})
    assert "has a draft already" in again.text


def test_editing_begins_a_draft_and_opens_the_one_there_is(
    session: Session, lidia: FlaskClient, in_force: ChecklistVersion
) -> None:
    assert lidia.get(f"{HOME}/edit").status_code == 302
    for _again in range(2):
        assert lidia.post(f"{HOME}/draft").location == f"{HOME}/edit"
    assert versions(session) == [(1, VersionState.PUBLISHED), (2, VersionState.DRAFT)]
    assert "Go on editing" in lidia.get(HOME).text


def test_autosave_tells_the_problems_and_publishing_waits_for_them(
    session: Session, lidia: FlaskClient, in_force: ChecklistVersion
) -> None:
    lidia.post(f"{HOME}/draft")
    document = cold()
    document["sections"][0]["items"][0]["weight"] = "много"
    saved = lidia.post(f"{HOME}/save", json=sent(document)).json
    assert saved["revision"] == 1
    assert saved["problems"] == [
        {
            "path": ["sections", 0, "items", 0, "weight"],
            "where": "Greeting › Said hello, gave own name and company › Weight",
            "text": "here must be a number.",
        }
    ]
    refused = lidia.post(f"{HOME}/publish", json=sent(document, revision=1, turn=2))
    assert (refused.status_code, refused.json["first"], refused.json["revision"]) == (422, 0, 2)
    document["sections"][0]["items"][0]["weight"] = "3,5"
    done = lidia.post(f"{HOME}/publish", json=sent(document, revision=2, turn=3))
    assert done.json == {"url": f"{HOME}?version=2"}
    assert versions(session) == [(1, VersionState.ARCHIVED), (2, VersionState.PUBLISHED)]
    changes = lidia.get(f"{HOME}/diff?from=1&to=2").text
    assert "Item “Said hello, gave own name and company”" in changes
    assert "<del>3</del> → <ins>3.5</ins>" in changes
    assert "Nothing differs" in lidia.get(f"{HOME}/diff?from=2&to=2").text


def test_another_window_is_told_before_anything_is_overwritten(
    lidia: FlaskClient, in_force: ChecklistVersion
) -> None:
    lidia.post(f"{HOME}/draft")
    lidia.post(f"{HOME}/save", json=sent(cold()))
    document = cold() | {"title": {"ru": "Другая"}}
    answer = lidia.post(f"{HOME}/save", json=sent(document, window="two"))
    assert (answer.status_code, answer.json["revision"]) == (409, 1)
    assert lidia.post(f"{HOME}/save", json={"nonsense": 1}).status_code == 409


def test_the_preview_shows_the_draft_as_it_is_typed(lidia: FlaskClient, in_force: ChecklistVersion) -> None:
    lidia.post(f"{HOME}/draft")
    document = cold() | {"title": {"en": "As typed"}}
    lidia.post(f"{HOME}/save", json=sent(document))
    assert "<h1>As typed</h1>" in lidia.get(f"{HOME}?version=2").text
    document["sections"][0]["weight"] = "x"
    lidia.post(f"{HOME}/save", json=sent(document, revision=1, turn=2))
    assert "This draft has problems" in lidia.get(f"{HOME}?version=2").text


def test_a_draft_is_tried_in_the_shadow_and_switched_on(
    session: Session, lidia: FlaskClient, in_force: ChecklistVersion
) -> None:
    lidia.post(f"{HOME}/draft")
    lidia.post(f"{HOME}/publish", json=sent(cold(), mode="shadow", review_on="2099-01-31"))
    assert versions(session) == [(1, VersionState.PUBLISHED), (2, VersionState.SHADOW)]
    page = lidia.get(f"{HOME}?version=2").text
    assert "counts for nobody" in page
    assert "31 Jan 2099" in page
    assert "in the shadow" in lidia.get("/checklists/").text
    lidia.post(f"{HOME}/switch-on", data={"version": 2})
    assert versions(session) == [(1, VersionState.ARCHIVED), (2, VersionState.PUBLISHED)]


def test_a_shadow_ends_as_a_draft_while_unused(
    session: Session, people: SimpleNamespace, lidia: FlaskClient, in_force: ChecklistVersion
) -> None:
    life.start_shadow(
        session, drafts.open_draft(session, in_force.checklist, by=people.lidia), by=people.lidia
    )
    session.commit()
    lidia.post(f"{HOME}/stop-shadow", data={"version": 2})
    assert versions(session) == [(1, VersionState.PUBLISHED), (2, VersionState.DRAFT)]
    assert lidia.post(f"{HOME}/discard").location == HOME
    assert versions(session) == [(1, VersionState.PUBLISHED)]


def test_an_editor_left_open_on_a_draft_that_is_gone_touches_no_later_one(
    session: Session, people: SimpleNamespace, lidia: FlaskClient, in_force: ChecklistVersion
) -> None:
    gone = drafts.open_draft(session, in_force.checklist, by=people.lidia)
    drafts.discard_draft(session, gone, by=people.lidia)
    later = drafts.open_draft(session, in_force.checklist, by=people.lidia)
    session.commit()
    assert "is no draft" in lidia.post(f"{HOME}/discard", data={"draft": gone.id}).text
    document = {"title": "of the draft before"}
    typed = {"document": document, "revision": 0, "window": "old", "turn": 1}
    assert lidia.post(f"{HOME}/save?draft={gone.id}", json=typed).status_code == 409
    assert f'save?draft={later.id}"' in lidia.get(f"{HOME}/edit").text
    assert lidia.post(f"{HOME}/discard", data={"draft": later.id}).location == HOME


def test_a_version_is_archived_and_put_in_force_again(
    session: Session, lidia: FlaskClient, in_force: ChecklistVersion
) -> None:
    lidia.post(f"{HOME}/archive", data={"version": 1})
    assert versions(session) == [(1, VersionState.ARCHIVED)]
    assert "Put in force again" in lidia.get(HOME).text
    lidia.post(f"{HOME}/restore", data={"version": 1})
    assert versions(session) == [(1, VersionState.PUBLISHED)]


def test_a_trial_that_is_over_asks_for_a_decision(
    session: Session, people: SimpleNamespace, lidia: FlaskClient, in_force: ChecklistVersion
) -> None:
    yesterday = (clock.now() - timedelta(days=2)).date()
    lidia.post(
        f"{HOME}/settings", data={"version": 1, "owner": people.kira.id, "review_on": yesterday.isoformat()}
    )
    page = lidia.get(HOME).text
    assert "Decide what becomes of it." in page
    assert "Kira Control" in page
    assert "trial over since" in lidia.get("/checklists/").text
    lidia.post(f"{HOME}/settings", data={"version": 1, "owner": people.kira.id, "review_on": ""})
    assert "Decide what becomes of it." not in lidia.get(HOME).text


def test_an_export_is_the_card_and_is_written_down(
    session: Session, lidia: FlaskClient, in_force: ChecklistVersion
) -> None:
    answer = lidia.post(f"{HOME}/export", data={"version": 1})
    assert "cold_first_contact-1.yaml" in answer.headers["Content-Disposition"]
    assert parse_card(answer.data, name="export") == read_card(COLD)
    last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert last is not None
    assert (last.action, last.diff) == ("export_checklist", {"version": 1})


def test_a_draft_with_problems_is_not_exported(lidia: FlaskClient, in_force: ChecklistVersion) -> None:
    lidia.post(f"{HOME}/draft")
    lidia.post(f"{HOME}/save", json=sent(cold() | {"title": {"ru": ""}}))
    assert "would not load again" in lidia.post(f"{HOME}/export", data={"version": 2}).text


def test_those_who_only_read_see_no_way_to_change(
    login: Login, people: SimpleNamespace, in_force: ChecklistVersion
) -> None:
    client = login(people.kira)
    assert "New checklist" not in client.get("/checklists/").text
    page = client.get(HOME).text
    for words in ("Archive", "Owner and trial", "Download YAML"):
        assert words not in page
    assert f'action="{HOME}/draft"' not in page
