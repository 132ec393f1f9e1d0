"""What lies in a backup folder, and whether it is still what was put there.

manifest.json              written last: without it, or before it is replaced, the earlier backup stands
database-<time>.<kind>     the database
files-<time>.sha256        one line a file, as ``sha256sum`` writes them; paths as below
files/<key>                the stored files; a later backup adds what is new
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from qcapp.core.audit import Head
from qcapp.core.errors import Refused
from qcapp.core.i18n import _
from qcapp.core.storage import sha256_of

NAME = "manifest.json"
FILES = "files"
Kind = Literal["sqlite", "postgresql"]


class Sealed(BaseModel):
    """A file of the backup with its digest."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    size: int
    sha256: str

    @classmethod
    def of(cls, path: Path) -> "Sealed":
        return cls(name=path.name, size=path.stat().st_size, sha256=sha256_of(path))

    def intact(self, folder: Path) -> bool:
        path = folder / self.name
        return path.is_file() and path.stat().st_size == self.size and sha256_of(path) == self.sha256


class Manifest(BaseModel):
    """The contents of one backup. ``revision``: the version of the database's tables.

    ``audit``: the newest entry of the audit log, which must still be there later.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = 1
    made_at: datetime
    program: str
    kind: Kind
    revision: str
    database: Sealed
    files: Sealed
    file_count: int
    audit: Head | None = None

    def write(self, folder: Path) -> None:
        """In place of the former one, at once or not at all; what that one alone referred to goes."""
        writing = folder / (NAME + ".new")
        writing.write_text(self.model_dump_json(indent=2), encoding="utf-8")
        writing.replace(folder / NAME)
        for pattern in ("database-*", "files-*"):
            for path in folder.glob(pattern):
                if path.name not in {self.database.name, self.files.name}:
                    path.unlink()


def read(folder: Path) -> Manifest:
    """The manifest of a backup; Refused if there is none or it cannot be understood."""
    try:
        return Manifest.model_validate_json((folder / NAME).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise Refused(_("%(folder)s holds no backup: there is no manifest.json.", folder=folder)) from error
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        raise Refused(
            _("The manifest of the backup in %(folder)s is damaged, or of another program.", folder=folder)
        ) from error


def read_list(path: Path) -> Iterator[tuple[str, str]]:
    """Key and SHA-256 of each stored file."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            sha256, _two_spaces, name = line.rstrip("\n").partition("  ")
            yield name.removeprefix(FILES + "/"), sha256


def line(key: str, sha256: str) -> str:
    return f"{sha256}  {FILES}/{key}\n"
