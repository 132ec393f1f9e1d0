"""Compares a part of the storage with the rows that name its files, both ways and by hash. Changes nothing."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.models import FileToRemove, Recording
from qcapp.calls.stored_files import NamedFile, derived_digests, is_named, named_files
from qcapp.core import clock
from qcapp.core.db import Database
from qcapp.core.errors import Refused, Unavailable
from qcapp.core.i18n import _
from qcapp.core.storage import Storage
from qcapp.ops.files.models import StoredFileFault

SETTLED = timedelta(days=1)  # until then a file without a row may belong to an import that is going on


@dataclass
class FaultyFile:
    """A file that is not as it should be; ``file`` is None where no row names the key."""

    key: str
    fault: StoredFileFault
    file: NamedFile | None = None
    mended: bool = False


@dataclass
class Looked:
    """What a look at one part came to. ``digests``: of derived files whose digest nobody had noted yet."""

    part: str
    files: int = 0
    found: list[FaultyFile] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)


def demand_storage(database: Database, storage: Storage) -> None:
    """Raise Refused where there is nothing at all, as with a wrong address: no use in naming every single file."""
    with database.reading() as session:
        recorded = session.scalar(select(Recording.id).limit(1))
    if recorded and next(storage.contents(), None) is None:
        raise Refused(_("The storage is empty, and the database names recordings. Check QCAPP_STORAGE_URL."))


def look(database: Database, storage: Storage, part: str) -> Looked:
    """Read every file of the part. Raises Unavailable if the storage does not answer."""
    looked, now = Looked(part), clock.now()
    with database.reading() as session:
        named, digests = _rows(session, part)
        waiting = set(session.scalars(select(FileToRemove.key)))
    for key, file in named.items():
        looked.files += 1
        if fault := _compare(storage, key, file.sha256 or digests.get(key), looked):
            looked.found.append(FaultyFile(key, fault, file))
    looked.found += _unknown(storage, part, {*named, *waiting}, now)
    if looked.found:  # rows may have come and gone meanwhile
        with database.reading() as session:
            named, _digests = _rows(session, part)
        looked.found = [each for each in looked.found if (each.key in named) is (each.file is not None)]
    return looked


def is_left_over(database: Database, storage: Storage, key: str) -> bool:
    """Whether still nobody wants a file that no row named: an import may have come to need it since."""
    with database.reading() as session:
        if is_named(session, key) or session.get(FileToRemove, key) is not None:
            return False
    try:  # after the rows: an import stores its files first
        return storage.modified(key) < clock.now() - SETTLED
    except FileNotFoundError:
        return False


def _rows(session: Session, part: str) -> tuple[dict[str, NamedFile], dict[str, str]]:
    return {each.key: each for each in named_files(session, part)}, derived_digests(session, part)


def _compare(storage: Storage, key: str, wanted: str | None, looked: Looked) -> StoredFileFault | None:
    try:
        sha256 = storage.digest(key)
    except FileNotFoundError:
        return StoredFileFault.MISSING
    except Unavailable:
        storage.check()  # goes on only where this file alone cannot be read
        return StoredFileFault.UNREADABLE
    if wanted is None:
        looked.digests[key] = sha256
        return None
    return None if sha256 == wanted else StoredFileFault.CHANGED


def _unknown(storage: Storage, part: str, known: set[str], now: datetime) -> list[FaultyFile]:
    return [
        FaultyFile(stored.key, StoredFileFault.UNKNOWN)
        for stored in storage.in_part(part)
        if stored.key not in known and stored.modified < now - SETTLED
    ]
