"""Which files of a folder are worth trying as recordings."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from qcapp.calls.import_options import ImportFile
from qcapp.core.incoming import shown

# What lies beside recordings and is never one itself. Everything else is tried, whatever it is called.
COMPANIONS = {".csv", ".tsv", ".json", ".txt", ".md", ".xml", ".log", ".xlsx", ".yaml", ".yml"}


def walk(directory: Path) -> Iterator[Path]:
    """Every file in a folder and below, but for hidden ones."""
    for folder, folders, names in os.walk(directory):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (
            path for name in names if not name.startswith(".") and (path := Path(folder, name)).is_file()
        )


def may_be_recording(path: Path) -> bool:
    """By name alone: what it really is shows when it is opened."""
    return path.suffix.lower() not in COMPANIONS


def recordings_in(directory: Path) -> list[ImportFile]:
    """Everything in a folder and below that may be a recording; or the one file that was named."""
    if directory.is_file():
        return [local_file(directory)]
    return [local_file(path) for path in sorted(walk(directory)) if may_be_recording(path)]


def local_file(path: Path, sha256: str = "") -> ImportFile:
    """A file under its own name; its time is where the call stands where nothing tells when it began."""
    return ImportFile(path, shown(path.name), datetime.fromtimestamp(path.stat().st_mtime, UTC), sha256)
