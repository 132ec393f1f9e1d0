"""A web process is killed while it takes recordings in: what is in is whole, and sending it again takes the rest."""

import io
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage

from qcapp.calls.models import Call, ImportBatch, Recording
from qcapp.calls.states import BatchState
from qcapp.calls.tasks import ABANDONED, finish_abandoned
from qcapp.core import clock
from qcapp.core.db import Database
from qcapp.core.storage import Storage
from qcapp.onboarding.exams import service as exams
from qcapp.onboarding.exams.models import Exam
from qcapp.people.models import User
from tests.factories import odd_audio
from tests.kills.conftest import sent
from tests.kills.fate import Fate
from tests.onboarding.exam_hall import make_examinee
from tests.serving import Visitor, WebServer

FORM = {"source": "Office", "timezone": "Europe/Moscow", "manager_channel": "", "cdr_format": "auto"}
ROW = (
    '"","201","79460114420","int","V","PJSIP/201-1","PJSIP/trunk-2","Dial","x","2026-10-06 10:12:{number:02}",'
    '"2026-10-06 10:13:00","2026-10-06 10:14:54",170,161,"{came}","D","{id}",""'
)


@pytest.fixture
def storage(app: Flask) -> Storage:
    store: Storage = app.extensions["qcapp_storage"]
    return store


def files_of(database: Database, storage: Storage) -> set[str]:
    """The files that rows name; each is there with its own bytes."""
    with database.reading() as session:
        recordings = session.scalars(select(Recording)).all()
    named = {
        key: digest
        for each in recordings
        for key, digest in (
            (each.storage_key, each.sha256),
            (each.peaks_key, each.peaks_sha256),
            (each.playback_key, each.playback_sha256),
        )
        if key
    }
    assert {key: storage.digest(key) for key in named} == named
    return set(named)


def test_the_recording_of_an_exam(
    server: WebServer, committed: Database, cast: SimpleNamespace, storage: Storage, fate: Fate
) -> None:
    with committed.transaction() as session:
        max_manager, tanya_coach = (session.get_one(User, each.id) for each in (cast.max, cast.tanya))
        exam_id = exams.begin_exam(session, make_examinee(session, max_manager), by=tanya_coach).id
    tanya = Visitor(server)
    tanya.sign_in("tanya")

    def send(number: int) -> bool:
        file = FileStorage(io.BytesIO(odd_audio.wav(0.2, seed=number)), f"{number}.wav")
        return sent(lambda: tanya.post(f"/exams/{exam_id}/recording", {"recording": file}))

    def recorded() -> list[str]:
        """The newest recording, if the exam has it; no role-play may be anything else than a recording of an exam."""
        with committed.reading() as session:
            newest = session.scalar(select(Recording).order_by(Recording.id.desc()).limit(1))
            if newest is None:
                return []
            assert session.get_one(Exam, exam_id).call_id == newest.call_id
            return list(session.scalars(select(Recording.filename).order_by(Recording.id)))

    so_far: list[str] = []
    for number in fate.deaths(send):
        assert recorded() in (so_far, [*so_far, f"{number}.wav"])
        files_of(committed, storage)
        assert send(number)
        so_far.append(f"{number}.wav")
        assert recorded() == so_far
    assert files_of(committed, storage) == {key for key, _size in storage.contents()}


def test_an_import(server: WebServer, committed: Database, storage: Storage, fate: Fate) -> None:
    lidia = Visitor(server)
    lidia.sign_in("lidia")

    def ids(number: int) -> list[str]:
        """Of the call that is recorded, and of the one nobody answered."""
        return [f"179127072{number}.126", f"179127072{number}.127"]

    def send(number: int) -> bool:
        """The recording of one call, and a CDR that knows another one, too."""
        recorded, other = ids(number)
        rows = (
            ROW.format(number=number, came="ANSWERED", id=recorded),
            ROW.format(number=number, came="NO ANSWER", id=other),
        )
        name = f"out-79460114420-201-20261006-1012{number:02}-{recorded}.wav"
        wav, cdr = odd_audio.wav(0.2, seed=number), "\n".join(rows).encode()
        form = {
            "files": FileStorage(io.BytesIO(wav), name),
            "cdr": FileStorage(io.BytesIO(cdr), "Master.csv"),
        }
        return sent(lambda: lidia.post("/imports/new", FORM | form))

    def calls(number: int) -> list[tuple[str, bool]]:
        with committed.reading() as session:
            mine = select(Call.external_id, Recording.id.is_not(None)).outerjoin(Recording)
            rows = session.execute(mine.where(Call.external_id.in_(ids(number))).order_by(Call.external_id))
            return [(external_id, has) for external_id, has in rows]

    whole = 0
    for number in fate.deaths(send, ("before",)):
        recorded, other = ids(number)
        both = [(recorded, True), (other, False)]
        assert calls(number) in ([], both[:1], both)
        files_of(committed, storage)
        assert send(number)
        assert calls(number) == both
        whole = number + 1
    with committed.reading() as session:
        broken = session.scalars(select(ImportBatch).where(ImportBatch.state == BatchState.RUNNING)).all()
    assert len(broken) == whole - 1  # the first one died before it had begun
    assert "This import is not finished" in lidia.get(f"/imports/{broken[-1].id}").text
    with clock.at(clock.now() + 2 * ABANDONED):
        finish_abandoned()
    for batch in broken:
        assert "The import broke off" in lidia.get(f"/imports/{batch.id}").text
    with committed.reading() as session:
        assert session.scalar(select(func.count()).select_from(Call)) == 2 * (whole + 1)
