"""What is handed to an import, and what it answers for each file."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from qcapp.calls.importers.cdr import CdrFormat
from qcapp.calls.states import BatchOrigin, RowKind


@dataclass(frozen=True, slots=True)
class ImportFile:
    """A recording or a CDR in a local file, under the name it came with. ``sha256``: empty if not known yet."""

    path: Path
    name: str
    modified: datetime | None = None
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What is told about a batch as a whole. `timezone` None: the source's own, if it has one."""

    source: str = "default"
    timezone: str | None = None
    manager_channel: int | None = None
    cdr_format: CdrFormat = CdrFormat.AUTO
    origin: BatchOrigin = BatchOrigin.COMMAND
    with_playback: bool = True


@dataclass(frozen=True, slots=True)
class FileResult:
    """What became of one file. Not ``final``: it could not be read, so another try may end otherwise."""

    file: str
    kind: RowKind
    reasons: tuple[str, ...] = ()
    call_id: int | None = None
    final: bool = True

    @property
    def reason(self) -> str | None:
        return " ".join(self.reasons) or None


# Told after each file: how many are done, of how many, and the latest.
Progress = Callable[[int, int, FileResult], None]
