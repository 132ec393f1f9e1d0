"""Imports: nothing twice, nothing half, every refusal in a sentence, and both sides compared at the end."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qcapp.calls.events import CallImported
from qcapp.calls.import_run import open_batch, resume_batch
from qcapp.calls.import_service import import_cdr_row, source_named, start_of
from qcapp.calls.importers.facts import ImportedFacts
from qcapp.calls.ingest import make_playback
from qcapp.calls.models import Call, Client, ImportBatch, ImportRow, Recording, Source
from qcapp.calls.states import BatchState, RecordingState, RowKind
from qcapp.core import events
from qcapp.core.audit import AuditEntry
from qcapp.core.errors import Forbidden, Refused
from qcapp.core.storage import sha256_of
from qcapp.terms import Direction, Disposition
from tests.calls.importing import CDR, FIRST, MOSCOW, SECOND, Exchange
from tests.factories import odd_audio


@pytest.fixture
def exchange(app: Flask, session: Session, people: SimpleNamespace, tmp_path: Path) -> Exchange:
    folder = tmp_path / "exchange"
    folder.mkdir()
    return Exchange(app, folder)


def calls(session: Session) -> dict[str, Call]:
    session.expire_all()
    return {call.external_id: call for call in session.scalars(select(Call))}


def test_a_folder_with_its_cdr_becomes_calls(
    exchange: Exchange, session: Session, people: SimpleNamespace
) -> None:
    report = exchange.take(exchange.file(FIRST), exchange.file(SECOND, seed=1), cdrs=(exchange.cdr(),))
    assert report.as_json() == {
        "imported": 2,
        "duplicates": 0,
        "refused": [],
        "cdr_without_audio": 2,
        "audio_without_cdr": 0,
        "without_manager": 1,
    }
    first, second = calls(session)["1791270724.126"], calls(session)["1792652306.217"]
    assert (first.direction, first.manager, first.disposition) == (
        Direction.OUT,
        people.max,
        Disposition.ANSWERED,
    )
    assert first.started_at == datetime(2026, 10, 6, 7, 12, 4, tzinfo=UTC)
    assert (first.duration_s, first.talk_s) == (170, 161)
    assert first.client is not None
    assert first.client.phone == "+79460114420"
    assert (second.direction, second.manager) == (Direction.IN, people.sveta)
    assert first.cdr is not None
    assert first.cdr["lastapp"] == "Dial"


def test_calls_without_a_recording_are_kept_with_their_disposition(
    exchange: Exchange, session: Session
) -> None:
    exchange.take(cdrs=(exchange.cdr(),))
    silent = calls(session)["1791268870.118"]
    assert (silent.recording, silent.disposition, silent.talk_s) == (None, Disposition.NO_ANSWER, 0)
    reasons = session.scalars(
        select(ImportRow.reason).where(ImportRow.kind == RowKind.CDR_WITHOUT_AUDIO)
    ).all()
    assert [reason for reason in reasons if reason and "Nobody answered" in reason]
    assert [reason for reason in reasons if reason and "not among the files" in reason]


def test_the_same_import_again_changes_nothing(exchange: Exchange, session: Session) -> None:
    files, cdr = (exchange.file(FIRST), exchange.file(SECOND, seed=1)), exchange.cdr()
    before = exchange.take(*files, cdrs=(cdr,)).as_json()
    counted = [session.scalar(select(func.count()).select_from(table)) for table in (Call, Recording, Client)]
    again = exchange.take(*files, cdrs=(cdr,)).as_json()
    assert again == before | {"imported": 0, "duplicates": 2}
    assert counted == [
        session.scalar(select(func.count()).select_from(table)) for table in (Call, Recording, Client)
    ]


def test_the_same_bytes_under_another_name_make_no_second_call(exchange: Exchange, session: Session) -> None:
    other = FIRST.replace("1791270724.126", "1791270999.1")
    report = exchange.take(exchange.file(FIRST), exchange.file(other))
    assert report.counts[RowKind.DUPLICATE] == 1
    assert list(calls(session)) == ["1791270724.126"]


def test_the_same_id_with_other_bytes_is_refused_in_a_sentence(exchange: Exchange, session: Session) -> None:
    report = exchange.take(exchange.file(FIRST), exchange.file(FIRST.replace(".wav", ".WAV"), seed=1))
    (refusal,) = report.refused
    assert "1791270724.126" in refusal.reason
    assert FIRST in refusal.reason
    assert session.scalar(select(func.count()).select_from(Recording)) == 1


def test_another_exchange_may_use_the_same_id(exchange: Exchange, session: Session) -> None:
    exchange.take(exchange.file(FIRST))
    report = exchange.take(exchange.file(FIRST, seed=1), options=replace(MOSCOW, source="office 2"))
    assert report.counts[RowKind.IMPORTED] == 1


def test_bad_files_never_lose_the_good_ones(exchange: Exchange, session: Session) -> None:
    bad = [exchange.file(name, content or b" ") for name, content in odd_audio.broken().items()]
    report = exchange.take(bad[0], exchange.file(FIRST), *bad[1:], exchange.file(SECOND, seed=1))
    assert report.counts[RowKind.IMPORTED] == 2
    assert len(report.refused) == len(bad)
    assert all(refusal.reason.endswith(".") for refusal in report.refused)
    assert session.scalar(select(func.count()).select_from(Call)) == 2


def test_the_original_is_stored_untouched_by_its_sha_256(exchange: Exchange, session: Session) -> None:
    file = exchange.file(FIRST)
    exchange.take(file)
    recording = session.scalars(select(Recording)).one()
    assert recording.sha256 == sha256_of(file.path)
    with exchange.storage.local_path(recording.storage_key) as path:
        assert path.read_bytes() == file.path.read_bytes()


def test_copy_and_peaks_are_made_with_the_import_or_once_after_it(
    exchange: Exchange, session: Session
) -> None:
    exchange.take(exchange.file(FIRST), options=replace(MOSCOW, with_playback=True))
    exchange.take(exchange.file(SECOND, seed=1))
    ready, stored = session.scalars(select(Recording).order_by(Recording.id)).all()
    assert (ready.state, stored.state) == (RecordingState.READY, RecordingState.STORED)
    assert exchange.storage.has(ready.playback_key)
    assert exchange.storage.has(ready.peaks_key)
    for _twice in range(2):
        make_playback(exchange.database, exchange.storage, stored.id)
    session.expire_all()
    assert stored.state is RecordingState.READY
    assert stored.playback_key
    assert exchange.storage.size(stored.playback_key) > 1000


def test_a_copy_that_cannot_be_made_says_why(exchange: Exchange, session: Session) -> None:
    exchange.take(exchange.file(FIRST))
    recording = session.scalars(select(Recording)).one()
    recording.storage_key = "original/gone"
    session.commit()
    make_playback(exchange.database, exchange.storage, recording.id)
    session.expire_all()
    assert recording.state is RecordingState.FAILED
    assert recording.error is not None
    assert "missing" in recording.error


def test_each_new_recording_is_told_to_the_features_above(exchange: Exchange, session: Session) -> None:
    told: list[int] = []

    def hear(_session: Session, event: CallImported) -> None:
        told.append(event.call_id)

    events.subscribe(CallImported, hear)
    file, cdr = exchange.file(FIRST), exchange.cdr()
    exchange.take(file, cdrs=(cdr,))
    exchange.take(file, cdrs=(cdr,))
    assert told == [calls(session)["1791270724.126"].id]


def test_the_time_zone_is_asked_for_and_never_guessed(exchange: Exchange, session: Session) -> None:
    with pytest.raises(Refused, match="Which time zone"):
        exchange.take(exchange.file(FIRST), options=replace(MOSCOW, timezone=None))
    with pytest.raises(Refused, match="Which time zone"):
        exchange.take(cdrs=(exchange.cdr(),), options=replace(MOSCOW, timezone=None))
    assert session.scalar(select(func.count()).select_from(ImportBatch)) == 0


def test_the_source_remembers_its_zone(exchange: Exchange, session: Session) -> None:
    exchange.take(exchange.file(FIRST))
    exchange.take(exchange.file(SECOND, seed=1), options=replace(MOSCOW, timezone=None))
    assert calls(session)["1792652306.217"].started_at == datetime(2026, 10, 22, 6, 58, 26, tzinfo=UTC)


def test_names_without_local_times_need_no_zone(exchange: Exchange, session: Session) -> None:
    options = replace(MOSCOW, timezone=None)
    report = exchange.take(
        exchange.file("mikopbx-1782484638.4_Vo6697.wav"),
        replace(exchange.file("call.wav", seed=1), modified=datetime(2026, 1, 2, tzinfo=UTC)),
        options=options,
    )
    assert report.counts[RowKind.IMPORTED] == 2
    miko, plain = session.scalars(select(Call).order_by(Call.id)).all()
    assert miko.started_at == datetime.fromtimestamp(1782484638, UTC)
    assert (miko.start_known, plain.start_known) == (True, False)
    assert plain.started_at == datetime(2026, 1, 2, tzinfo=UTC)  # where it stands until somebody knows better
    assert plain.external_id.startswith("sha256:")


def test_a_row_of_the_exchange_tells_the_start_that_a_recording_did_not(
    exchange: Exchange, session: Session
) -> None:
    facts = ImportedFacts(external_id="crm-17", local_start=datetime(2026, 10, 6, 10, 12, 4))  # noqa: DTZ001
    source = source_named(session, "exchange")
    undated = replace(facts, local_start=None)
    call = import_cdr_row(session, source, undated, start_of(undated, None))
    assert not call.start_known
    moscow = ZoneInfo("Europe/Moscow")
    assert import_cdr_row(session, source, facts, start_of(facts, moscow)) is call
    assert (call.started_at, call.start_known) == (datetime(2026, 10, 6, 7, 12, 4, tzinfo=UTC), True)
    later = replace(facts, local_start=datetime(2026, 10, 7))  # noqa: DTZ001
    import_cdr_row(session, source, later, start_of(later, moscow))
    assert call.started_at.day == 6  # what is known is not overwritten


def test_an_ambiguous_time_is_refused_by_file_and_row(exchange: Exchange, session: Session) -> None:
    twice = CDR.replace("2026-10-06 10:12:04", "2014-10-26 01:30:00").replace("1791270724.126", "")
    name = "out-79460114420-201-20141026-013000-1291270724.126.wav"
    report = exchange.take(exchange.file(name), cdrs=(exchange.cdr(twice),))
    assert [refusal.file for refusal in report.refused] == ["Master.csv, row 1", name]
    assert all("clock was changed" in refusal.reason for refusal in report.refused)


def test_a_wrong_zone_is_noticed_by_the_ids(exchange: Exchange, session: Session) -> None:
    (notice,) = exchange.take(cdrs=(exchange.cdr(),), options=replace(MOSCOW, timezone="UTC")).notices
    assert "+3 h" in notice
    assert "UTC" in notice
    assert exchange.take(cdrs=(exchange.cdr(),)).notices == []


def test_a_bad_row_of_the_cdr_is_refused_with_its_number(exchange: Exchange, session: Session) -> None:
    report = exchange.take(cdrs=(exchange.cdr(CDR + "\na,b,c\n"),))
    assert [(refusal.file, "columns" in refusal.reason) for refusal in report.refused] == [
        ("Master.csv, row 5", True)
    ]


def test_a_cdr_nobody_understands_stops_the_import_before_it_begins(
    exchange: Exchange, session: Session
) -> None:
    with pytest.raises(Refused, match="order of its 4 columns"):
        exchange.take(exchange.file(FIRST), cdrs=(exchange.cdr("a,b,c,d\n1,2,3,4\n"),))
    assert session.scalar(select(func.count()).select_from(Call)) == 0


def test_a_recording_completes_the_call_of_its_row_and_the_other_way_round(
    exchange: Exchange, session: Session
) -> None:
    exchange.take(cdrs=(exchange.cdr(),))
    exchange.take(exchange.file(FIRST))
    assert calls(session)["1791270724.126"].recording is not None
    report = exchange.take(exchange.file("20261022-095826-1792652306.217.wav", seed=1))
    assert report.counts[RowKind.AUDIO_WITHOUT_CDR] == 0
    assert len(calls(session)) == 4


def test_a_cdr_that_comes_later_completes_the_call_of_a_recording(
    exchange: Exchange, session: Session, people: SimpleNamespace
) -> None:
    report = exchange.take(exchange.file(SECOND))
    assert report.counts[RowKind.AUDIO_WITHOUT_CDR] == report.counts[RowKind.WITHOUT_MANAGER] == 1
    exchange.take(cdrs=(exchange.cdr(),))
    call = calls(session)["1792652306.217"]
    assert (call.manager, call.talk_s, call.disposition) == (people.sveta, 123, Disposition.ANSWERED)
    assert len(calls(session)) == 4


def test_rows_without_ids_find_their_recording_and_make_no_call_twice(
    exchange: Exchange, session: Session
) -> None:
    sixteen = "\n".join(row.rsplit(",", 2)[0] for row in CDR.splitlines())
    exchange.take(cdrs=(exchange.cdr(sixteen),))
    report = exchange.take(exchange.file(FIRST), cdrs=(exchange.cdr(sixteen),))
    assert report.counts[RowKind.AUDIO_WITHOUT_CDR] == 0
    assert len(calls(session)) == 4
    assert calls(session)["1791270724.126"].talk_s == 161


@pytest.mark.parametrize(("told", "expected"), [({}, None), ({"manager_channel": 1}, 1)])
def test_the_side_of_the_manager_is_what_is_told(
    exchange: Exchange, session: Session, told: dict[str, int], expected: int | None
) -> None:
    exchange.take(exchange.file(FIRST), options=replace(MOSCOW, **told))
    assert session.scalars(select(Recording.manager_channel)).one() is expected


def test_else_it_is_the_side_of_the_source_then_the_usual_one(exchange: Exchange, session: Session) -> None:
    for number, side in enumerate((1, 1, 0)):
        name = FIRST.replace(".126", f".{number}")
        exchange.take(exchange.file(name, seed=number), options=replace(MOSCOW, manager_channel=side))
    session.scalars(select(Source)).one().manager_channel = None
    session.commit()
    exchange.take(exchange.file(FIRST, seed=9))
    assert calls(session)["1791270724.126"].recording.manager_channel == 1  # type: ignore[union-attr]
    source_named(session, "default", None, 0)
    session.commit()
    exchange.take(exchange.file(FIRST.replace(".126", ".77"), seed=10))
    assert calls(session)["1791270724.77"].recording.manager_channel == 0  # type: ignore[union-attr]


def test_a_mixed_recording_has_no_side(exchange: Exchange, session: Session) -> None:
    mono = exchange.file(FIRST, odd_audio.wav(1.0, 1))
    exchange.take(mono, options=replace(MOSCOW, manager_channel=1))
    assert session.scalars(select(Recording.manager_channel)).one() is None


def test_only_those_who_may_import_do(exchange: Exchange, session: Session, people: SimpleNamespace) -> None:
    for person in (people.max, people.roman, people.kira, people.olga):
        with pytest.raises(Forbidden):
            exchange.take(exchange.file(FIRST), by=person)
    exchange.take(exchange.file(FIRST), by=people.lidia)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "calls_imported")).one()
    assert (entry.by_id, entry.diff["imported"]) == (people.lidia.id, 1)


def test_a_batch_may_be_filled_file_by_file_and_is_closed_once(
    exchange: Exchange, session: Session, people: SimpleNamespace
) -> None:
    begun = open_batch(exchange.database, exchange.storage, [exchange.cdr()], MOSCOW, by=people.lidia)
    batch = session.get_one(ImportBatch, begun.batch_id)
    for file in (exchange.file(FIRST), exchange.file(SECOND, seed=1)):
        assert resume_batch(exchange.database, exchange.storage, batch).add(file).kind is RowKind.IMPORTED
    reports = [resume_batch(exchange.database, exchange.storage, batch).finish() for _twice in range(2)]
    assert reports[0].as_json() == reports[1].as_json()
    assert reports[0].counts[RowKind.CDR_WITHOUT_AUDIO] == 2
    session.expire_all()
    assert batch.state is BatchState.DONE


def test_an_interrupted_comparison_is_made_anew(exchange: Exchange, session: Session) -> None:
    run = open_batch(exchange.database, exchange.storage, [exchange.cdr()], MOSCOW)
    run.add(exchange.file(FIRST), with_playback=False)
    batch = session.get_one(ImportBatch, run.batch_id)
    kept = batch.cdr_files
    report = run.finish()
    session.refresh(batch)
    batch.state, batch.cdr_files = BatchState.RUNNING, kept  # as they were before the last step
    session.commit()
    again = resume_batch(exchange.database, exchange.storage, batch).finish()
    assert again.as_json() == report.as_json()
