"""Files of any size under keys the product makes itself: a local folder, or S3 for several hosts.

Originals are content addressed (``original/…<sha256>``), what is made from them is ``derived/…<sha256>/``.
No key is ever built from what a user typed. A key appears with all its bytes or not at all.
"""

import errno
import hashlib
import logging
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal, NamedTuple

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, S3Store, from_url

from qcapp.core import arriving, clock
from qcapp.core.errors import NoSpace, Unavailable
from qcapp.core.i18n import lazy

CHUNK = 1 << 20
FRESH = timedelta(hours=1)
SINGLE_PUT = 64 << 20  # larger files go to S3 in parts, which cannot be told to keep an existing object
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
FAMILIES = ("original", "derived")  # folders divided by the first two digits of an original's SHA-256
PARTS = (*(f"{number:02x}" for number in range(256)), "rest")
"""The whole store in pieces of about one size; "rest" is all that lies outside the folders of ``FAMILIES``."""
_log = logging.getLogger(__name__)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, read in blocks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def original_key(sha256: str) -> str:
    return f"original/{sha256[:2]}/{sha256}"


def digest_in(key: str) -> str | None:
    """The SHA-256 that a content-addressed file must have; None for what is made from an original."""
    return key.rpartition("/")[2] if key.startswith(("original/", "cdr/")) else None


def derived_key(sha256: str, name: str) -> str:
    """Key of a file made from an original; ``name`` carries the version of what made it."""
    return f"derived/{sha256[:2]}/{sha256}/{name}"


class StoredObject(NamedTuple):
    key: str
    size: int
    modified: datetime


class Storage:
    """One store for the whole installation; every host sees the same keys.

    Besides FileNotFoundError for a key that is not there, methods raise Unavailable: disk full, no answer.
    S3 takes its credentials, region and endpoint from the usual ``AWS_…`` variables.
    """

    def __init__(self, location: str) -> None:
        if "://" in location:
            self.root: Path | None = None
            self._store: LocalStore | S3Store = from_url(  # type: ignore[assignment]
                location,
                client_options={
                    "connect_timeout": timedelta(seconds=5),
                    "timeout": timedelta(minutes=5),
                    # options given here put out what the library itself would read from the environment
                    "allow_http": os.environ.get("AWS_ALLOW_HTTP", "").lower() in {"1", "true", "yes"},
                },
                retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=20)},
            )
        else:
            self.root = Path(location)
            with answering():
                self._store = LocalStore(self.root, mkdir=True)

    def put(self, key: str, path: Path, *, replace: bool = False) -> None:
        """Store a file. An existing key gets a new date alone, because the same key always means the same bytes,
        unless those bytes are known to be wrong: then ``replace`` them."""
        if not replace and self._renew(key, path):
            return
        with self._answering():
            if self.root is not None:
                arriving.put(self.root, key, path, replace=replace)
            else:
                self._send(key, path, "overwrite" if replace else "create")

    def _renew(self, key: str, path: Path) -> bool:
        """Show by its date that a file is wanted, before a row names it; whether there is one.

        A bucket dates nothing but what is sent, so a file that is not fresh is sent again.
        """
        try:
            with self._answering():
                if self.root is not None:
                    os.utime(self.root / key)
                elif self.modified(key) < clock.now() - FRESH:
                    self._send(key, path, "overwrite")
        except FileNotFoundError:
            return False
        return True

    def _send(self, key: str, path: Path, mode: Literal["create", "overwrite"]) -> None:
        if path.stat().st_size > SINGLE_PUT:
            obstore.put(self._store, key, path)
            return
        with suppress(AlreadyExistsError):  # somebody else has stored the same bytes at this moment
            obstore.put(self._store, key, path, mode=mode)

    def sweep(self) -> None:
        """Remove what killed processes have left of files they were storing."""
        if self.root is not None:
            with self._answering():
                arriving.sweep(self.root)

    def has(self, key: str) -> bool:
        try:
            self.size(key)
        except FileNotFoundError:
            return False
        return True

    def size(self, key: str) -> int:
        """Bytes stored under the key; FileNotFoundError if there are none."""
        with self._answering():
            return obstore.head(self._store, key)["size"]

    def modified(self, key: str) -> datetime:
        """When the file was stored last; FileNotFoundError if there is none."""
        with self._answering():
            return obstore.head(self._store, key)["last_modified"]

    def chunks(self, key: str, start: int, end: int) -> Iterator[bytes]:
        """The bytes from ``start`` up to but excluding ``end``, a block at a time."""
        for at in range(start, end, CHUNK):
            with self._answering():
                block = bytes(obstore.get_range(self._store, key, start=at, end=min(at + CHUNK, end)))
            yield block

    def read(self, key: str) -> bytes:
        """A small file, whole."""
        with self._answering():
            return bytes(obstore.get(self._store, key).bytes())

    def delete(self, key: str) -> None:
        """Remove a file; a key that is not there is fine."""
        try:
            with self._answering():
                obstore.delete(self._store, key)
        except FileNotFoundError:
            return

    def digest(self, key: str) -> str:
        """SHA-256 of the bytes that are stored now."""
        digest = hashlib.sha256()
        with self._answering():
            for chunk in obstore.get(self._store, key).stream(min_chunk_size=CHUNK):
                digest.update(chunk)
        return digest.hexdigest()

    def contents(self) -> Iterator[tuple[str, int]]:
        """Every key in the store with its size."""
        for stored in self._below(None):
            if not stored.key.startswith(f"{arriving.FOLDER}/"):
                yield stored.key, stored.size

    def in_part(self, part: str) -> Iterator[StoredObject]:
        """The files of one of ``PARTS``."""
        if part != "rest":
            for family in FAMILIES:
                yield from self._below(f"{family}/{part}")
            return
        divided = {f"{family}/{each}" for family in FAMILIES for each in PARTS} | set(FAMILIES)
        for folder in (None, *FAMILIES):
            with self._answering():
                found = obstore.list_with_delimiter(self._store, folder)
            yield from map(_stored, found["objects"])
            for inside in set(found["common_prefixes"]) - divided - {arriving.FOLDER}:
                yield from self._below(inside)

    def _below(self, folder: str | None) -> Iterator[StoredObject]:
        with self._answering():
            for batch in obstore.list(self._store, folder):
                yield from map(_stored, batch)

    @contextmanager
    def local_path(self, key: str) -> Iterator[Path]:
        """The file as a path for tools that need one: itself in a local store, else a temporary copy.

        A file that cannot be read while the block works on it is Unavailable, too.
        """
        if self.root is not None:
            path = self.root / key
            with self._answering():
                path.stat()
                yield path
            return
        with self._answering(), tempfile.NamedTemporaryFile(prefix="qcapp-") as file:
            for chunk in obstore.get(self._store, key).stream(min_chunk_size=CHUNK):
                file.write(chunk)
            file.flush()
            yield Path(file.name)

    def check(self, room: int = 4096) -> None:
        """Raise Unavailable unless so many bytes can be written (local) or the bucket answers (S3)."""
        with self._answering():
            if self.root is None:
                next(iter(obstore.list(self._store, chunk_size=1)), None)
                return
            with tempfile.TemporaryFile(dir=self.root) as file:
                os.posix_fallocate(file.fileno(), 0, room)

    @contextmanager
    def _answering(self) -> Iterator[None]:
        """A file that is missing is not the same as a folder of files that is."""
        with answering():
            try:
                yield
            except FileNotFoundError as missing:
                if self.root is not None and not self.root.is_dir():
                    raise storage_fault(missing) from missing
                raise


def _stored(entry: Mapping[str, Any]) -> StoredObject:
    return StoredObject(entry["path"], entry["size"], entry["last_modified"])


@contextmanager
def answering() -> Iterator[None]:
    """Turn what storage libraries raise into Unavailable; their own messages hold paths and host names."""
    try:
        yield
    except FileNotFoundError:
        raise
    except (BaseError, OSError) as error:
        raise storage_fault(error) from error


def storage_fault(error: Exception) -> Unavailable:
    """What an error of the file system or of the bucket is for a person; the details go to the log."""
    _log.error("storage failed", exc_info=error)
    if is_full(error):
        return NoSpace(
            lazy("There is no space left for files. Ask the administrator to free some; nothing was saved.")
        )
    return Unavailable(
        lazy("The storage of files does not answer. Try again in a minute, or ask the administrator.")
    )


def is_full(error: Exception) -> bool:
    """Whether there is no room left. The store's library tells the system's number of an error in its message only."""
    return getattr(error, "errno", None) in FULL or any(
        f"(os error {number})" in str(error) for number in FULL
    )
