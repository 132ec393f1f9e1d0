"""Several imports of the same calls at the same moment, with real connections and commits."""

from pathlib import Path

from sqlalchemy import func, select

from qcapp.calls.import_options import ImportFile
from qcapp.calls.import_run import import_batch
from qcapp.calls.models import Call, Client, Recording, Source
from qcapp.core.db import Database
from qcapp.core.storage import Storage
from tests.at_once import Meet, together
from tests.calls.importing import CDR, FIRST, MOSCOW, SECOND
from tests.factories import odd_audio

IMPORTERS = 4


def test_however_many_import_the_same_at_once_there_is_one_call_each(
    committed: Database, tmp_path: Path
) -> None:
    storage = Storage(str(tmp_path / "files"))
    cdr = ImportFile(odd_audio.write(tmp_path, "Master.csv", CDR.encode()), "Master.csv")

    def run(number: int, meet: Meet) -> dict[str, object]:
        folder = tmp_path / str(number)
        folder.mkdir()
        files = [
            # the same bytes for everybody, then other bytes for each
            ImportFile(odd_audio.write(folder, FIRST, odd_audio.wav(1.0, 2)), FIRST),
            ImportFile(odd_audio.write(folder, SECOND, odd_audio.wav(1.0, 2, seed=number + 1)), SECOND),
        ]
        meet()
        return import_batch(committed, storage, files, [cdr], MOSCOW).as_json()

    reports = together(run, range(IMPORTERS))
    with committed.reading() as session:
        counted = [
            session.scalar(select(func.count()).select_from(t)) for t in (Call, Recording, Client, Source)
        ]
    assert counted == [4, 2, 3, 1]
    assert sum(int(str(report["imported"])) for report in reports) == 2
    assert sum(int(str(report["duplicates"])) for report in reports) == IMPORTERS - 1
    refused = [refusal for report in reports for refusal in report["refused"]]  # type: ignore[attr-defined]
    assert len(refused) == IMPORTERS - 1
    assert all("already has another recording" in refusal["reason"] for refusal in refused)
