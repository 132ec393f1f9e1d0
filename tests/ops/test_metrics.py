"""``/metrics``: figures counted in the database, for whoever may read them."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.orm import Session

from qcapp.calls.models import Call, ImportBatch, ImportRow, Recording, Source
from qcapp.calls.states import BatchOrigin, RowKind
from qcapp.core import audit, clock
from qcapp.people.audited import PeopleAction
from qcapp.people.models import TokenScope, User
from qcapp.people.tokens import issue_token
from qcapp.terms import Direction, Disposition
from qcapp.transcripts.models import Transcription, TranscriptionState

Figures = dict[tuple[str, str], float]


def figures(text: str) -> Figures:
    """(name, value of its only label or "") → value."""
    return {
        (sample.name, next(iter(sample.labels.values()), "")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.fixture
def scrape(login: Callable[[User], FlaskClient], people: SimpleNamespace) -> Callable[[], Figures]:
    client = login(people.anna)

    def scrape() -> Figures:
        response = client.get("/metrics")
        assert response.status_code == 200
        assert response.mimetype == "text/plain"
        return figures(response.text)

    return scrape


@pytest.fixture
def add_call(session: Session) -> Callable[..., Call]:
    source = Source(name="exchange")
    session.add(source)

    def add_call(state: TranscriptionState, **transcription: object) -> Call:
        call = Call(
            source=source,
            external_id=uuid.uuid4().hex,
            direction=Direction.OUT,
            started_at=clock.now(),
            disposition=Disposition.ANSWERED,
            created_at=clock.now(),
        )
        session.add(call)
        session.flush()
        sha256 = f"{call.id:064d}"
        session.add(
            Recording(
                call_id=call.id,
                sha256=sha256,
                filename="call.wav",
                storage_key=f"original/{sha256}",
                size=1,
                codec="pcm_s16le",
                channels=2,
                rate=8000,
                duration_s=60.0,
            )
        )
        row = {"queued_at": clock.now()} | transcription
        session.add(Transcription(call_id=call.id, state=state, **row))
        session.commit()
        return call

    return add_call


def test_an_empty_installation_has_nothing_waiting(scrape: Callable[[], Figures]) -> None:
    found = scrape()
    assert found["qcapp_transcriptions", "queued"] == 0
    assert found["qcapp_transcription_oldest_waiting_seconds", ""] == 0
    assert ("qcapp_transcription_realtime_factor", "") not in found
    assert found["qcapp_data_free_bytes", ""] > 0


def test_waiting_running_and_failed_calls_are_counted(
    scrape: Callable[[], Figures], add_call: Callable[..., Call]
) -> None:
    waiting = TranscriptionState.QUEUED
    for state in (
        waiting,
        waiting,
        TranscriptionState.RUNNING,
        TranscriptionState.FAILED,
        TranscriptionState.DONE,
    ):
        add_call(state)
    found = scrape()
    assert found["qcapp_transcriptions", "queued"] == 2
    assert found["qcapp_transcriptions", "running"] == 1
    assert found["qcapp_transcriptions", "failed"] == 1
    assert ("qcapp_transcriptions", "done") not in found


def test_the_age_is_that_of_the_call_that_waits_longest(
    scrape: Callable[[], Figures], add_call: Callable[..., Call]
) -> None:
    add_call(TranscriptionState.QUEUED, queued_at=clock.now() - timedelta(minutes=10))
    add_call(TranscriptionState.QUEUED)
    add_call(TranscriptionState.RUNNING, queued_at=clock.now() - timedelta(days=1))
    assert scrape()["qcapp_transcription_oldest_waiting_seconds", ""] == pytest.approx(600, abs=60)


def test_the_real_time_factor_is_audio_by_work(
    scrape: Callable[[], Figures], add_call: Callable[..., Call]
) -> None:
    add_call(TranscriptionState.DONE, finished_at=clock.now(), work_s=2.0)
    add_call(TranscriptionState.DONE, finished_at=clock.now(), work_s=4.0)
    add_call(TranscriptionState.RUNNING)
    assert scrape()["qcapp_transcription_realtime_factor", ""] == pytest.approx(20.0)


def test_imports_of_the_last_day_are_counted_by_what_became_of_them(
    scrape: Callable[[], Figures], session: Session
) -> None:
    source = Source(name="exchange")
    for age, kinds in (
        (timedelta(hours=1), [RowKind.REFUSED, RowKind.REFUSED]),
        (timedelta(days=2), [RowKind.REFUSED]),
    ):
        batch = ImportBatch(source=source, origin=BatchOrigin.COMMAND, started_at=clock.now() - age)
        batch.rows = [ImportRow(kind=kind, file="call.wav") for kind in kinds]
        session.add(batch)
    session.commit()
    found = scrape()
    assert found["qcapp_import_rows_last_day", "refused"] == 2
    assert found["qcapp_import_rows_last_day", "imported"] == 0


def test_a_token_for_metrics_reads_them(
    client: FlaskClient, people: SimpleNamespace, session: Session
) -> None:
    _row, token = issue_token(
        session, by=people.anna, user=people.anna, name="Prometheus", scope=TokenScope.READ_METRICS
    )
    session.commit()
    response = client.get("/metrics", headers={"Authorization": f"Bearer {token}"})
    assert response.status_code == 200
    assert "qcapp_transcriptions" in response.text


def test_a_token_for_imports_does_not(client: FlaskClient, people: SimpleNamespace, session: Session) -> None:
    _row, token = issue_token(
        session, by=people.anna, user=people.anna, name="exchange", scope=TokenScope.IMPORT_CALLS
    )
    session.commit()
    assert client.get("/metrics", headers={"Authorization": f"Bearer {token}"}).status_code == 403


def test_others_are_refused(login: Callable[[User], FlaskClient], people: SimpleNamespace) -> None:
    assert login(people.kira).get("/metrics").status_code == 403


def test_strangers_are_sent_to_the_login_page(client: FlaskClient) -> None:
    assert client.get("/metrics").status_code == 303


def test_it_counts_the_audit_log_and_shows_its_newest_entry(
    scrape: Callable[[], Figures], session: Session
) -> None:
    before = scrape()[("qcapp_audit_entries", "")]
    entry = audit.record(session, PeopleAction.SIGNED_OUT, "user:1", by_id=None)
    session.commit()
    figures = scrape()
    assert figures[("qcapp_audit_entries", "")] == before + 1
    assert figures[("qcapp_audit_head_info", str(entry.id))] == 1
