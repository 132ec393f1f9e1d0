"""Files of any size under keys the product makes itself: a local folder, or S3 for several hosts.

Originals are content addressed (``original/<sha256>``), what is made from them lies under ``derived/<sha256>/``.
No key is ever built from what a user typed.
"""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import obstore
from obstore.store import LocalStore, S3Store, from_url

CHUNK = 1 << 20


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, read in blocks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def original_key(sha256: str) -> str:
    return f"original/{sha256[:2]}/{sha256}"


def derived_key(sha256: str, name: str) -> str:
    """Key of a file made from an original; ``name`` carries the version of what made it."""
    return f"derived/{sha256[:2]}/{sha256}/{name}"


class Storage:
    """One store for the whole installation; every host sees the same keys."""

    def __init__(self, location: str) -> None:
        if "://" in location:
            self._store: LocalStore | S3Store = from_url(location)  # type: ignore[assignment]
            self._root: Path | None = None
        else:
            self._root = Path(location)
            self._store = LocalStore(self._root, mkdir=True)

    def put(self, key: str, path: Path) -> None:
        """Store a file. An existing key is left as it is: the same key always means the same bytes."""
        if not self.has(key):
            obstore.put(self._store, key, path)

    def has(self, key: str) -> bool:
        try:
            obstore.head(self._store, key)
        except FileNotFoundError:
            return False
        return True

    def size(self, key: str) -> int:
        """Bytes stored under the key; FileNotFoundError if there are none."""
        return obstore.head(self._store, key)["size"]

    def chunks(self, key: str, start: int, end: int) -> Iterator[bytes]:
        """The bytes from ``start`` up to but excluding ``end``, a block at a time."""
        for at in range(start, end, CHUNK):
            yield bytes(obstore.get_range(self._store, key, start=at, end=min(at + CHUNK, end)))

    def read(self, key: str) -> bytes:
        """A small file, whole."""
        return bytes(obstore.get(self._store, key).bytes())

    def keys(self) -> Iterator[str]:
        """Every key in the store."""
        for batch in obstore.list(self._store):
            for entry in batch:
                yield entry["path"]

    @contextmanager
    def local_path(self, key: str) -> Iterator[Path]:
        """The file as a path for tools that need one: itself in a local store, else a temporary copy."""
        if self._root is not None:
            path = self._root / key
            if not path.exists():
                raise FileNotFoundError(key)
            yield path
            return
        with tempfile.NamedTemporaryFile(prefix="qcapp-") as file:
            for chunk in obstore.get(self._store, key).stream(min_chunk_size=CHUNK):
                file.write(chunk)
            file.flush()
            yield Path(file.name)
