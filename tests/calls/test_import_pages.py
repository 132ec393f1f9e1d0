"""The pages of imports: upload with and without JavaScript, the report of a batch, its files."""

import csv
import io
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.models import Call, ImportBatch, ImportRow
from qcapp.calls.states import BatchOrigin, BatchState, RowKind
from qcapp.core.audit import AuditEntry
from qcapp.people.models import Extension
from tests.calls.importing import CDR, FIRST, SECOND
from tests.factories import odd_audio

FORM = {"source": "Office", "timezone": "Europe/Moscow", "manager_channel": "", "cdr_format": "auto"}


def upload(name: str, content: bytes) -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


@pytest.fixture
def lead(login, people: SimpleNamespace) -> FlaskClient:
    return login(people.lidia)


def test_everything_in_one_request_ends_on_the_report(lead: FlaskClient, session: Session) -> None:
    response = lead.post(
        "/imports/new",
        data=FORM
        | {
            "files": [
                upload(FIRST, odd_audio.wav(1.0, 2)),
                upload("..\\..\\evil/" + SECOND, odd_audio.wav(1.0, 2, seed=1)),
                upload("page.mp3", b"<html><body>404</body></html>"),
            ],
            "cdr": [upload("Master.csv", CDR.encode())],
        },
    )
    assert response.status_code == 303
    page = lead.get(response.location).text
    assert "page.mp3" in page
    assert "web page" in page
    batch = session.scalars(select(ImportBatch)).one()
    assert (batch.origin, batch.state) == (BatchOrigin.UPLOAD, BatchState.DONE)
    names = session.scalars(select(ImportRow.file).where(ImportRow.kind == RowKind.IMPORTED)).all()
    assert names == [FIRST, SECOND]


def test_everybody_reads_a_report_in_his_own_language(lead: FlaskClient, session: Session) -> None:
    russian = {"Accept-Language": "ru"}
    files = [upload("page.mp3", b"<html><body>404</body></html>"), upload(FIRST, odd_audio.wav(1.0, 2))]
    bad = [upload("Master.csv", CDR.replace("2026-10-06 10:12:04", "yesterday").encode())]
    url = lead.post("/imports/new", data=FORM | {"files": files, "cdr": bad}, headers=russian).location
    english, translated = lead.get(url).text, lead.get(url, headers=russian).text
    assert "web page" in english
    assert "Master.csv, row" in english
    assert "web page" not in translated
    assert "Master.csv, строка" in translated
    report = lead.post(url + "/report.csv").data.decode("utf-8-sig")
    assert "web page" in report


def test_the_first_upload_offers_the_zone_of_the_installation(lead: FlaskClient, session: Session) -> None:
    chosen = 'selected value="Europe/Moscow"'
    assert chosen in lead.get("/imports/new").text
    lead.post("/imports/new", data=FORM | {"files": [upload(FIRST, odd_audio.wav(1.0, 2))]})
    assert chosen not in lead.get("/imports/new").text  # the exchange's own is known; another one is asked


def test_files_may_follow_one_by_one(lead: FlaskClient, session: Session) -> None:
    opened = lead.post(
        "/imports/", data=FORM | {"names": [FIRST], "cdr": [upload("Master.csv", CDR.encode())]}
    )
    assert opened.status_code == 201
    added = lead.post(opened.json["files_url"], data={"files": [upload(FIRST, odd_audio.wav(1.0, 2))]})
    (result,) = added.json["results"]
    assert (result["kind"], result["reason"]) == ("imported", None)
    assert lead.get(result["url"]).status_code == 200
    again = lead.post(opened.json["files_url"], data={"files": [upload(FIRST, odd_audio.wav(1.0, 2))]})
    assert again.json["results"][0]["kind"] == "duplicate"
    finished = lead.post(opened.json["finish_url"])
    assert finished.status_code == 303
    late = lead.post(
        opened.json["files_url"], data={"files": [upload(SECOND, odd_audio.wav(1.0, 2, seed=1))]}
    )
    assert late.status_code == 409


@pytest.mark.parametrize("path", ["/imports/", "/imports/new"])
def test_without_a_zone_the_form_asks_for_it(lead: FlaskClient, session: Session, path: str) -> None:
    data = FORM | {"timezone": "", "names": [FIRST], "files": [upload(FIRST, odd_audio.wav(1.0, 2))]}
    response = lead.post(path, data=data)
    assert response.status_code == 422
    assert "Which time zone" in response.text
    assert session.scalars(select(ImportBatch)).all() == []


@pytest.mark.parametrize("path", ["/imports/", "/imports/new"])
def test_an_empty_form_says_what_is_missing(lead: FlaskClient, session: Session, path: str) -> None:
    response = lead.post(path, data=FORM)
    assert response.status_code == 422
    assert "Choose at least one recording" in response.text
    assert session.scalars(select(ImportBatch)).all() == []


def test_a_made_up_zone_is_refused(lead: FlaskClient) -> None:
    response = lead.post("/imports/", data=FORM | {"timezone": "Mars/Olympus", "names": [FIRST]})
    assert response.status_code == 422
    assert response.json["errors"]


def test_the_report_lists_each_kind_and_is_linked_from_the_list(lead: FlaskClient, session: Session) -> None:
    url = lead.post(
        "/imports/new",
        data=FORM
        | {"files": [upload(FIRST, odd_audio.wav(1.0, 2))], "cdr": [upload("Master.csv", CDR.encode())]},
    ).location
    assert url in lead.get("/imports/").text
    assert FIRST in lead.get(url).text
    assert "Nobody answered" in lead.get(url + "?kind=cdr_without_audio").text
    assert "Extension 999 belongs to nobody" in lead.get(url + "?kind=without_manager").text
    assert lead.get(url + "?kind=nonsense&page=-3").status_code == 200


def test_the_report_leaves_as_csv_with_harmless_cells_and_a_trace(
    lead: FlaskClient, session: Session, people: SimpleNamespace
) -> None:
    url = lead.post("/imports/new", data=FORM | {"files": [upload("=cmd()|A1.wav", b"x = 1")]}).location
    response = lead.post(url + "/report.csv")
    rows = list(csv.reader(io.StringIO(response.data.decode("utf-8-sig"))))
    assert rows[1][:2] == ["refused", "'=cmd()|A1.wav"]
    assert response.headers["Cache-Control"] == "no-store"
    russian = lead.post(url + "/report.csv", headers={"Accept-Language": "ru"}).data.decode("utf-8-sig")
    assert next(csv.reader(io.StringIO(russian), delimiter=";"))[:2] == ["Что произошло", "Файл"]
    assert lead.post(url + "/report.xlsx").data.startswith(b"PK")
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "export_import_report")).all()
    assert [entry.diff for entry in entries] == [{"format": each} for each in ("csv", "csv", "xlsx")]


def test_who_may_import_but_not_export_sees_no_export(
    login, people: SimpleNamespace, session: Session
) -> None:
    client = login(people.anna)
    url = client.post("/imports/new", data=FORM | {"files": [upload(FIRST, odd_audio.wav(1.0, 2))]}).location
    assert "report.csv" not in client.get(url).text
    assert client.post(url + "/report.csv").status_code == 403


@pytest.mark.parametrize("who", ["olga", "kira", "roman", "tanya", "hanna", "max"])
def test_others_see_nothing_of_imports(login, people: SimpleNamespace, session: Session, who: str) -> None:
    client = login(getattr(people, who))
    for path in ("/imports/", "/imports/new"):
        assert client.get(path).status_code == 403
        assert client.post(path, data=FORM).status_code == 403
    assert session.scalars(select(Call)).all() == []


def test_nothing_of_an_upload_stays_in_the_temporary_folder(
    lead: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    lead.post("/imports/new", data=FORM | {"files": [upload(FIRST, odd_audio.wav(1.0, 2))]})
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_manager_found_later_gets_the_calls_of_the_extension(
    lead: FlaskClient, session: Session, people: SimpleNamespace
) -> None:
    data = FORM | {"cdr": [upload("Master.csv", CDR.encode())]}
    url = lead.post("/imports/new", data=data).location + "?kind=without_manager"
    assert "Look for managers again" in lead.get(url).text
    session.add(Extension(number="999", user_id=people.max.id))
    session.commit()
    response = lead.post("/imports/managers", data={"batch_id": url.split("/")[2].split("?")[0]})
    assert "1 call found its manager." in lead.get(response.location).text
    call = session.scalars(select(Call).where(Call.manager_extension == "999")).one()
    assert call.manager_id == people.max.id
    assert "found: Max Manager" in lead.get(url).text
