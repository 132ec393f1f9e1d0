"""Goes through the storage part by part: looks, puts right what can be, keeps what was found, tells administrators."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from qcapp.calls.ingest import retried
from qcapp.calls.models import Recording
from qcapp.calls.states import RecordingState
from qcapp.calls.stored_files import FileKind, note_digests
from qcapp.core import audit, clock
from qcapp.core.db import Database
from qcapp.core.storage import PARTS, Storage
from qcapp.ops.audited import OperationAction
from qcapp.ops.files import checking, mending
from qcapp.ops.files.checking import FaultyFile, Looked
from qcapp.ops.files.models import FileFault, FileRound, StoredFileFault
from qcapp.people.models import Notice, User
from qcapp.people.notices import notify
from qcapp.terms import Role

PATH = "/files"
NOTICE = "files_faulty"
TAKEN_FOR = timedelta(hours=2)  # a worker that was killed gives its part back by then


def claim(session: Session) -> str | None:
    """The part that was looked at longest ago, for this worker; None while others look at all that is left."""
    now = clock.now()
    rounds = list(session.scalars(select(FileRound).with_for_update()))
    new = [FileRound(part=part) for part in sorted({*PARTS} - {each.part for each in rounds})]
    session.add_all(new)
    rounds += new
    free = [each for each in rounds if each.begun_at is None or abs(now - each.begun_at) > TAKEN_FOR]
    if not free:
        return None
    chosen = min(free, key=lambda each: (_looked_at(each, now), each.part))
    chosen.begun_at = now
    session.flush()
    return chosen.part


def _looked_at(part: FileRound, now: datetime) -> float:
    """In seconds since 1970; never, if it says a time to come: the clock has been set back."""
    known = part.checked_at is not None and part.checked_at <= now + TAKEN_FOR
    return part.checked_at.timestamp() if part.checked_at and known else 0.0


def go_through(
    database: Database,
    storage: Storage,
    part: str,
    *,
    backup: Path | None = None,
    removing_unknown: bool = False,
) -> list[FileFault]:
    """Compare one part, put right what can be, and return what was found."""
    looked = checking.look(database, storage, part)
    if backup is not None:
        mending.bring_back(storage, looked, backup)
    if removing_unknown:
        mending.remove_unknown(database, storage, looked)
    mending.make_anew(database, storage, looked)
    return retried(database, lambda session: keep(session, looked))


def keep(session: Session, looked: Looked) -> list[FileFault]:
    """Write down what was found in a part instead of what was known of it; tell administrators what is new."""
    now = clock.now()
    faults, known = [], _known(session, looked.part)
    news = False
    for each in looked.found:
        fault = known.pop(each.key, None)
        if fault is None or fault.mended_at is not None:
            news = True
        if fault is None:
            fault = FileFault(part=looked.part, key=each.key, found_at=now)
            session.add(fault)
        _describe(fault, each)
        fault.mended_at = now if each.mended else None
        faults.append(fault)
        if each.mended:
            _record(session, each)
    for fault in known.values():
        session.delete(fault)
    session.flush()
    _let_copies_be_made(session, [*known.values(), *(each for each in faults if each.mended_at)])
    note_digests(session, looked.part, looked.digests)
    session.merge(FileRound(part=looked.part, begun_at=None, checked_at=now))
    if news:
        _tell_administrators(session)
    session.flush()
    return faults


def _known(session: Session, part: str) -> dict[str, FileFault]:
    of_part = select(FileFault).where(FileFault.part == part).with_for_update()
    return {fault.key: fault for fault in session.scalars(of_part)}


def _describe(fault: FileFault, found: FaultyFile) -> None:
    fault.fault = found.fault
    fault.kind = found.file.kind if found.file else None
    fault.call_id = found.file.call_id if found.file else None
    fault.batch_id = found.file.batch_id if found.file else None


def _record(session: Session, found: FaultyFile) -> None:
    action: audit.Action = (
        OperationAction.FILE_REMOVED
        if found.fault is StoredFileFault.UNKNOWN
        else OperationAction.FILE_MENDED
    )
    audit.record(session, action, f"file:{found.key}"[:100], by_id=None, fault=found.fault.value)


def _let_copies_be_made(session: Session, whole_again: Iterable[FileFault]) -> None:
    """A recording that had no playback copy because its original was lost gets another chance."""
    calls = [fault.call_id for fault in whole_again if fault.kind is FileKind.ORIGINAL]
    waiting = select(Recording).where(
        Recording.call_id.in_(calls),
        Recording.state == RecordingState.FAILED,
        Recording.playback_key.is_(None),
    )
    locked = waiting.order_by(Recording.id).with_for_update(of=Recording)
    for recording in session.scalars(locked) if calls else ():
        recording.state, recording.error = RecordingState.STORED, None


def _tell_administrators(session: Session) -> None:
    """Whoever has not read of the last finding yet will see all of them on the same page."""
    unread = exists().where(Notice.user_id == User.id, Notice.kind == NOTICE, Notice.read_at.is_(None))
    for user in session.scalars(select(User).where(User.role == Role.ADMIN, User.active, ~unread)):
        notify(session, user, NOTICE, PATH)
