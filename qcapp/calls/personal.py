"""What calls keep of a client, and how it is let go of."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from qcapp.calls import erased
from qcapp.calls.clients import numbers_of
from qcapp.calls.models import (
    Call,
    CallCorrection,
    CallTag,
    Client,
    ErasedFingerprint,
    FileToRemove,
    ImportBatch,
    ImportRow,
    Recording,
    WatchedFile,
)
from qcapp.calls.search import forget_call
from qcapp.core.i18n import lazy
from qcapp.core.personal import ErasureFate, Holding

HOLDINGS = (
    Holding(
        lazy("Facts of the call from the exchange and the CRM"),
        Call,
        (Call.client_number, Call.cdr, Call.crm_ref),
        Call.id.in_,
        ErasureFate.EMPTIED,
        kind="call",
    ),
    Holding(
        lazy("Reasons of corrected facts of the call"),
        CallCorrection,
        (CallCorrection.why,),
        CallCorrection.call_id.in_,
        ErasureFate.EMPTIED,
    ),
    Holding(
        lazy("Tags of the call"),
        CallTag,
        (CallTag.tag,),
        CallTag.call_id.in_,
        ErasureFate.REMOVED,
    ),
    Holding(
        lazy("File names of recordings"),
        Recording,
        (Recording.filename,),
        Recording.call_id.in_,
        ErasureFate.EMPTIED,
    ),
    Holding(
        lazy("Lines in reports of imports"),
        ImportRow,
        (ImportRow.file, ImportRow.reason),
        ImportRow.call_id.in_,
        ErasureFate.EMPTIED,
    ),
)


def let_go_of_sound(session: Session, calls: Sequence[int], *, at: datetime) -> int:
    """Give up the recordings of these calls with all that was made from them; how many there were."""
    of_calls = select(Recording).where(Recording.call_id.in_(calls)).order_by(Recording.id)
    locked = of_calls.with_for_update(of=Recording).execution_options(populate_existing=True)
    recordings = session.scalars(locked).all()  # with the copies that were made until now
    for recording in recordings:
        for key in (recording.storage_key, recording.playback_key, recording.peaks_key):
            if key:
                remove_file(session, key)
        session.delete(recording)
    ids = [recording.call_id for recording in recordings]
    session.execute(update(Call).where(Call.id.in_(ids)).values(sound_erased_at=at))
    session.flush()
    return len(ids)


def remember(session: Session, calls: Sequence[int]) -> None:
    """Recognise these calls when an import brings them again, once nothing of them can be read any more."""
    for call in session.scalars(select(Call).where(Call.id.in_(calls))).all():
        erased.remember(session, call)
    session.flush()


def numbers_in(session: Session, calls: Sequence[int]) -> set[str]:
    """Every number these calls bear, in E.164."""
    found = session.scalars(select(Call).where(Call.id.in_(calls))).all()
    return {number for call in found for number in numbers_of(call)}


def let_go_of_client(
    session: Session, calls: Sequence[int], numbers: Collection[str], *, at: datetime
) -> list[Client]:
    """Make these calls nobody's; those of their clients, and of the clients with these numbers, no call is left of."""
    found = session.scalars(select(Call).where(Call.id.in_(calls))).all()
    clients = {call.client_id for call in found if call.client_id is not None}
    for call in found:
        forget_call(session, call)
        call.external_id, call.client_id, call.text_erased_at = f"erased-{call.id}", None, at
        call.transcribed_at = None
    session.flush()
    left = select(Client).where(
        or_(Client.id.in_(clients), Client.phone.in_(numbers)),
        ~select(Call).where(Call.client_id == Client.id).exists(),
    )
    return list(session.scalars(left))


def remove_file(session: Session, key: str) -> None:
    """Have a stored file removed after the commit, and never taken for a lost one."""
    session.merge(FileToRemove(key=key))
    session.merge(ErasedFingerprint(digest=erased.file_digest(session, key)))


def forget_clients(session: Session, clients: Sequence[Client]) -> None:
    """Remove clients of whom no call is left."""
    session.execute(delete(Client).where(Client.id.in_([client.id for client in clients])))


def forget_report_lines(session: Session, before: datetime) -> None:
    """Empty the lines of imports before then that led to no call: their file names may hold numbers as well."""
    batches = select(ImportBatch.id).where(ImportBatch.started_at < before)
    lines = ImportRow.call_id.is_(None), ImportRow.batch_id.in_(batches), ImportRow.file != ""
    emptied = update(ImportRow).where(*lines).values(file="", reason=None)
    session.execute(emptied.execution_options(synchronize_session=False))


def forget_watched(session: Session, gives_away: Callable[[str], bool]) -> None:
    """Files of the watched folder stay known, so that they are not taken again, but no longer by their names."""
    for file in session.scalars(select(WatchedFile)).all():
        if gives_away(file.path):
            file.path = erased.path_digest(session, file.path)
    session.flush()


def watched_names(session: Session, gives_away: Callable[[str], bool]) -> list[str]:
    """Names in the watched folder that give a client away: the files themselves belong to the exchange."""
    return [path for path in session.scalars(select(WatchedFile.path)) if gives_away(path)]
