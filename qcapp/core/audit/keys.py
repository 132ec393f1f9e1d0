"""Where the key of the audit log is kept: outside the database, so that who can write there cannot forge entries."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from sqlalchemy.orm import Session

from qcapp.core import secret_file
from qcapp.core.audit.entries import last_row
from qcapp.core.audit.seal import Key
from qcapp.core.errors import Unavailable
from qcapp.core.i18n import _
from qcapp.settings import Settings

KEY_FILE = "audit_key"
HEAD_FILE = "audit_head.json"


@dataclass(frozen=True)
class AuditKeeper:
    """The key, from the settings or a file in the data folder, and the file that remembers the newest entry."""

    folder: Path
    given: str = ""

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(settings.data_dir.resolve(), settings.audit_key.get_secret_value())

    @property
    def key_file(self) -> Path:
        return self.folder / KEY_FILE

    @property
    def head_file(self) -> Path:
        return self.folder / HEAD_FILE

    def read(self) -> Key | None:
        """The key, None where there is none yet. Read anew each time: a file put back helps at once."""
        if self.given:
            return Key(self.given.encode())
        try:
            return Key(self.key_file.read_bytes().strip())
        except FileNotFoundError:
            return None

    def make(self) -> Key:
        """The key; a new one if there is none."""
        return Key((self.given or secret_file.read_or_make(self.key_file)).encode())


def keeper_of(session: Session) -> AuditKeeper:
    """Every session of an installation's database knows its keeper."""
    keeper: AuditKeeper = session.info["audit"]
    return keeper


def key_of(session: Session) -> Key | None:
    """The key the newest entry was sealed with, None before the first sealed entry.

    Raises Unavailable without that key: nothing can be recorded, and so nothing be done, until it is back.
    """
    last = last_row(session)
    if last is None or last.key_id is None:
        return None
    key = keeper_of(session).read()
    if key is None:
        raise _unusable(session, _("The key of the audit log is missing."))
    if key.id != last.key_id:
        raise _unusable(session, _("The audit log was written with another key than this one."))
    return key


def demand_key(session: Session) -> None:
    """Begin no work that could not be recorded. Raises Unavailable."""
    key_of(session)


def _unusable(session: Session, why: str) -> Unavailable:
    return Unavailable(f"{why} {_what_to_do(session)}")


def _what_to_do(session: Session) -> str:
    keeper = keeper_of(session)
    if keeper.given:
        return _("Set QCAPP_AUDIT_KEY to the key it was written with.")
    return _(
        "Put the copy of the key back as %(file)s. If it is lost: qcapp audit rekey", file=keeper.key_file
    )
