"""How every process of the product begins and ends, and where its temporary files lie: in the data folder.

Copies of recordings are as secret as the recordings, and may be too large for the system's folder of temporary files.
"""

import atexit
import gc
import logging
import os
import shutil
import tempfile
from pathlib import Path

from qcapp.core.errors import Refused
from qcapp.core.file_locks import LOCK, locked, take
from qcapp.core.i18n import _

log = logging.getLogger(__name__)
_held: list[int] = []
"""Open locks that this process keeps as long as it lives; the system lets go of them however it ends."""


def begin() -> None:
    """Everything this process and its children make is for their own user alone; at its end it does not tarry.

    Python looks through all it has imported for garbage before it ends, which takes a second or two.
    """
    os.umask(0o077)
    atexit.register(gc.freeze)


def keep_temporary_files_in(folder: Path) -> None:
    """Have all temporary files of this process made in a folder of its own below, and removed when it ends.

    What killed processes left goes now. Raises Refused where the folder is another user's.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with locked(folder):  # nobody takes a folder for an abandoned one between its making and its lock
            for left in folder.iterdir():
                if left.is_dir():
                    _remove_abandoned(left)
            own = Path(tempfile.mkdtemp(dir=folder))
            if (lock := take(own / LOCK)) is not None:
                _held.append(lock)
    except PermissionError as error:
        raise Refused(
            _("%(folder)s belongs to another user of this machine: run this as that user.", folder=folder)
        ) from error
    tempfile.tempdir = str(own)
    atexit.register(_remove_own, own, os.getpid())


def _remove_abandoned(folder: Path) -> None:
    """Remove the folder unless its process lives. What cannot be removed, such as another user's, stays."""
    try:
        lock = take(folder / LOCK)
        if lock is not None:
            shutil.rmtree(folder)
            os.close(lock)
    except OSError as error:
        log.warning("temporary files that a process has left cannot be removed: %s", error)


def _remove_own(folder: Path, pid: int) -> None:
    if os.getpid() == pid:  # and not a process that was forked from it
        tempfile.tempdir = None  # what ends later finds another place
        shutil.rmtree(folder, ignore_errors=True)
