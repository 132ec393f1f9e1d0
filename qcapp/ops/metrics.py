"""Figures for Prometheus, counted in the database at each scrape: every web host gives the same answer.

Each query reads the few rows that wait or are recent, or an index, never all calls.
"""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qcapp.calls.models import ImportBatch, ImportRow, Recording
from qcapp.calls.states import RowKind
from qcapp.core import audit, clock
from qcapp.core.jobs import JobQueue
from qcapp.core.storage import PARTS
from qcapp.ops.files.models import FileFault, FileRound, StoredFileFault
from qcapp.reviews.models import Review, ReviewState
from qcapp.transcripts.models import Transcription, TranscriptionState

RECENT = 100  # transcriptions the real-time factor is taken over
DAY = timedelta(hours=24)
PENDING = (TranscriptionState.QUEUED, TranscriptionState.RUNNING, TranscriptionState.FAILED)


def expose(session: Session, queue: JobQueue, data_dir: Path) -> bytes:
    """The metrics in Prometheus' text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(session, queue, data_dir))
    return generate_latest(registry)


class _Figures(Collector):
    def __init__(self, session: Session, queue: JobQueue, data_dir: Path) -> None:
        self.session = session
        self.queue = queue
        self.data_dir = data_dir

    def collect(self) -> Iterator[Metric]:
        yield InfoMetricFamily("qcapp", "The program", value={"version": version("qcapp")})
        yield from _transcriptions(self.session)
        yield _by_kind(self.session)
        yield from _files(self.session)
        published = select(func.count()).where(
            Review.state == ReviewState.PUBLISHED, Review.published_at > clock.now() - DAY
        )
        yield GaugeMetricFamily(
            "qcapp_reviews_published_last_day",
            "Reviews published in the last 24 hours",
            self.session.scalar(published) or 0,
        )
        yield from _audit(self.session)
        yield GaugeMetricFamily(
            "qcapp_queue_wakeups", "Jobs that wait for a worker of any kind", self.queue.waiting()
        )
        yield GaugeMetricFamily(
            "qcapp_data_free_bytes",
            "Free space where this host keeps data",
            shutil.disk_usage(self.data_dir).free,
        )


def _audit(session: Session) -> Iterator[Metric]:
    yield GaugeMetricFamily(
        "qcapp_audit_entries",
        "Entries of the audit log; it never becomes shorter",
        session.scalar(select(func.count()).select_from(audit.AuditEntry)) or 0,
    )
    if head := audit.last_head(session):
        value = {"entry": str(head.entry), "hash": head.hash}
        yield InfoMetricFamily("qcapp_audit_head", "The newest entry of the audit log", value=value)


def _transcriptions(session: Session) -> Iterator[Metric]:
    states = GaugeMetricFamily(
        "qcapp_transcriptions", "Calls by state of their transcription", labels=["state"]
    )
    counted = select(Transcription.state, func.count()).where(Transcription.state.in_(PENDING))
    by_state = dict(session.execute(counted.group_by(Transcription.state)).all())
    for state in PENDING:
        states.add_metric([state.value], by_state.get(state, 0))
    yield states

    oldest = session.scalar(
        select(func.min(Transcription.queued_at)).where(Transcription.state == TranscriptionState.QUEUED)
    )
    yield GaugeMetricFamily(
        "qcapp_transcription_oldest_waiting_seconds",
        "How long the call that has waited longest waits for its transcription; 0 when none waits",
        (clock.now() - oldest).total_seconds() if oldest else 0,
    )
    if (factor := realtime_factor(session)) is not None:
        yield GaugeMetricFamily(
            "qcapp_transcription_realtime_factor",
            f"Seconds of audio transcribed per second of one process' work, over the last {RECENT} calls",
            factor,
        )


def realtime_factor(session: Session) -> float | None:
    """Seconds of audio per second of work over the last transcriptions; None before the first."""
    recent = (
        select(Transcription.call_id, Transcription.work_s)
        .where(Transcription.finished_at.is_not(None), Transcription.work_s.is_not(None))
        .order_by(Transcription.finished_at.desc())
        .limit(RECENT)
        .subquery()
    )
    audio, work = func.sum(Recording.duration_s), func.sum(recent.c.work_s)
    joined = select(audio / func.nullif(work, 0.0)).join(recent, recent.c.call_id == Recording.call_id)
    factor: float | None = session.scalar(joined)
    return factor


def _files(session: Session) -> Iterator[Metric]:
    faulty = GaugeMetricFamily(
        "qcapp_files_faulty", "Stored files that are not as the database says", labels=["fault"]
    )
    counted = select(FileFault.fault, func.count()).where(FileFault.mended_at.is_(None))
    by_fault = dict(session.execute(counted.group_by(FileFault.fault)).all())
    for fault in StoredFileFault:
        faulty.add_metric([fault.value], by_fault.get(fault, 0))
    yield faulty
    checked, oldest = session.execute(
        select(func.count(FileRound.checked_at), func.min(FileRound.checked_at))
    ).one()
    if oldest is not None and checked == len(PARTS):
        yield GaugeMetricFamily(
            "qcapp_files_oldest_look_seconds",
            "How long ago the part of the storage was looked at whose turn is next",
            (clock.now() - oldest).total_seconds(),
        )


def _by_kind(session: Session) -> Metric:
    rows = GaugeMetricFamily(
        "qcapp_import_rows_last_day",
        "What became of files and CDR rows in imports begun in the last 24 hours",
        labels=["kind"],
    )
    counted = (
        select(ImportRow.kind, func.count())
        .join(ImportBatch, ImportBatch.id == ImportRow.batch_id)
        .where(ImportBatch.started_at > clock.now() - DAY)
        .group_by(ImportRow.kind)
    )
    by_kind = dict(session.execute(counted).all())
    for kind in RowKind:
        rows.add_metric([kind.value], by_kind.get(kind, 0))
    return rows
