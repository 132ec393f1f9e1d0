"""Files on their way into a local storage: copied under another name first, so that a key appears with all its bytes.

What a killed process leaves of them goes when the next one starts.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from qcapp.core.file_locks import LOCK, locked, take

FOLDER = ".unfinished"
CHUNK = 1 << 20


def put(root: Path, key: str, path: Path, *, replace: bool) -> None:
    """Store a copy on the disk itself: a row that names it may be committed next, so it must survive a power cut first.

    Unless it is to ``replace`` a file, one that is there stays as it is.
    """
    target = root / key
    with _locked_copy(path, root / FOLDER) as copy:
        target.parent.mkdir(parents=True, exist_ok=True)
        if replace:
            copy.replace(target)
        else:
            with suppress(FileExistsError):
                target.hardlink_to(copy)
        _flush(target.parent)


def sweep(root: Path) -> None:
    """Remove the copies that no living process works on."""
    folder = root / FOLDER
    if not folder.is_dir():
        return
    with locked(folder):
        for left in folder.iterdir():
            if left.name != LOCK and (lock := take(left)) is not None:
                left.unlink()
                os.close(lock)


@contextmanager
def _locked_copy(path: Path, folder: Path) -> Iterator[Path]:
    folder.mkdir(exist_ok=True)
    with locked(folder):  # nobody takes it for an abandoned one between its making and its lock
        file, name = tempfile.mkstemp(dir=folder)
        lock = take(Path(name))
    try:
        with os.fdopen(file, "wb") as copy:
            with path.open("rb") as source:
                shutil.copyfileobj(source, copy, CHUNK)
            copy.flush()
            os.fsync(file)
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)
        if lock is not None:
            os.close(lock)


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
