"""How every process of the product begins and ends, and where its temporary files lie: in the data folder.

Copies of recordings are as secret as the recordings, and may be too large for the system's folder of temporary files.
"""

import atexit
import fcntl
import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOCK = ".lock"
_held: list[int] = []
"""Open locks that this process keeps as long as it lives; the system lets go of them however it ends."""


def begin() -> None:
    """Everything this process and its children make is for their own user alone; at its end it does not tarry.

    Python looks through all it has imported for garbage before it ends, which takes a second or two.
    """
    os.umask(0o077)
    atexit.register(gc.freeze)


def keep_temporary_files_in(folder: Path) -> None:
    """Have all temporary files of this process made in a folder of its own below; what dead processes left goes."""
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder / LOCK):  # nobody takes a folder for an abandoned one between its making and its lock
        for left in folder.iterdir():
            if left.is_dir() and (lock := _take(left / LOCK)) is not None:
                shutil.rmtree(left)
                os.close(lock)
        own = Path(tempfile.mkdtemp(dir=folder))
        if (lock := _take(own / LOCK)) is not None:
            _held.append(lock)
    tempfile.tempdir = str(own)


def _take(path: Path) -> int | None:
    """The open lock, or None while somebody else has it."""
    lock = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
