"""Puts right what can be: copies are made anew from their original, originals are brought back from a backup."""

import logging
from pathlib import Path

from sqlalchemy import select

from qcapp.calls.ingest import make_copies
from qcapp.calls.models import Recording
from qcapp.calls.stored_files import FileKind
from qcapp.core.db import Database
from qcapp.core.errors import Refused, Unavailable
from qcapp.core.storage import Storage, digest_in, sha256_of
from qcapp.ops.backup.manifest import FILES
from qcapp.ops.files.checking import FaultyFile, Looked, is_left_over
from qcapp.ops.files.models import StoredFileFault

_log = logging.getLogger(__name__)


def bring_back(storage: Storage, looked: Looked, backup: Path) -> None:
    """Put recordings and CDR files back whose bytes the backup has."""
    for each in looked.found:
        sha256, path = digest_in(each.key), backup / FILES / each.key
        if each.file is not None and sha256 and path.is_file() and sha256_of(path) == sha256:
            storage.put(each.key, path, replace=True)
            each.mended = True


def remove_unknown(database: Database, storage: Storage, looked: Looked) -> None:
    """Delete the files that no row names, if it still is so when their turn comes."""
    for each in [each for each in looked.found if each.fault is StoredFileFault.UNKNOWN]:
        if is_left_over(database, storage, each.key):
            storage.delete(each.key)
            each.mended = True
        else:
            looked.found.remove(each)


def make_anew(database: Database, storage: Storage, looked: Looked) -> None:
    """Make playback copies and waveforms anew where the recording itself is whole."""
    broken: dict[int, list[FaultyFile]] = {}
    for each in looked.found:
        if each.file is not None and each.file.call_id is not None and not each.mended:
            broken.setdefault(each.file.call_id, []).append(each)
    for call_id, faults in broken.items():
        if any(each.file is not None and each.file.kind is FileKind.ORIGINAL for each in faults):
            continue
        with database.reading() as session:
            recording = session.scalars(select(Recording).where(Recording.call_id == call_id)).one()
        try:
            make_copies(database, storage, recording)
        except (FileNotFoundError, Refused, Unavailable):
            _log.exception("the copies of call %d could not be made anew", call_id)
            continue
        for each in faults:
            each.mended = True
