"""``qcapp restore``: into an empty installation only, and only when the backup is whole and unchanged."""

from pathlib import Path

from sqlalchemy import Engine

from qcapp.core.errors import Refused
from qcapp.core.i18n import _
from qcapp.core.storage import Storage, sha256_of
from qcapp.onboarding.clearance.changes import FORGET_ALL
from qcapp.ops import migrating
from qcapp.ops.backup import databases, manifest
from qcapp.ops.backup.manifest import FILES, Manifest


def restore(engine: Engine, storage: Storage, folder: Path) -> Manifest:
    """Put files and database back, then bring the database to this program's version."""
    backup = manifest.read(folder)
    _demand_fitting(backup, engine)
    _demand_empty(engine, storage)
    keys = _demand_intact(backup, folder)
    for key in keys:
        storage.put(key, folder / FILES / key)
    engine.dispose()
    databases.load(engine.url.render_as_string(hide_password=False), folder / backup.database.name)
    migrating.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(FORGET_ALL)  # a CRM may have been told since what the backup does not know of
    return backup


def _demand_fitting(backup: Manifest, engine: Engine) -> None:
    if backup.kind != engine.dialect.name:
        raise Refused(
            _(
                "This backup is of a %(kind)s database, and the settings name one of another kind. "
                "Set QCAPP_DATABASE_URL accordingly.",
                kind=backup.kind,
            )
        )
    if not migrating.is_known(backup.revision):
        raise Refused(
            _("This backup was made by a newer version of the program (%(version)s). Install that version.")
            % {"version": backup.program}
        )


def _demand_empty(engine: Engine, storage: Storage) -> None:
    if not databases.is_empty(engine):
        raise Refused(_("The database is not empty. A backup is restored into an empty installation only."))
    if next(storage.contents(), None) is not None:
        raise Refused(
            _("The storage holds files already. A backup is restored into an empty installation only.")
        )


def _demand_intact(backup: Manifest, folder: Path) -> list[str]:
    """Every stored key, once all of the backup has been read and found to be what it was."""
    if broken := [part.name for part in (backup.database, backup.files) if not part.intact(folder)]:
        raise Refused(_broken(broken))
    listed = dict(manifest.read_list(folder / backup.files.name))
    for key, sha256 in listed.items():
        path = folder / FILES / key
        if not path.is_file() or sha256_of(path) != sha256:
            broken.append(f"{FILES}/{key}")
    if broken:
        raise Refused(_broken(broken))
    return list(listed)


def _broken(names: list[str]) -> str:
    first = ", ".join(names[:3]) + (" …" if len(names) > 3 else "")
    return _(
        "The backup is damaged: %(num)d files are missing or changed (%(first)s). Nothing was restored.",
        num=len(names),
        first=first,
    )
