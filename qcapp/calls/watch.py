"""The watched folder: what an exchange writes into it is imported when it has stopped growing, and left.

A file is marked as taken when the product has said something final of it; all others are tried again at the next look.
"""

import logging
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from qcapp.calls.erased import path_digest
from qcapp.calls.import_files import local_file, may_be_recording, walk
from qcapp.calls.import_options import FileResult, ImportFile, ImportOptions
from qcapp.calls.import_run import import_batch, read_table
from qcapp.calls.importers.cdr import CdrFormat
from qcapp.calls.ingest import retried
from qcapp.calls.models import WatchedFile
from qcapp.calls.states import BatchOrigin, RowKind
from qcapp.core import clock
from qcapp.core.db import Database, portions
from qcapp.core.errors import Refused
from qcapp.core.storage import Storage, sha256_of
from qcapp.settings import Settings

log = logging.getLogger(__name__)
CDR_SUFFIX = ".csv"
COPIES = 2  # the largest file twice over: as it came, and what is made from it


def look_into_folder(database: Database, storage: Storage, settings: Settings) -> int:
    """Import the files that have not changed since the last look; how many were taken.

    A changed CDR is read again, since exchanges append to it: what it said before is known already. Raises Unavailable
    where the work cannot go on; what was taken until then is marked.
    """
    if settings.watch_dir is None:
        return 0
    folder = settings.watch_dir
    if not folder.is_dir():
        log.warning("the watched folder does not exist or may not be read")
        return 0
    found = {_known_as(path.relative_to(folder)): path for path in walk(folder) if _concerns(path, folder)}
    names = retried(database, lambda session: settled(session, found))
    ready = {name: file for name in names if (file := _readable(found[name]))}
    if not ready:
        return 0
    recordings = {name: file for name, file in ready.items() if may_be_recording(file.path)}
    cdrs = {name: file for name, file in ready.items() if name not in recordings}
    storage.check(COPIES * max(file.path.stat().st_size for file in ready.values()))
    taken: list[str] = []
    in_order = iter(recordings)

    def note(_done: int, _all: int, result: FileResult) -> None:
        name = next(in_order)
        if result.final:
            taken.append(name)

    options = ImportOptions(
        source=settings.watch_source, timezone=settings.watch_timezone or None, origin=BatchOrigin.WATCHED
    )
    usable, unusable = _apart(cdrs.values())
    try:
        import_batch(
            database, storage, list(recordings.values()), usable, options, progress=note, refused=unusable
        )
        taken += cdrs
    except Refused as refusal:
        log.error("the watched folder was not imported: %s", refusal)
    finally:
        if taken:
            retried(database, lambda session: mark_taken(session, taken))
    return len(taken)


def _readable(path: Path) -> ImportFile | None:
    """The file, read to its end; None while it cannot be, so that no import reports the same fault every minute."""
    try:
        facts = path.stat()
        return local_file(path, _digest(path, facts.st_size, facts.st_mtime_ns))
    except OSError:
        log.warning("a watched file cannot be read and waits: %s", path, exc_info=True)
        return None


@lru_cache(maxsize=100_000)
def _digest(path: Path, _size: int, _modified_ns: int) -> str:
    """SHA-256 of a file: one that waits, and has not changed, is read once."""
    return sha256_of(path)


def _apart(cdrs: Iterable[ImportFile]) -> tuple[list[ImportFile], list[FileResult]]:
    """The tables that can be read, and what is wrong with the others: those hold nobody up."""
    usable: list[ImportFile] = []
    refused: list[FileResult] = []
    for cdr in cdrs:
        try:
            read_table(cdr, CdrFormat.AUTO)
        except Refused as refusal:
            refused.append(FileResult(cdr.name, RowKind.REFUSED, refusal.reasons))
        else:
            usable.append(cdr)
    return usable, refused


def settled(session: Session, found: dict[str, Path]) -> list[str]:
    """Files not taken yet whose size and time are those of the last look; all are remembered for the next."""
    known = {row.path: row for row in session.scalars(select(WatchedFile))}
    ready: list[str] = []
    for name, path in sorted(found.items()):
        try:
            facts = path.stat()
        except OSError:
            continue  # gone between listing and looking
        row = known.get(name) or known.get(path_digest(session, name))
        if row is None:
            session.add(WatchedFile(path=name, size=facts.st_size, modified_ns=facts.st_mtime_ns))
        elif (row.size, row.modified_ns) != (facts.st_size, facts.st_mtime_ns):
            row.size, row.modified_ns, row.taken_at = facts.st_size, facts.st_mtime_ns, None
        elif row.taken_at is None:
            ready.append(name)
    return ready


def mark_taken(session: Session, names: Sequence[str]) -> None:
    """Leave these alone until they change."""
    for some in portions(names):
        known_as = [*some, *(path_digest(session, name) for name in some)]
        session.execute(
            update(WatchedFile).where(WatchedFile.path.in_(known_as)).values(taken_at=clock.now())
        )


def _known_as(path: Path) -> str:
    """The path as a row can keep it: a name that is not UTF-8 is written out."""
    return path.as_posix().encode("utf-8", "backslashreplace").decode()


def _concerns(path: Path, folder: Path) -> bool:
    """Not what a link fetches from elsewhere on this machine: who may write here may not therefore read there."""
    inside = path.resolve().is_relative_to(folder.resolve())
    return inside and (may_be_recording(path) or path.suffix.lower() == CDR_SUFFIX)
