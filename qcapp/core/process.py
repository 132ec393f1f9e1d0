"""How every process of the product begins and ends, and where its temporary files lie: in the data folder.

Copies of recordings are as secret as the recordings, and may be too large for the system's folder of temporary files.
"""

import atexit
import gc
import os
import shutil
import tempfile
from pathlib import Path

from qcapp.core.locks import LOCK, locked, take

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
    with locked(folder):  # nobody takes a folder for an abandoned one between its making and its lock
        for left in folder.iterdir():
            if left.is_dir() and (lock := take(left / LOCK)) is not None:
                shutil.rmtree(left)
                os.close(lock)
        own = Path(tempfile.mkdtemp(dir=folder))
        if (lock := take(own / LOCK)) is not None:
            _held.append(lock)
    tempfile.tempdir = str(own)
