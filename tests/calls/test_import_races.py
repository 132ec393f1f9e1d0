"""Several imports of the same calls at the same moment, with real connections and commits."""

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qcapp import create_app
from qcapp.calls.facts import Facts, correct_facts
from qcapp.calls.import_options import ImportFile
from qcapp.calls.import_run import import_batch
from qcapp.calls.import_service import Start, import_cdr_row
from qcapp.calls.importers.facts import ImportedFacts
from qcapp.calls.models import Call, Client, Recording, Source
from qcapp.core.db import Database
from qcapp.core.storage import Storage
from qcapp.people.models import Extension, User
from qcapp.settings import Settings
from tests.at_once import Meet, overtaken, together
from tests.calls.importing import CDR, FIRST, MOSCOW, SECOND
from tests.factories import odd_audio
from tests.factories.people import make_cast

IMPORTERS = 4
NOON = datetime(2026, 10, 6, 9, tzinfo=UTC)


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


def test_a_cdr_does_not_take_a_call_from_whoever_was_named_for_it_meanwhile(
    committed: Database, settings: Settings
) -> None:
    app = create_app(settings, committed)
    facts = ImportedFacts(external_id="1700.1", local_start=NOON, extension="150")
    with app.app_context(), committed.transaction() as session:
        max_ = make_cast(session).max
        source = Source(name="exchange", timezone="Europe/Moscow")
        session.add(source)
        import_cdr_row(session, source, facts, Start(NOON))
        session.add(Extension(number="150", user=max_))

    def correct(session: Session) -> None:
        call, sveta, lidia = read(session)
        correct_facts(session, call, Facts(manager=sveta), by=lidia)

    def import_again(session: Session, meet: Meet) -> None:
        call, _sveta, _lidia = read(session)
        meet()
        import_cdr_row(session, call.source, facts, Start(NOON))

    def read(session: Session) -> tuple[Call, User, User]:
        people = {user.login: user for user in session.scalars(select(User))}
        return session.scalars(select(Call)).one(), people["sveta"], people["lidia"]

    assert overtaken(app, correct, import_again) == ""
    with committed.reading() as session:
        call, sveta, _lidia = read(session)
        assert call.manager is sveta
