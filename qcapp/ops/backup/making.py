"""``qcapp backup``: the database first, then the files, so that every row of the copy finds its file."""

import fcntl
import hashlib
import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import inspect, select

from qcapp.calls.erased import was_erased
from qcapp.calls.models import FileToRemove
from qcapp.calls.stored_files import NamedFile, named_files
from qcapp.core import audit, clock
from qcapp.core.db import Database
from qcapp.core.errors import Refused, Unavailable
from qcapp.core.i18n import _
from qcapp.core.storage import PARTS, Storage, StoredObject, digest_in, sha256_of
from qcapp.ops import migrating
from qcapp.ops.backup import databases, manifest
from qcapp.ops.backup.manifest import FILES, Manifest, Sealed


@dataclass
class Made:
    """What a backup came to.

    ``gone``: named by a row and not to be had whole from the storage any more, but in this backup from before.
    ``lost``: not there either. ``damaged``: keys that were backed up with bytes that are not those of their name.
    """

    copied: int = 0
    kept: int = 0
    damaged: list[str] = field(default_factory=list)
    gone: list[NamedFile] = field(default_factory=list)
    lost: list[NamedFile] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        return not (self.damaged or self.gone or self.lost)


def make(database: Database, storage: Storage, folder: Path) -> Made:
    """Bring the backup in ``folder`` up to date; files that are there already are not copied again."""
    if storage.root is not None and folder.resolve().is_relative_to(storage.root.resolve()):
        raise Refused(_("A backup cannot lie among the files it is made of. Choose a folder elsewhere."))
    with _in_words(), _alone_in(folder):
        return _make(database, storage, folder)


def _make(database: Database, storage: Storage, folder: Path) -> Made:
    engine = database.engine
    revision, _needed = migrating.versions(engine)
    if revision is None:
        raise Refused(_("There is no database yet, so there is nothing to back up."))
    now = clock.now()
    stamp = now.strftime("%Y%m%dT%H%M%S%f")
    kind: manifest.Kind = "sqlite" if engine.dialect.name == "sqlite" else "postgresql"
    dump = folder / f"database-{stamp}.{kind}"
    files = _Files(storage, folder, _former(folder), _Erased(database))
    url = engine.url.render_as_string(hide_password=False)
    with database.reading() as session:
        head = audit.last_head(session)
    databases.dump(url, dump)
    names = folder / f"files-{stamp}.sha256"
    with names.open("w", encoding="utf-8") as lines:
        for part in PARTS:
            with database.reading() as session:
                named = {each.key: each for each in named_files(session, part)}
            for key, sha256 in files.brought_up_to_date(part, named):
                lines.write(manifest.line(key, sha256))
    made = files.made
    Manifest(
        made_at=now,
        program=version("qcapp"),
        kind=kind,
        revision=revision,
        database=Sealed.of(dump),
        files=Sealed.of(names),
        file_count=made.copied + made.kept,
        audit=head,
    ).write(folder)
    files.remove_erased()
    return made


def _former(folder: Path) -> dict[str, str]:
    """Digests of what an earlier backup has copied; a damaged list makes everything be copied anew."""
    if not (folder / manifest.NAME).exists():
        return {}
    before = manifest.read(folder)
    return dict(manifest.read_list(folder / before.files.name)) if before.files.intact(folder) else {}


class _Files:
    """The stored files on their way into the folder, one of the storage's parts at a time."""

    def __init__(self, storage: Storage, folder: Path, former: dict[str, str], erased: "_Erased") -> None:
        self.made = Made()
        self._storage = storage
        self._held = Storage(str(folder / FILES))
        self._folder = folder / FILES
        self._former = former
        self._erased = erased
        self._to_leave_out: set[str] = set()

    def brought_up_to_date(self, part: str, named: Mapping[str, NamedFile]) -> Iterator[tuple[str, str]]:
        """Key and SHA-256 of every file that belongs into the backup, once it is there."""
        there, unreadable = set(), set()
        for stored in self._storage.in_part(part):
            if stored.key in self._erased.waiting:
                continue
            try:
                sha256 = self._taken(stored, named)
            except Unavailable:
                self._storage.check()  # goes on only where this file alone cannot be read
                unreadable.add(stored.key)
                continue
            if sha256 is not None:
                there.add(stored.key)
                yield stored.key, sha256
        yield from self._still_held(part, named, there)
        for key, file in named.items():
            if key not in there and (key in unreadable or not self._storage.has(key)):
                self.made.lost.append(file)

    def _taken(self, stored: StoredObject, named: Mapping[str, NamedFile]) -> str | None:
        """The SHA-256 of a stored file, copied if need be; None if it has gone since it was listed."""
        known = self._former.get(stored.key)
        whole = known == (digest_in(stored.key) or known)
        if known and whole and _is_there(self._folder / stored.key, stored.size):
            self.made.kept += 1
            return known
        return self._copied(stored.key, stored.size, named.get(stored.key))

    def _copied(self, key: str, size: int, file: NamedFile | None) -> str | None:
        to, wanted = self._folder / key, digest_in(key)
        to.parent.mkdir(parents=True, exist_ok=True)
        writing = to.with_name(to.name + ".new")
        try:
            sha256 = _copy(self._storage, key, size, writing)
            if wanted and sha256 != wanted:
                if _is_intact(to, wanted):  # good bytes of an earlier backup are not given for damaged ones
                    self._keep(file)
                    return wanted
                self.made.damaged.append(key)
            writing.replace(to)
        except FileNotFoundError:
            return None
        finally:
            writing.unlink(missing_ok=True)
        self.made.copied += 1
        return sha256

    def _still_held(
        self, part: str, named: Mapping[str, NamedFile], there: set[str]
    ) -> Iterator[tuple[str, str]]:
        """What an earlier backup holds and the storage has lost: every original, and whatever a row still names.

        What was erased on purpose is left out.
        """
        held = {key for key, *_facts in self._held.in_part(part)} - there
        erased = self._erased.among(held)
        self._to_leave_out |= erased
        for key in sorted(held - erased):
            wanted = digest_in(key) or (self._former.get(key) if key in named else None)
            if not wanted or not _is_intact(self._folder / key, wanted):
                continue
            there.add(key)
            self._keep(named.get(key))
            yield key, wanted

    def remove_erased(self) -> None:
        """Take what was erased out of the folder. Until the new manifest stands, the one before still lists it."""
        for key in self._to_leave_out:
            self._held.delete(key)

    def _keep(self, file: NamedFile | None) -> None:
        self.made.kept += 1
        if file is not None:
            self.made.gone.append(file)


class _Erased:
    """Tells files that were erased from those that were lost. ``waiting``: still in the storage, but not for long."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # A database of an older version, about to be upgraded, may have neither table.
        self._possible = inspect(database.engine).has_table(FileToRemove.__tablename__)
        with database.reading() as session:
            self.waiting = set(session.scalars(select(FileToRemove.key))) if self._possible else set()

    def among(self, keys: Collection[str]) -> set[str]:
        if not self._possible or not keys:
            return set()
        with self._database.reading() as session:
            return {key for key in keys if was_erased(session, key)}


def _is_there(path: Path, size: int) -> bool:
    return path.is_file() and path.stat().st_size == size


def _is_intact(path: Path, sha256: str) -> bool:
    return path.is_file() and sha256_of(path) == sha256


def _copy(storage: Storage, key: str, size: int, to: Path) -> str:
    """Copy a stored file and return its SHA-256."""
    digest = hashlib.sha256()
    with to.open("wb") as out:
        for chunk in storage.chunks(key, 0, size):
            digest.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    return digest.hexdigest()


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Two backups into one folder at a time would remove each other's parts."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Refused(_("Another backup into this folder is running.")) from error
        yield


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise Refused(
            _("The backup could not be written: %(why)s. The one before, if any, is untouched.", why=why)
        ) from error
