"""The watched folder: what an exchange writes into it is imported when it has stopped growing, and left."""

import logging
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from qcapp.calls.import_files import local_file, may_be_recording, walk
from qcapp.calls.import_options import ImportOptions
from qcapp.calls.import_run import import_batch
from qcapp.calls.ingest import retried
from qcapp.calls.models import WatchedFile
from qcapp.calls.states import BatchOrigin
from qcapp.core import clock
from qcapp.core.db import Database
from qcapp.core.errors import Refused
from qcapp.core.storage import Storage
from qcapp.settings import Settings

log = logging.getLogger(__name__)
CDR_SUFFIX = ".csv"


def look_into_folder(database: Database, storage: Storage, settings: Settings) -> int:
    """Import the files that have not changed since the last look; how many were taken.

    A changed CDR is read again, since exchanges append to it: what it said before is known already.
    """
    if settings.watch_dir is None:
        return 0
    folder = settings.watch_dir
    if not folder.is_dir():
        log.warning("the watched folder does not exist or may not be read")
        return 0
    found = {path.relative_to(folder).as_posix(): path for path in walk(folder) if _concerns(path)}
    ready = retried(database, lambda session: settled(session, found))
    if not ready:
        return 0
    files = [local_file(found[name]) for name in ready]
    recordings = [file for file in files if may_be_recording(file.path)]
    cdrs = [file for file in files if not may_be_recording(file.path)]
    options = ImportOptions(
        source=settings.watch_source, timezone=settings.watch_timezone or None, origin=BatchOrigin.WATCHED
    )
    try:
        import_batch(database, storage, recordings, cdrs, options)
    except Refused as refusal:
        log.error("the watched folder was not imported: %s", refusal)
        return 0
    retried(database, lambda session: _mark_taken(session, ready))
    return len(ready)


def settled(session: Session, found: dict[str, Path]) -> list[str]:
    """Files not taken yet whose size and time are those of the last look; all are remembered for the next."""
    known = {row.path: row for row in session.scalars(select(WatchedFile))}
    ready: list[str] = []
    for name, path in sorted(found.items()):
        try:
            facts = path.stat()
        except OSError:
            continue  # gone between listing and looking
        row = known.get(name)
        if row is None:
            session.add(WatchedFile(path=name, size=facts.st_size, modified_ns=facts.st_mtime_ns))
        elif (row.size, row.modified_ns) != (facts.st_size, facts.st_mtime_ns):
            row.size, row.modified_ns, row.taken_at = facts.st_size, facts.st_mtime_ns, None
        elif row.taken_at is None:
            ready.append(name)
    return ready


def _mark_taken(session: Session, names: list[str]) -> None:
    session.execute(update(WatchedFile).where(WatchedFile.path.in_(names)).values(taken_at=clock.now()))


def _concerns(path: Path) -> bool:
    return may_be_recording(path) or path.suffix.lower() == CDR_SUFFIX
