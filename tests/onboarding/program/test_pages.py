"""Programs in the browser: written as a draft, told what is wrong, put in force; and kept by who has begun."""

import io
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from qcapp.checklists.card_files import read_card
from qcapp.checklists.service import CardLoad, load_card
from qcapp.core.autosave import Conflict
from qcapp.core.errors import Forbidden, Refused
from qcapp.onboarding.program import files as program_files
from qcapp.onboarding.program import plan as program
from qcapp.onboarding.program import versions as program_versions
from qcapp.onboarding.program.versions import Typed
from qcapp.onboarding.record import program_of
from qcapp.onboarding.states import ProgramState
from qcapp.people.models import User
from qcapp.settings import ROOT
from qcapp.terms import Stage
from tests.onboarding.on_the_way import PROGRAM, make_trainee, program_version
from tests.onboarding.program.test_plan import STANDARD

Login = Callable[[User], FlaskClient]


def changed(days: int) -> dict[str, Any]:
    """The program with another limit for the internship."""
    plans = [plan | ({"days": days} if plan["stage"] == "internship" else {}) for plan in PROGRAM["stages"]]
    return PROGRAM | {"stages": plans}


def sent(document: dict[str, Any], revision: int = 0, window: str = "one", turn: int = 1) -> dict[str, Any]:
    return {"document": document, "revision": revision, "window": window, "turn": turn}


def test_loading_twice_is_the_same_as_once(session: Session, people: SimpleNamespace) -> None:
    shipped = program_files.read_program(STANDARD)
    first, outcome = program_versions.load_program(session, shipped, by=None)
    assert outcome is CardLoad.CREATED
    assert program_versions.load_program(session, shipped, by=None) == (first, CardLoad.UNCHANGED)
    shorter = shipped.model_copy(update={"clearance": ()})
    assert program_versions.load_program(session, shorter, by=people.lidia) == (first, CardLoad.REPLACED)
    with pytest.raises(Forbidden):
        program_versions.load_program(session, shipped, by=people.roman)


def test_who_has_begun_keeps_the_version_begun_with(session: Session, people: SimpleNamespace) -> None:
    trainee = make_trainee(session, people.max)
    loaded = program.read(changed(14))
    version, outcome = program_versions.load_program(session, loaded, by=people.lidia)
    assert (outcome, version.number) == (CardLoad.NEW_VERSION, 2)
    assert program_of(trainee).plan(Stage.INTERNSHIP).days == 7
    assert trainee.program.state is ProgramState.ARCHIVED
    assert program_versions.in_force(session) == [version]


def test_two_windows_never_overwrite_each_other(session: Session, people: SimpleNamespace) -> None:
    program_version(session)
    draft = program_versions.open_draft(session, "sales", by=people.lidia)
    assert program_versions.open_draft(session, "sales", by=people.olga) is draft
    program_versions.save_draft(session, draft, Typed(changed(8), 0, "one", 1), by=people.lidia)
    with pytest.raises(Conflict):
        program_versions.save_draft(session, draft, Typed(changed(9), 0, "two", 1), by=people.olga)
    late = Typed(changed(1), 0, "one", 1)
    program_versions.save_draft(session, draft, late, by=people.lidia)
    assert program.read(draft.document).plan(Stage.INTERNSHIP).days == 8


def test_a_draft_is_written_and_put_in_force_in_the_browser(
    session: Session, people: SimpleNamespace, login: Login
) -> None:
    version = program_version(session)
    session.commit()
    client = login(people.lidia)
    assert client.post("/programs/sales/draft").status_code == 303
    assert 'data-module="program_editor"' in client.get("/programs/sales/edit").text
    wrong = client.post("/programs/sales/save", json=sent(changed(0)))
    assert wrong.status_code == 200
    assert [each["path"] for each in wrong.get_json()["problems"]] == [["stages", 4, "days"]]
    assert wrong.get_json()["problems"][0]["where"] == "Стажировка › Days"
    refused = client.post("/programs/sales/publish", json=sent(changed(0), 1, turn=2))
    assert refused.status_code == 422
    done = client.post("/programs/sales/publish", json=sent(changed(10), 2, turn=3))
    assert done.get_json() == {"url": "/programs/sales"}
    session.refresh(version)
    assert version.state is ProgramState.ARCHIVED
    assert "10 days" in client.get("/programs/sales").text
    assert "7 days" in client.get("/programs/sales?version=1").text
    assert "/programs/sales" in client.get("/programs/").text


def test_only_checklists_of_exams_are_offered_for_an_exam(
    session: Session, people: SimpleNamespace, login: Login
) -> None:
    program_version(session)
    for name in ("exam", "cold_first_contact"):
        load_card(session, read_card(ROOT / "checklists" / f"{name}.yaml"), by=people.lidia)
    session.commit()
    client = login(people.lidia)
    client.post("/programs/sales/draft")
    page = client.get("/programs/sales/edit").text
    [choice] = re.findall(r'<select data-field="exam_card">.*?</select>', page, re.DOTALL)
    assert re.findall(r'value="(\w*)"', choice) == ["", "exam"]


def test_a_draft_with_problems_is_shown_in_the_editor_alone(
    session: Session, people: SimpleNamespace, login: Login
) -> None:
    version = program_version(session)
    version.document = changed(0)
    session.commit()
    client = login(people.lidia)
    assert client.get("/programs/sales").headers["Location"] == "/programs/sales/edit"
    assert client.post("/programs/sales/export").status_code == 409


def test_a_program_goes_out_as_a_file_and_comes_back_as_a_draft(
    session: Session, people: SimpleNamespace, login: Login
) -> None:
    program_version(session)
    session.commit()
    client = login(people.lidia)
    text = client.post("/programs/sales/export").text
    assert program.write(program_files.parse_program(text.encode(), name="file")) == program.write(
        program.read(PROGRAM)
    )
    longer = text.replace("days: 7", "days: 9").encode()
    assert bring_in(client, longer).headers["Location"] == "/programs/sales/edit"
    again = bring_in(client, longer)
    assert again.status_code == 422
    assert "has a draft already" in again.text
    broken = bring_in(client, text.replace("days: 7", "days: 0").encode())
    assert "this number must be at least 1" in broken.text
    draft = program_versions.draft_of(session, "sales")
    assert "is no draft" in client.post("/programs/sales/discard", data={"draft": draft.id + 1}).text
    assert client.post("/programs/sales/discard", data={"draft": draft.id}).status_code == 303
    assert program_versions.draft_of(session, "sales") is None


def bring_in(client: FlaskClient, content: bytes) -> Any:
    return client.post("/programs/from-file", data={"file": (io.BytesIO(content), "program.yaml")})


def test_only_owner_and_qc_lead_change_programs(
    session: Session, people: SimpleNamespace, login: Login
) -> None:
    program_version(session)
    session.commit()
    for person in (people.roman, people.tanya, people.hanna, people.anna, people.max):
        client = login(person)
        assert client.get("/programs/").status_code == 403
        assert client.post("/programs/sales/draft").status_code == 403
    assert login(people.olga).post("/programs/sales/draft").status_code == 303


def test_nobody_publishes_what_is_no_draft(session: Session, people: SimpleNamespace) -> None:
    with pytest.raises(Refused, match="not a draft any more"):
        program_versions.publish_draft(session, program_version(session), by=people.lidia)
