"""The newest entry, noted outside the database: by it a log that was cut off or emptied shows."""

import os
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.core.audit import keys
from qcapp.core.audit.entries import AuditEntry, last_row
from qcapp.core.errors import Refused
from qcapp.core.i18n import _


class Head(BaseModel):
    """Number, time and hash of an entry that was the newest one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    entry: int
    at: datetime
    hash: str

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """The head noted in this file, None if there is none; Refused if it cannot be understood."""
        try:
            return cls.model_validate_json(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (UnicodeDecodeError, ValidationError) as error:
            raise Refused(_("%(file)s cannot be understood.", file=path)) from error

    def write(self, path: Path) -> None:
        """In place of what was there, at once or not at all."""
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".head-")  # mode 0600
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(self.model_dump_json())
        Path(name).replace(path)


def last_head(session: Session) -> Head | None:
    """The newest entry, None while the log is empty."""
    last = last_row(session)
    return Head(entry=last.id, at=last.at, hash=last.hash) if last else None


def holds(session: Session, head: Head) -> bool:
    """Whether that entry is still there, under its number."""
    found = select(AuditEntry.id).where(AuditEntry.id == head.entry, AuditEntry.hash == head.hash)
    return session.scalar(found) is not None


def holds_hash(session: Session, known: str) -> bool:
    """Whether an entry with this hash, seen earlier, is still there."""
    return session.scalar(select(AuditEntry.id).where(AuditEntry.hash == known)) is not None


def noted_head(session: Session) -> Head | None:
    """The entry noted last on this host."""
    return Head.read(keys.keeper_of(session).head_file)


def note_head(session: Session) -> bool:
    """Note the newest entry, unless the one noted before is gone: then nothing is noted, and the answer is no."""
    noted = noted_head(session)
    if noted is not None and not holds(session, noted):
        return False
    newest = last_head(session)
    if newest is not None and newest != noted:
        newest.write(keys.keeper_of(session).head_file)
    return True


def forget_head(session: Session) -> Head | None:
    """What was noted does not hold any longer, because the log is another one: restored, or with a new key."""
    noted = noted_head(session)
    keys.keeper_of(session).head_file.unlink(missing_ok=True)
    return noted
