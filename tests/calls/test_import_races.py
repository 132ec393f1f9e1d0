"""Several imports of the same calls at the same moment, with real connections and commits."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from sqlalchemy import func, select

from qcapp.calls.import_options import ImportFile
from qcapp.calls.import_run import import_batch
from qcapp.calls.models import Call, Client, Recording, Source
from qcapp.core.db import Base, Database
from qcapp.core.storage import Storage
from tests.calls.importing import CDR, FIRST, MOSCOW, SECOND
from tests.factories import odd_audio

IMPORTERS = 4


def test_however_many_import_the_same_at_once_there_is_one_call_each(
    database_url: str, tmp_path: Path
) -> None:
    database = Database(database_url)
    Base.metadata.create_all(database.engine)
    storage = Storage(str(tmp_path / "files"))
    cdr = ImportFile(odd_audio.write(tmp_path, "Master.csv", CDR.encode()), "Master.csv")
    start = Barrier(IMPORTERS)

    def run(number: int) -> dict[str, object]:
        folder = tmp_path / str(number)
        folder.mkdir()
        files = [
            # the same bytes for everybody, then other bytes for each
            ImportFile(odd_audio.write(folder, FIRST, odd_audio.wav(1.0, 2)), FIRST),
            ImportFile(odd_audio.write(folder, SECOND, odd_audio.wav(1.0, 2, seed=number + 1)), SECOND),
        ]
        start.wait()
        return import_batch(database, storage, files, [cdr], MOSCOW).as_json()

    with ThreadPoolExecutor(IMPORTERS) as pool:
        reports = list(pool.map(run, range(IMPORTERS)))
    database.engine.dispose()
    with database.reading() as session:
        counted = [
            session.scalar(select(func.count()).select_from(t)) for t in (Call, Recording, Client, Source)
        ]
    database.engine.dispose()
    assert counted == [4, 2, 3, 1]
    assert sum(int(str(report["imported"])) for report in reports) == 2
    assert sum(int(str(report["duplicates"])) for report in reports) == IMPORTERS - 1
    refused = [refusal for report in reports for refusal in report["refused"]]  # type: ignore[attr-defined]
    assert len(refused) == IMPORTERS - 1
    assert all("already has another recording" in refusal["reason"] for refusal in refused)
