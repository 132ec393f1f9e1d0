"""Small files that claim gigabytes, by every way in: refused in words, without the memory, and the rest comes in."""

import io
import resource
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.audio import open_audio
from qcapp.calls.import_options import ImportFile
from qcapp.calls.import_run import LARGEST_CDR, read_table
from qcapp.calls.importers.cdr import CdrFormat
from qcapp.calls.models import ImportRow, Recording
from qcapp.calls.states import RowKind
from qcapp.core.errors import Refused
from qcapp.core.i18n import told
from qcapp.onboarding.exams.service import begin_exam
from qcapp.settings import Settings
from tests.calls.importing import CDR, FIRST
from tests.calls.test_call_api import TOKEN, send, token_of
from tests.calls.test_watch import Folder
from tests.factories import bombs, odd_audio
from tests.onboarding.exam_hall import make_examinee

FORM = {"source": "Office", "timezone": "Europe/Moscow", "manager_channel": "", "cdr_format": "auto"}
WHY = {
    "header.mov": "The recording is damaged or in a codec that is not supported.",
    "index.mov": "There is no sound in the file",
    "calls.xlsx": "The file is an archive.",
    "call.wav.gz": "The file is an archive.",
}
Bombs = dict[str, bytes]


@pytest.fixture(scope="session")
def files() -> Bombs:
    contents = (
        bombs.packed_header(),
        bombs.endless_index(),
        bombs.packed_zeros("xlsx"),
        bombs.packed_zeros("gz"),
    )
    return dict(zip(WHY, contents, strict=True))


def peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def refusals(session: Session) -> dict[str, str]:
    rows = session.scalars(select(ImportRow).where(ImportRow.kind == RowKind.REFUSED))
    return {told(row.file) or "": told(row.reason) or "" for row in rows}


def as_expected(reasons: dict[str, str]) -> bool:
    return reasons.keys() == WHY.keys() and all(why in reasons[name] for name, why in WHY.items())


@pytest.mark.usefixtures("session")
@pytest.mark.parametrize("name", WHY)
def test_it_is_refused_without_the_memory(tmp_path: Path, files: Bombs, name: str) -> None:
    path = odd_audio.write(tmp_path, name, files[name])
    before = peak_mb()
    with pytest.raises(Refused, match=WHY[name]), open_audio(path) as audio:
        list(audio.blocks())
    assert peak_mb() - before < 100


def test_the_same_file_is_read_where_it_says_the_truth(tmp_path: Path, session: Session) -> None:
    path = odd_audio.write(tmp_path, "index.mov", bombs.endless_index(pieces=2, samples=1000))
    with open_audio(path) as audio:
        assert sum(block.shape[1] for block in audio.blocks(8000)) > 1000


def test_by_the_page(login, people: SimpleNamespace, session: Session, files: Bombs) -> None:
    sent = [*files.items(), (FIRST, odd_audio.wav(1.0, 2))]
    uploads = [(io.BytesIO(content), name) for name, content in sent]
    lead = login(people.lidia)
    answer = lead.post("/imports/new", data=FORM | {"files": uploads})
    assert answer.status_code == 303
    assert as_expected(refusals(session))
    assert session.scalars(select(Recording.filename)).all() == [FIRST]
    table = {"cdr": [(io.BytesIO(files["calls.xlsx"]), "calls.xlsx")]}
    answer = lead.post("/imports/new", data=FORM | table)
    assert answer.status_code == 422
    assert "calls.xlsx is not a text file. Export the CDR as CSV." in answer.text


def test_by_the_api(client: FlaskClient, people: SimpleNamespace, session: Session, files: Bombs) -> None:
    session.add(token_of(people.anna))
    session.commit()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {TOKEN}"
    answers = {name: send(client, content, name) for name, content in files.items()}
    assert {answer.status_code for answer in answers.values()} == {422}
    assert as_expected({name: answer.json["error"] for name, answer in answers.items()})
    assert send(client).status_code == 202


@pytest.mark.usefixtures("people")
def test_by_the_watched_folder(
    app: Flask, settings: Settings, session: Session, files: Bombs, tmp_path: Path
) -> None:
    watched = tmp_path / "monitor"
    watched.mkdir()
    update = {"watch_dir": watched, "watch_timezone": "Europe/Moscow"}
    folder = Folder(app, settings.model_copy(update=update))
    contents = {
        **files,
        FIRST: odd_audio.wav(1.0, 2),
        "Master.csv": CDR.encode(),
        "broken.csv": b"\0" * 5000,
    }
    del contents["calls.xlsx"]  # is no recording there
    for name, content in contents.items():
        (folder.path / name).write_bytes(content)
    assert [folder.look() for _time in range(3)] == [0, len(contents), 0]
    refused = refusals(session)
    assert "broken.csv is not a text file" in refused.pop("broken.csv")
    assert as_expected({**refused, "calls.xlsx": WHY["calls.xlsx"]})
    (came,) = session.scalars(select(Recording)).all()
    assert came.filename == FIRST
    assert came.call.cdr is not None


def test_by_the_recording_of_an_exam(
    login: Callable[..., FlaskClient], people: SimpleNamespace, session: Session, files: Bombs
) -> None:
    exam = begin_exam(session, make_examinee(session, people.max), by=people.tanya)
    session.commit()
    tanya = login(people.tanya)
    reasons = {}
    for name, content in files.items():
        data = {"recording": (io.BytesIO(content), name)}
        answer = tanya.post(f"/exams/{exam.id}/recording", data=data, headers={"Accept": "application/json"})
        assert answer.status_code == 409
        reasons[name] = answer.json["error"]
    assert as_expected(reasons)


def test_a_table_larger_than_memory_should_hold_is_not_read(tmp_path: Path, session: Session) -> None:
    table = tmp_path / "Master.csv"
    with table.open("wb") as file:
        file.truncate(LARGEST_CDR + 1)
    with pytest.raises(Refused, match="is larger than 64 MB"):
        read_table(ImportFile(table, table.name), CdrFormat.AUTO)
