"""Runs an import from its first file to its report: for the command line, uploads and the watched folder.

Every step is a transaction of its own: what is in stays in, whatever happens to the rest.
"""

import contextvars
import os
import secrets
import tempfile
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls import import_service as service
from qcapp.calls.import_options import FileResult, ImportFile, ImportOptions, Progress
from qcapp.calls.import_report import ImportReport, report_of
from qcapp.calls.importers.cdr import Cdr, CdrFormat, read_cdr
from qcapp.calls.importers.facts import ImportedFacts
from qcapp.calls.importers.filenames import facts_of_name
from qcapp.calls.importers.matching import CdrIndex, merge
from qcapp.calls.ingest import Ingest, Intake, decode, retried
from qcapp.calls.models import ImportBatch, Source
from qcapp.calls.prepare import Prepared
from qcapp.calls.reconciliation import close, reconcile
from qcapp.calls.states import BatchState, RowKind
from qcapp.core import clock
from qcapp.core.db import Database
from qcapp.core.errors import Refused, Unavailable
from qcapp.core.i18n import _
from qcapp.core.storage import Storage, sha256_of
from qcapp.people.models import User
from qcapp.people.permissions import Permission, demand

LARGEST_CDR = 64 << 20
"""Bytes, of some 300 000 calls. While it is read a table takes ten to thirty times as much memory."""


@dataclass(frozen=True, slots=True)
class BatchRun:
    """A batch that is open: files may be added one by one, by several processes, until it is finished."""

    database: Database
    storage: Storage
    batch_id: int
    source_id: int
    zone: ZoneInfo | None
    index: CdrIndex

    def intake(self, file: ImportFile) -> Intake:
        """What is known of a file before it is opened."""
        named = facts_of_name(file.name)
        facts = merge(self.index.row_of(file.name, named), named)
        return Intake(file, facts, self.source_id, self.zone, self.batch_id)

    def add(self, file: ImportFile, *, with_playback: bool = True) -> FileResult:
        """Import one file."""
        return Ingest(self.database, self.storage).whole(self.intake(file), with_playback=with_playback)

    def add_all(self, files: Sequence[ImportFile], progress: Progress | None, *, with_playback: bool) -> None:
        """Import many files, decoding some at a time; calls are saved in the order of the files."""
        ingest = Ingest(self.database, self.storage)
        for done, result in enumerate(_pipelined(self, ingest, files, with_playback), 1):
            if progress is not None:
                progress(done, len(files), result)

    def finish(self, *, by: User | None = None, notices: Sequence[str] = ()) -> ImportReport:
        """Save the calls of the CDR that have no recording, compare both sides, and close the batch."""
        reconcile(self.database, self.batch_id, self.index, self.zone, by=by, notices=notices)
        with self.database.reading() as session:
            return report_of(session, self.batch_id)

    def stop(self, fault: Unavailable, *, by: User | None = None) -> None:
        """Close the batch before all its files were looked at; the report says why. What is in stays in."""
        notice = _("The import stopped: %(why)s The files not named here were not looked at.", why=fault)
        end_batch(self.database, self.batch_id, notices=[notice], by=by)


def end_batch(database: Database, batch_id: int, *, notices: Sequence[str], by: User | None = None) -> None:
    """Close an open batch without comparing it with its CDR."""

    def end(session: Session) -> None:
        batch = session.get_one(ImportBatch, batch_id, with_for_update=True)
        if batch.state is BatchState.RUNNING:
            close(session, batch_id, notices, by)

    retried(database, end)


def import_batch(
    database: Database,
    storage: Storage,
    files: Sequence[ImportFile],
    cdrs: Sequence[ImportFile],
    options: ImportOptions,
    *,
    by: User | None = None,
    progress: Progress | None = None,
    refused: Sequence[FileResult] = (),
) -> ImportReport:
    """Import files with their CDR. Raises Refused, having done nothing, if a CDR or the zone is unusable.

    ``refused``: what was left out of it beforehand, for the report.

    Raises Unavailable where the work could not go on; the same import again takes what is missing.
    """
    if is_time_zone_missing(database, files, cdrs, options):
        raise Refused(time_zone_question())
    run = open_batch(database, storage, cdrs, options, by=by, refused=refused)
    try:
        run.add_all(files, progress, with_playback=options.with_playback)
        return run.finish(by=by)
    except Unavailable as fault:
        with suppress(Unavailable):  # then the job calls.finish_abandoned closes it
            run.stop(fault, by=by)
        raise


def is_time_zone_missing(
    database: Database, files: Sequence[ImportFile], cdrs: Sequence[ImportFile], options: ImportOptions
) -> bool:
    """Whether there are local times, and neither the import nor its source says of which zone."""
    tables = [read_table(cdr, options.cdr_format) for cdr in cdrs]
    with database.reading() as session:
        return zone_of(session, options) is None and _speaks_of_local_time(files, tables)


def time_zone_question() -> str:
    return _(
        "Which time zone are the times in the CDR and in the file names in? Exchanges do not say. "
        "Name it, for example Europe/Moscow; if the exchange writes UTC (usegmtime=yes), name UTC."
    )


def open_batch(
    database: Database,
    storage: Storage,
    cdrs: Sequence[ImportFile],
    options: ImportOptions,
    *,
    by: User | None = None,
    refused: Sequence[FileResult] = (),
) -> BatchRun:
    """Begin a batch: keep its CDR files as they came, write the rows nobody understands into its report."""
    if by is not None:
        demand(by, Permission.IMPORT_CALLS)
    tables = [read_table(cdr, options.cdr_format) for cdr in cdrs]
    kept = [{"name": cdr.name, "key": _keep(storage, cdr)} for cdr in cdrs]

    def save(session: Session) -> BatchRun:
        zone = zone_of(session, options)
        source = service.source_named(session, options.source, None, options.manager_channel)
        batch = ImportBatch(
            source=source,
            origin=options.origin,
            by_id=by.id if by else None,
            timezone=str(zone) if zone else None,
            manager_channel=options.manager_channel,
            cdr_format=options.cdr_format.value,
            cdr_files=kept,
            started_at=clock.now(),
        )
        session.add(batch)
        for result in refused:
            service.note(session, batch, result.kind, result.file, reasons=result.reasons)
        usable = [row for table in tables for row in _usable(session, batch, table, zone)]
        session.flush()
        return BatchRun(database, storage, batch.id, source.id, zone, CdrIndex(usable))

    return retried(database, save)


def resume_batch(database: Database, storage: Storage, batch: ImportBatch) -> BatchRun:
    """Go on with an open batch, in another request or process."""
    zone = ZoneInfo(batch.timezone) if batch.timezone else None
    rows: list[ImportedFacts] = []
    for kept in (each for each in batch.cdr_files if "key" in each):  # given up when the batch is done
        table = _stored_table(storage, kept["key"], kept["name"], CdrFormat(batch.cdr_format))
        rows.extend(row for row in table.rows if _moment_problem(row, zone) is None)
    return BatchRun(database, storage, batch.id, batch.source_id, zone, CdrIndex(rows))


def zone_of(session: Session, options: ImportOptions) -> ZoneInfo | None:
    """The zone named for this import, else the one the source is known to be in."""
    name = options.timezone or session.scalar(select(Source.timezone).where(Source.name == options.source))
    return ZoneInfo(name) if name else None


def read_table(cdr: ImportFile, wanted: CdrFormat) -> Cdr:
    """Read a CDR file. Raises Refused."""
    try:
        if cdr.path.stat().st_size > LARGEST_CDR:
            raise Refused(
                _(
                    "%(name)s is larger than %(size)d MB. Cut it, by months for example, or have the exchange "
                    "begin a new file from time to time.",
                    name=cdr.name,
                    size=LARGEST_CDR >> 20,
                )
            )
        return read_cdr(cdr.path.read_bytes(), cdr.name, wanted)
    except OSError as error:
        raise Refused(
            _("%(name)s cannot be read. Check its path and the right to read it.", name=cdr.name)
        ) from error


@lru_cache(maxsize=8)
def _stored_table(storage: Storage, key: str, name: str, wanted: CdrFormat) -> Cdr:
    """The same bytes for every file of an upload: read once a process. Not to be changed by callers."""
    return read_cdr(storage.read(key), name, wanted)


def _keep(storage: Storage, cdr: ImportFile) -> str:
    """Under a key of its own, since it is given up at the end of this batch."""
    key = f"cdr/{secrets.token_hex(8)}/{sha256_of(cdr.path)}"
    storage.put(key, cdr.path)
    return key


def _usable(
    session: Session, batch: ImportBatch, table: Cdr, zone: ZoneInfo | None
) -> Iterator[ImportedFacts]:
    for refused in table.refused:
        service.note(session, batch, RowKind.REFUSED, _place(table, refused.row), reasons=[refused.reason])
    for row in table.rows:
        if problem := _moment_problem(row, zone):
            service.note(session, batch, RowKind.REFUSED, _place(table, row.row), reasons=[problem])
        else:
            yield row


def _place(table: Cdr, row: int) -> str:
    return _("%(name)s, row %(row)d", name=table.name, row=row)


def _moment_problem(row: ImportedFacts, zone: ZoneInfo | None) -> str | None:
    try:
        service.start_of(row, zone)
    except Refused as refusal:
        return refusal.reasons[0]
    return None


def _speaks_of_local_time(files: Iterable[ImportFile], tables: Iterable[Cdr]) -> bool:
    named = (facts_of_name(file.name) for file in files)
    facts = [row for table in tables for row in table.rows] + [fact for fact in named if fact is not None]
    return any(fact.local_start is not None and fact.local_start.tzinfo is None for fact in facts)


def _pipelined(
    run: BatchRun, ingest: Ingest, files: Sequence[ImportFile], with_playback: bool
) -> Iterator[FileResult]:
    """Decode a few files ahead in threads (FFmpeg does not hold Python's lock), save them here, in order."""
    ahead = max(2, os.cpu_count() or 1)
    waiting: deque[tuple[Intake, Future[Prepared] | FileResult]] = deque()
    with tempfile.TemporaryDirectory(prefix="qcapp-import-") as folder, ThreadPoolExecutor(ahead) as pool:
        for number, file in enumerate(files):
            intake = run.intake(file)
            sha256, result = ingest.look(intake)
            if result is None:
                place = Path(folder) / str(number)
                place.mkdir()
                context = contextvars.copy_context()  # refusals are translated in the threads, too
                job = pool.submit(context.run, decode, file, place, sha256, with_playback=with_playback)
                waiting.append((intake, job))
            else:
                waiting.append((intake, result))
            if len(waiting) > ahead:
                yield _settled(ingest, *waiting.popleft())
        while waiting:
            yield _settled(ingest, *waiting.popleft())


def _settled(ingest: Ingest, intake: Intake, outcome: "Future[Prepared] | FileResult") -> FileResult:
    if isinstance(outcome, FileResult):
        return outcome
    try:
        prepared = outcome.result()
    except Refused as refusal:
        return ingest.refuse(intake, refusal)
    result = ingest.take(intake, prepared)
    for made in (prepared.peaks, prepared.playback):
        if made is not None:
            made.unlink(missing_ok=True)
    return result
