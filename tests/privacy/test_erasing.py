"""After an erasure nothing gives the client away, on either database; everything else is as it was."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import func, select

from qcapp.calls.erased import was_erased
from qcapp.calls.import_run import open_batch
from qcapp.calls.models import (
    Call,
    CallTag,
    Client,
    FileToRemove,
    ImportBatch,
    Recording,
    SavedView,
    Source,
    WatchedFile,
)
from qcapp.calls.states import BatchState
from qcapp.calls.watch import settled
from qcapp.core import audit
from qcapp.core.audit import AuditEntry
from qcapp.core.db import Base, Database
from qcapp.core.errors import Refused, Unavailable
from qcapp.core.storage import Storage
from qcapp.people.models import User
from qcapp.privacy.covering import COVER
from qcapp.privacy.holdings import HOLDINGS
from qcapp.privacy.removing import remove_leftovers, scrub
from qcapp.privacy.service import erase_client
from qcapp.privacy.subjects import subject_by_phone
from qcapp.privacy.traces import text_columns
from qcapp.reviews.models import Review
from qcapp.settings import Settings
from qcapp.transcripts.models import Segment, SpeechMetrics, Transcription, TranscriptionState
from qcapp.transcripts.queue import request_transcription
from tests.calls.importing import CDR, FIRST, MOSCOW
from tests.factories import odd_audio
from tests.privacy.filled import GIVEAWAYS, OTHERS_WORDS, PHONE, files_with_traces, found_in, undecided


def erase_now(database: Database, storage: Storage | None) -> None:
    """As the command does it; without a storage as if the process had ended after the commit."""
    with database.transaction() as session:
        erase_client(session, subject_by_phone(session, PHONE), by=None, reason=f"Просьба клиента {PHONE}")
    if storage is not None:
        remove_leftovers(database, storage)
        scrub(database)


def answers_of(database: Database, review_id: int) -> list[tuple[str, str]]:
    with database.reading() as session:
        answers = session.get_one(Review, review_id).answers
        return sorted((answer.value or "", answer.comment) for answer in answers)


def test_nothing_gives_the_client_away_and_everything_else_stays(
    filled: SimpleNamespace, committed: Database, installed: Flask, settings: Settings, tmp_path: Path
) -> None:
    storage: Storage = installed.extensions["qcapp_storage"]
    assert {word for _table, word in found_in(committed)} == set(GIVEAWAYS)
    with committed.reading() as session:
        first, second = (session.get_one(Call, each).recording for each in (filled.call, filled.other))
        gone = [first.storage_key, first.peaks_key]
        figures = session.scalars(select(SpeechMetrics.talk_share)).all()
    others = answers_of(committed, filled.others_review)

    erase_now(committed, storage)

    assert found_in(committed) == set()
    committed.engine.dispose()
    assert files_with_traces(settings.data_dir) == set()
    if committed.engine.dialect.name == "sqlite":
        assert {each for each in files_with_traces(tmp_path) if each[0].startswith("test.sqlite3")} == set()
    assert [key for key in gone if storage.has(key)] == []
    assert storage.has(second.storage_key)
    assert [key for key, _size in storage.contents() if key.startswith("cdr/")] == []
    with committed.reading() as session:
        review, call = session.get_one(Review, filled.review), session.get_one(Call, filled.call)
        assert (review.score, call.client_id, call.client_number, call.talk_s) == (
            filled.score,
            None,
            None,
            161,
        )
        assert session.scalars(select(SpeechMetrics.talk_share)).all() == figures
        assert session.scalars(select(Client.phone)).all() != []
        other = session.get_one(Call, filled.other)
        assert other.client is not None
        texts = select(Segment.text).join(Transcription).where(Transcription.call_id == other.id)
        assert OTHERS_WORDS in session.scalars(texts).all()
    assert answers_of(committed, filled.others_review) == others
    assert [value for value, _comment in answers_of(committed, filled.review) if value] == ["no"]


def test_what_the_program_makes_itself_is_never_covered(filled: SimpleNamespace, committed: Database) -> None:
    digest = f"e{PHONE[1:]}".ljust(64, "f")  # the digits of the number by chance
    with committed.transaction() as session:
        session.get_one(Call, filled.other).recording.sha256 = digest
        assert subject_by_phone(session, PHONE).traces.gives_away(digest)
    erase_now(committed, None)
    with committed.reading() as session:
        assert session.get_one(Call, filled.other).recording.sha256 == digest


def test_the_chain_of_the_log_stays_whole_and_says_who_erased(
    filled: SimpleNamespace, committed: Database
) -> None:
    with committed.transaction() as session:
        by = session.get_one(User, filled.people.olga.id)
        erase_client(session, subject_by_phone(session, PHONE), by=by, reason="Просьба клиента")
    with committed.reading() as session:
        assert audit.check(session).faults == []
        said = select(AuditEntry.by_id, AuditEntry.diff).where(AuditEntry.action == "client_data_erased")
        by_id, facts = session.execute(said).one()
    assert (by_id, facts["recordings"], facts["texts"]) == (filled.people.olga.id, 1, 2)


def test_what_was_erased_does_not_come_back_by_the_next_import(
    filled: SimpleNamespace, committed: Database, installed: Flask
) -> None:
    exchange = filled.exchange
    erase_now(committed, installed.extensions["qcapp_storage"])
    with committed.reading() as session:
        calls = session.scalar(select(func.count()).select_from(Call))
    again = exchange.take(
        exchange.file(FIRST),  # the same bytes
        exchange.file(FIRST, odd_audio.wav(2.0, 2, seed=9)),  # another file of the same call
        exchange.file("renamed.wav"),
        cdrs=(exchange.cdr(),),
    )
    assert again.counts["imported"] == 0
    assert again.counts["refused"] >= 4  # the three files, and rows of the CDR
    assert found_in(committed) == set()
    with committed.reading() as session:
        assert session.scalar(select(func.count()).select_from(Call)) == calls
    without_ids = CDR.replace('"1791270724.126"', '""')
    exchange.take(cdrs=(exchange.cdr(without_ids),))
    assert found_in(committed) == set()


def test_without_the_key_nothing_is_taken_for_new(
    filled: SimpleNamespace, committed: Database, settings: Settings
) -> None:
    with committed.reading() as session:
        key = session.get_one(Call, filled.call).recording.storage_key
    erase_now(committed, None)
    file = settings.data_dir / "audit_key"
    kept = file.read_bytes()
    file.unlink()
    with committed.reading() as session:
        with pytest.raises(Unavailable, match="key of the audit log is missing"):
            was_erased(session, key)
        assert not file.exists()
        file.write_bytes(kept)
        assert was_erased(session, key)


def test_a_watched_file_stays_known_without_its_name(
    filled: SimpleNamespace, committed: Database, tmp_path: Path
) -> None:
    path = tmp_path / FIRST
    path.write_bytes(b"x")
    with committed.transaction() as session:
        file = session.scalars(select(WatchedFile)).one()
        file.size, file.modified_ns = 1, path.stat().st_mtime_ns
    erase_now(committed, None)
    with committed.transaction() as session:
        assert settled(session, {f"2026/{FIRST}": path}) == []
    assert [each for each in found_in(committed) if each[0] == "watched_file"] == []


def test_labels_that_must_differ_still_do_after_their_numbers_are_covered(
    filled: SimpleNamespace, committed: Database
) -> None:
    spellings = [PHONE, PHONE.replace("+7", "8"), PHONE.removeprefix("+")]
    user = filled.people.roman.id
    with committed.transaction() as session:
        session.add_all(SavedView(user_id=user, name=each, args={}) for each in spellings)
        session.add_all(CallTag(call_id=filled.other, tag=each) for each in spellings)
        session.add_all(Source(name=each) for each in spellings)
    erase_now(committed, None)
    covered = [COVER, f"{COVER} 2", f"{COVER} 3"]
    with committed.reading() as session:
        views = session.scalars(select(SavedView.name).where(SavedView.user_id == user)).all()
        tags = session.scalars(select(CallTag.tag).where(CallTag.call_id == filled.other)).all()
        sources = session.scalars(select(Source.name)).all()
    assert set(covered) <= set(views) & set(tags) & set(sources)


def test_a_worker_at_the_call_saves_nothing(filled: SimpleNamespace, committed: Database) -> None:
    with committed.transaction() as session:
        call = session.scalars(select(Call).where(Call.client_id.is_not(None), ~Call.recording.has())).first()
        assert call is not None
        assert call.client.phone == PHONE
        request_transcription(session, call.id).state = TranscriptionState.RUNNING
    erase_now(committed, None)
    with committed.reading() as session:
        assert session.scalar(select(Transcription).where(Transcription.call_id == call.id)) is None


def test_what_a_crash_left_undone_is_done_by_the_next_sweep(
    filled: SimpleNamespace, committed: Database, installed: Flask
) -> None:
    storage: Storage = installed.extensions["qcapp_storage"]
    with committed.reading() as session:
        key = session.get_one(Call, filled.call).recording.storage_key
    erase_now(committed, None)
    with committed.reading() as session:
        assert session.scalar(select(Recording).where(Recording.call_id == filled.call)) is None
        assert session.get(FileToRemove, key) is not None
    assert storage.has(key)
    remove_leftovers(committed, storage)
    assert remove_leftovers(committed, storage) == 0
    assert not storage.has(key)


def test_what_should_be_kept_longer_needs_a_reason(filled: SimpleNamespace, committed: Database) -> None:
    with undecided(committed, filled.dispute), committed.transaction() as session:
        subject = subject_by_phone(session, PHONE)
        with pytest.raises(Refused, match="dispute"):
            erase_client(session, subject, by=None)
    with committed.transaction() as session:  # a decided dispute is the last word
        erase_client(session, subject_by_phone(session, PHONE), by=None)


def test_an_import_that_does_not_name_him_stays_open(
    filled: SimpleNamespace, committed: Database, installed: Flask
) -> None:
    exchange, storage = filled.exchange, installed.extensions["qcapp_storage"]
    others = "\n".join(line for line in CDR.splitlines() if PHONE[1:] not in line)
    batch = open_batch(committed, storage, [exchange.cdr(others)], MOSCOW).batch_id
    erase_now(committed, storage)
    with committed.reading() as session:
        states = session.execute(select(ImportBatch.id, ImportBatch.state)).all()
        assert [key for key, state in states if state is BatchState.RUNNING] == [batch]


# Texts that are never about a client; everything else in which anything can be written is declared by its feature.
# What people may still write of him there is found by number and name (traces.py).
NOT_ABOUT_CLIENTS = {
    "api_token",
    "article",
    "article_wording",
    "audit_left_out",
    "block_comment",
    "calibration",
    "call_script",
    "checklist",
    "checklist_version",
    "clearance_decision",
    "delegation",
    "deliverable",
    "erasure",
    "exam",
    "extension",
    "file_fault",
    "file_round",
    "forbidden_phrase",
    "handover",
    "item",
    "lead_flag",
    "lesson_done",
    "login",
    "manager_answer",
    "notice",
    "overdue_decision",
    "plan_run",
    "program_version",
    "read_receipt",
    "retention_rule",
    "sale",
    "sampling_plan",
    "saved_view",
    "script_draft",
    "section",
    "source",
    "stage_record",
    "submission",
    "team",
    "token_bucket",
    "user",
    "webhook_delivery",
}
ERASED_OTHERWISE = {
    "client": ("phone", "name", "company", "category"),  # the row goes with the last call
    "call": ("external_id",),  # becomes a number of our own
    "watched_file": ("path",),
    "audit_entry": ("diff",),
    "import_batch": ("cdr_files",),  # names of files alone, once the import is done
}
FIGURES_AND_CODES = {
    "call": ("manager_extension",),
    "call_correction": ("changed",),
    "recording": ("error",),
    "import_batch": ("timezone", "cdr_format"),
    "transcription": ("engine", "token", "error", "spans"),
    "segment": ("removed",),
    "review": ("window", "sections"),
    "answer": ("reason",),
    "coaching_task": ("item_key",),
    "audit_entry": ("action", "thing", "previous", "hash", "key_id", "salt", "facts_digest", "erasure"),
}


def test_no_column_is_forgotten() -> None:
    """A new text or JSON column is declared in its feature's personal.py, or named above with what it is."""
    declared = {
        (holding.table.__tablename__, column.key) for holding in HOLDINGS for column in holding.columns
    }
    named = {(table, column) for table, columns in ERASED_OTHERWISE.items() for column in columns}
    named |= {(table, column) for table, columns in FIGURES_AND_CODES.items() for column in columns}
    unknown = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        if table.name not in NOT_ABOUT_CLIENTS
        for column in text_columns(table)
        if (table.name, column.name) not in declared | named
    ]
    assert unknown == []
