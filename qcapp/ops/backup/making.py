"""``qcapp backup``: the database first, then the files, so that every row of the copy finds its file."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from qcapp.core import audit, clock
from qcapp.core.errors import Refused
from qcapp.core.i18n import _
from qcapp.core.storage import Storage
from qcapp.ops import migrating
from qcapp.ops.backup import databases, manifest
from qcapp.ops.backup.manifest import FILES, Manifest, Sealed


@dataclass
class Made:
    """What a backup came to. ``damaged``: originals whose bytes are no longer those of their name."""

    copied: int = 0
    kept: int = 0
    damaged: list[str] = field(default_factory=list)


def make(engine: Engine, storage: Storage, folder: Path) -> Made:
    """Bring the backup in ``folder`` up to date; files that are there already are not copied again."""
    if storage.root is not None and folder.resolve().is_relative_to(storage.root.resolve()):
        raise Refused(_("A backup cannot lie among the files it is made of. Choose a folder elsewhere."))
    with _in_words(), _alone_in(folder):
        return _make(engine, storage, folder)


def _make(engine: Engine, storage: Storage, folder: Path) -> Made:
    revision, _needed = migrating.versions(engine)
    if revision is None:
        raise Refused(_("There is no database yet, so there is nothing to back up."))
    former = _former(folder)
    now = clock.now()
    stamp = now.strftime("%Y%m%dT%H%M%S%f")
    kind: manifest.Kind = "sqlite" if engine.dialect.name == "sqlite" else "postgresql"
    dump = folder / f"database-{stamp}.{kind}"
    url = engine.url.render_as_string(hide_password=False)
    with Session(engine.execution_options(reading=True)) as session:
        head = audit.last_head(session)
    databases.dump(url, dump)
    made, names = Made(), folder / f"files-{stamp}.sha256"
    with names.open("w", encoding="utf-8") as lines:
        for key, size in storage.contents():
            if (sha256 := former.get(key)) and _is_there(folder / FILES / key, size):
                made.kept += 1
            elif (sha256 := _copy(storage, key, size, folder / FILES / key)) is None:
                continue
            else:
                made.copied += 1
            if key.startswith("original/") and not key.endswith(sha256):
                made.damaged.append(key)
            lines.write(manifest.line(key, sha256))
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
    return made


def _former(folder: Path) -> dict[str, str]:
    """Digests of what an earlier backup has copied; a damaged list makes everything be copied anew."""
    if not (folder / manifest.NAME).exists():
        return {}
    before = manifest.read(folder)
    return dict(manifest.read_list(folder / before.files.name)) if before.files.intact(folder) else {}


def _is_there(path: Path, size: int) -> bool:
    return path.is_file() and path.stat().st_size == size


def _copy(storage: Storage, key: str, size: int, to: Path) -> str | None:
    """Copy a stored file and return its SHA-256; None if it has gone since it was listed."""
    to.parent.mkdir(parents=True, exist_ok=True)
    writing = to.with_name(to.name + ".new")
    digest = hashlib.sha256()
    try:
        with writing.open("wb") as out:
            for chunk in storage.chunks(key, 0, size):
                digest.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        writing.replace(to)
    except FileNotFoundError:
        return None
    finally:
        writing.unlink(missing_ok=True)
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
