"""Faults of stored files in words."""

from qcapp.calls.stored_files import FileKind, NamedFile
from qcapp.core.i18n import _, lazy
from qcapp.ops.files.models import FileFault, StoredFileFault

KINDS = {
    FileKind.ORIGINAL: lazy("recording"),
    FileKind.PLAYBACK: lazy("playback copy"),
    FileKind.PEAKS: lazy("waveform"),
    FileKind.CDR: lazy("CDR"),
    None: lazy("unknown file"),
}
FAULTS = {
    StoredFileFault.MISSING: lazy("not in the storage"),
    StoredFileFault.CHANGED: lazy("its bytes have changed"),
    StoredFileFault.UNREADABLE: lazy("cannot be read"),
    StoredFileFault.UNKNOWN: lazy("no row names it"),
}


def named(file: NamedFile | FileFault) -> str:
    """Which file it is: of which call or import, under which key."""
    facts = {"kind": KINDS[file.kind], "key": file.key}
    if file.call_id is not None:
        return _("call %(id)d, %(kind)s: %(key)s", id=file.call_id, **facts)
    if file.batch_id is not None:
        return _("import %(id)d, %(kind)s: %(key)s", id=file.batch_id, **facts)
    return _("%(kind)s: %(key)s", **facts)


def advice(fault: FileFault) -> str:
    """What is to be done about it."""
    if fault.mended_at is not None:
        return _("It has been put right; nothing is to be done.")
    if fault.fault is StoredFileFault.UNKNOWN:
        return _(
            "If an older database was restored, import the file again. If not, an interrupted import has left it: "
            "qcapp verify --remove-unknown"
        )
    if fault.kind in (FileKind.PLAYBACK, FileKind.PEAKS):
        return _("Bring the recording back first; this file is then made anew from it.")
    return _("Bring it back from a backup: qcapp verify --from FOLDER")
