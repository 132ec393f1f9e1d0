"""Finding, handing out and erasing as people do it, and the pages that are left of an erased call."""

import io
import json
import re
import zipfile
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from qcapp.calls.models import Call, Client, Recording, SavedView
from qcapp.cli import main
from qcapp.core.audit import AuditEntry
from qcapp.core.db import Database
from qcapp.people.models import User
from qcapp.privacy import tasks
from qcapp.settings import Settings
from qcapp.transcripts.models import Transcription
from tests.factories import people as cast
from tests.factories.calls import make_call
from tests.privacy.filled import NAME, OTHERS_WORDS, PARAPHRASE, PHONE, SECRET, found_in, undecided


@pytest.fixture
def olga(installed: Flask, filled: SimpleNamespace) -> FlaskClient:
    """The owner, signed in."""
    return signed_in(installed, filled.people.olga)


def signed_in(app: Flask, user: User) -> FlaskClient:
    client = app.test_client()
    assert client.post("/login", data={"login": user.login, "password": cast.PASSWORD}).status_code == 303
    return client


@pytest.mark.parametrize("asked", ["8 (946) 011-44-20", "+79460114420", "ромашкина"])
def test_a_client_is_found_by_number_or_name_and_what_was_asked_is_not_written_down(
    olga: FlaskClient, committed: Database, asked: str
) -> None:
    found = olga.post("/client-data/", data={"asked": asked})
    assert found.status_code == 303
    page = olga.get(found.location).text
    assert PHONE in page
    assert NAME in page
    assert "a dispute" not in page  # it is decided, and that is the last word
    assert "its score can still be disputed" not in page
    with committed.reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "client_searched")).one()
        assert entry.diff["clients"] == [
            session.scalars(select(Client.id).where(Client.phone == PHONE)).one()
        ]
        assert asked not in json.dumps(entry.diff, ensure_ascii=False)


def test_a_call_without_a_number_is_shown_with_its_namesake_and_stays_to_be_found(
    olga: FlaskClient, filled: SimpleNamespace, committed: Database
) -> None:
    with committed.transaction() as session:
        unnumbered = make_call(session, session.get_one(User, filled.people.max.id))
        transcription = session.scalars(select(Transcription).where(Transcription.call_id == unnumbered.id))
        transcription.one().client_name = NAME
        client = session.scalars(select(Client.id).where(Client.phone == PHONE)).one()
        link = f"/client-data/call/{unnumbered.id}"
    assert link in olga.get(olga.post("/client-data/", data={"asked": NAME}).location).text
    assert link in olga.get(f"/client-data/client/{client}").text
    data = {"sure": "y", "reason": "Asked for it"}
    assert olga.post(f"/client-data/client/{client}/erase", data=data).status_code == 303
    assert link in olga.get(olga.post("/client-data/", data={"asked": NAME}).location).text


@pytest.mark.parametrize("asked", ["946", "ан", "  ", "0114420", "011-44-20"])
def test_too_little_to_look_for_is_said(olga: FlaskClient, asked: str) -> None:
    answer = olga.post("/client-data/", data={"asked": asked})
    assert answer.status_code == 422
    assert asked.strip() in answer.text  # to be completed


def test_a_number_in_texts_alone_is_shown_handed_out_and_erased(
    olga: FlaskClient, committed: Database, filled: SimpleNamespace
) -> None:
    with committed.transaction() as session:
        session.add(SavedView(user_id=filled.people.max.id, name="Фёдор 8 925 765-43-21", args={}))
    asked = {"asked": "+7 925 765 43 21"}
    page = olga.post("/client-data/", data=asked)
    assert "/client-data/text/file" in page.text
    answer = olga.post("/client-data/text/file", data=asked)
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        told = json.loads(archive.read("data.json"))
    answer.close()
    assert told["elsewhere"] == ["Фёдор 8 925 765-43-21"]
    assert olga.post("/client-data/text/erase", data=asked | {"sure": "y"}).status_code == 303
    again = olga.post("/client-data/", data=asked)
    assert "Nothing was found" in again.text
    assert asked["asked"] in again.text
    assert olga.post("/client-data/text/erase", data=asked | {"sure": "y"}).status_code == 404
    assert filled.call  # the other clients' data stays
    assert found_in(committed) != set()


def test_everything_is_handed_out_as_one_file(
    olga: FlaskClient, committed: Database, filled: SimpleNamespace
) -> None:
    place = olga.post("/client-data/", data={"asked": PHONE}).location
    answer = olga.post(place + "/file")
    assert answer.headers["Cache-Control"] == "no-store"
    content = answer.data
    answer.close()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        told = json.loads(archive.read("data.json"))
        page = archive.read("index.html").decode()
        sound = archive.read(next(name for name in names if name.startswith("recordings/")))
    with committed.reading() as session:
        call = session.get_one(Call, filled.call)
        assert len(sound) == session.scalars(select(Recording.size).where(Recording.call_id == call.id)).one()
        colleagues = session.scalars(select(User.name)).all()
    assert (told["numbers"], told["names"]) == ([PHONE], [NAME])
    assert SECRET in page
    assert any(SECRET in each["text"] for each in told["quoted"])
    assert not any(each["text"] == PARAPHRASE for each in told["quoted"])  # about the manager, not his words
    assert any(PHONE in text for text in told["elsewhere"])
    assert [name for name in colleagues if " " in name and name in page] == []
    assert str(filled.score) not in page


def test_an_erased_call_is_still_shown_and_says_so(
    installed: Flask, olga: FlaskClient, committed: Database, filled: SimpleNamespace
) -> None:
    place = olga.post("/client-data/", data={"asked": PHONE}).location
    assert olga.post(place + "/erase", data={"reason": "Просьба"}).status_code == 422  # not sure
    with undecided(committed, filled.dispute):
        assert olga.post(place + "/erase", data={"sure": "y"}).status_code == 422  # no reason
    assert olga.post(place + "/erase", data={"sure": "y", "reason": "Просьба"}).status_code == 303
    assert olga.get(place).status_code == 404
    tasks.remove()  # as a worker does, woken by the commit
    assert found_in(committed) == set()
    says_so = re.compile("client.{1,5}s data of this call was erased")
    pages = {f"/calls/{filled.call}", f"/reviews/{filled.review}", f"/disputes/{filled.dispute}"}
    for person in (olga, signed_in(installed, filled.people.kira), signed_in(installed, filled.people.max)):
        for page in pages:
            answer = person.get(page)
            assert answer.status_code in {200, 403}, page
            assert answer.status_code == 403 or says_so.search(answer.text), page
    others = ["/calls/", f"/recalls/{filled.recall}", f"/coaching/{filled.talk}", f"/imports/{filled.batch}"]
    for page in [*others, "/client-data/", "/audit", "/recalls", "/reviews", f"/calls/?q={OTHERS_WORDS}"]:
        answer = olga.get(page, follow_redirects=True)
        assert answer.status_code in {200, 403}, page
        assert PHONE[2:] not in answer.text
    row = olga.get("/calls/").text.partition(f'id="call-{filled.call}"')[2].partition("</tr>")[0]
    assert ">erased<" in row
    assert f'id="call-{filled.call}"' not in olga.get("/calls/?transcript=yes").text
    kira = signed_in(installed, filled.people.lidia)
    assert kira.get(f"/calibrations/{filled.calibration}", follow_redirects=True).status_code == 200
    assert olga.get(f"/calls/{filled.call}/audio").status_code == 404


def test_the_command_shows_what_goes_and_erases_when_told(
    filled: SimpleNamespace, committed: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = committed.engine.url.render_as_string(hide_password=False)
    for name, value in {"DATA_DIR": settings.data_dir, "DATABASE_URL": url, "LOCALE": "en"}.items():
        monkeypatch.setenv(f"QCAPP_{name}", str(value))
    run = CliRunner().invoke
    shown = run(main, ["erase", "--phone", "8 946 011 44 20", "--dry-run"])
    assert shown.exit_code == 0, shown.output
    assert "Pieces of transcripts, those taken out included: 2" in shown.output
    assert found_in(committed) != set()
    assert run(main, ["erase", "--phone", PHONE], input="n\n").exit_code == 1
    with undecided(committed, filled.dispute):
        refused = run(main, ["erase", "--phone", PHONE, "--yes"])
    assert refused.exit_code == 1
    assert "Say why" in refused.output
    done = run(main, ["erase", "--phone", PHONE, "--yes", "--reason", "asked by letter"])
    assert done.exit_code == 0, done.output
    assert found_in(committed) == set()
    again = run(main, ["erase", "--phone", PHONE, "--yes"])
    assert (again.exit_code, "Nothing is kept" in again.output) == (1, True)
