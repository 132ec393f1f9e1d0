"""The end of an import: CDR rows without a recording, recordings without a row, calls without a manager."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session, joinedload

from qcapp.calls import import_service as service
from qcapp.calls.audited import CallAction
from qcapp.calls.erased import Erased
from qcapp.calls.import_report import counts_of
from qcapp.calls.import_zone import remember_zone
from qcapp.calls.importers.cdr import text_of
from qcapp.calls.importers.facts import ImportedFacts, zone_offset
from qcapp.calls.importers.filenames import facts_of_name
from qcapp.calls.importers.matching import CdrIndex
from qcapp.calls.ingest import retried
from qcapp.calls.models import Call, ImportBatch, ImportRow, Recording
from qcapp.calls.personal import remove_file
from qcapp.calls.states import BatchState, RowKind
from qcapp.core import audit, clock
from qcapp.core.db import Database, portions
from qcapp.core.formats import signed
from qcapp.core.i18n import _, ngettext, told
from qcapp.core.storage import Storage
from qcapp.people.models import User
from qcapp.terms import Disposition

log = logging.getLogger(__name__)
AT_ONCE = 200
FOUND_HERE = (RowKind.CDR_WITHOUT_AUDIO, RowKind.AUDIO_WITHOUT_CDR, RowKind.WITHOUT_MANAGER, RowKind.NOTICE)


def reconcile(
    database: Database,
    batch_id: int,
    index: CdrIndex,
    zone: ZoneInfo | None,
    *,
    by: User | None,
    notices: Sequence[str] = (),
) -> None:
    """Compare what the exchange wrote down with what was recorded, and close the batch. Twice is once."""
    if not retried(database, lambda session: _begin(session, batch_id)):
        return
    for rows in portions(index.calls, AT_ONCE):
        retried(database, lambda session, rows=rows: _check_rows(session, batch_id, rows, zone))  # type: ignore[misc]
    retried(database, lambda session: _check_files(session, batch_id))
    with database.reading() as session:
        doubts = _offsets([*index.calls, *_named(session, batch_id)], zone)
    retried(database, lambda session: close(session, batch_id, [*notices, *doubts], by))


def _begin(session: Session, batch_id: int) -> bool:
    """Whether there is anything to do; what an interrupted run has noted is noted again."""
    batch = session.get_one(ImportBatch, batch_id, with_for_update=True)
    if batch.state is BatchState.DONE:
        return False
    session.execute(delete(ImportRow).where(ImportRow.batch_id == batch_id, ImportRow.kind.in_(FOUND_HERE)))
    return True


def _check_rows(
    session: Session, batch_id: int, rows: Sequence[ImportedFacts], zone: ZoneInfo | None
) -> None:
    batch = session.get_one(ImportBatch, batch_id)
    for row in rows:
        try:
            call = _saved(session, batch, row, zone)
        except Erased as refusal:
            service.note(session, batch, RowKind.REFUSED, "", reasons=refusal.reasons)
            continue
        except (IntegrityError, DataError) as error:
            log.warning("row %d of a CDR could not be saved", row.row, exc_info=error)
            reason = _(
                "The database does not take row %(row)d of the CDR. Check what stands in it.", row=row.row
            )
            service.note(session, batch, RowKind.REFUSED, "", reasons=[reason])
            continue
        if call.recording is None:
            service.note(
                session,
                batch,
                RowKind.CDR_WITHOUT_AUDIO,
                row.recording or call.external_id,
                reasons=[_why(row)],
                call=call,
            )
            _note_manager(session, batch, call)


def _saved(session: Session, batch: ImportBatch, row: ImportedFacts, zone: ZoneInfo | None) -> Call:
    """The call of one row, in a savepoint of its own: what is wrong with it undoes no other. Once more if another
    import was first with the same call."""
    for last in (False, True):
        try:
            with session.begin_nested():
                start = service.start_of(row, zone)
                return service.import_cdr_row(session, batch.source, row, start, batch=batch)
        except IntegrityError:
            if last:
                raise
    raise AssertionError("unreachable")


def _check_files(session: Session, batch_id: int) -> None:
    batch = session.get_one(ImportBatch, batch_id)
    touched = (
        select(ImportRow)
        .where(ImportRow.batch_id == batch_id, ImportRow.kind.in_((RowKind.IMPORTED, RowKind.DUPLICATE)))
        .options(joinedload(ImportRow.call))
        .order_by(ImportRow.id)
    )
    seen: set[int] = set()
    for row in session.scalars(touched).all():
        if row.call is None or row.call.id in seen:
            continue
        seen.add(row.call.id)
        if row.call.cdr is None:
            reason = _("No row of a CDR belongs to this recording; what is known comes from its name.")
            service.note(
                session,
                batch,
                RowKind.AUDIO_WITHOUT_CDR,
                told(row.file) or "",
                reasons=[reason],
                call=row.call,
            )
        _note_manager(session, batch, row.call)


def _note_manager(session: Session, batch: ImportBatch, call: Call) -> None:
    if call.manager_id is not None:
        return
    if call.manager_extension:
        reason = _("Extension %(number)s belongs to nobody yet.", number=call.manager_extension)
    else:
        reason = _("Nothing tells which extension took part.")
    service.note(session, batch, RowKind.WITHOUT_MANAGER, _file_of(call), reasons=[reason], call=call)


def _file_of(call: Call) -> str:
    return call.recording.filename if call.recording else call.external_id


def _why(row: ImportedFacts) -> str:
    match row.disposition:
        case Disposition.ANSWERED:
            return _("Answered, but its recording is not among the files.")
        case Disposition.NO_ANSWER:
            return _("Nobody answered: there was nothing to record.")
        case Disposition.BUSY:
            return _("The line was busy: there was nothing to record.")
        case Disposition.FAILED:
            return _("The call failed: there was nothing to record.")
        case Disposition.UNKNOWN:
            return _("Its recording is not among the files.")


def close(session: Session, batch_id: int, notices: Iterable[str], by: User | None) -> None:
    """End a batch, with what is to be said of it as a whole."""
    batch = session.get_one(ImportBatch, batch_id)
    for notice in notices:
        service.note(session, batch, RowKind.NOTICE, "", reasons=[notice])
    batch.state, batch.finished_at = BatchState.DONE, clock.now()
    _give_up_cdr_files(session, batch)
    remember_zone(session, batch)
    session.flush()
    counts = {kind.value: count for kind, count in counts_of(session, [batch_id])[batch_id].items() if count}
    by_id = by.id if by else batch.by_id
    audit.record(
        session,
        CallAction.CALLS_IMPORTED,
        f"import:{batch_id}",
        by_id=by_id,
        source=batch.source.name,
        **counts,
    )


def end_imports(session: Session, storage: Storage, gives_away: Callable[[str], bool]) -> None:
    """End open imports whose CDR names a client: what is kept of it would outlive him."""
    notice = _(
        "A client's data was erased while this import was open, so it was ended. Import files that are not named "
        "here once more, with their CDR: what is in is known."
    )
    open_now = select(ImportBatch).where(ImportBatch.state == BatchState.RUNNING).order_by(ImportBatch.id)
    for batch in session.scalars(open_now.with_for_update()).all():
        keys = (kept["key"] for kept in batch.cdr_files if "key" in kept)
        if any(gives_away(text_of(storage.read(key), "")) for key in keys):
            close(session, batch.id, [notice], None)


def _give_up_cdr_files(session: Session, batch: ImportBatch) -> None:
    """Every row of them is kept with its call; a second copy would outlive a client whose data is to be erased."""
    for kept in batch.cdr_files:
        if "key" in kept:
            remove_file(session, kept["key"])
    batch.cdr_files = [{"name": kept["name"]} for kept in batch.cdr_files]


def _named(session: Session, batch_id: int) -> Iterator[ImportedFacts]:
    """What the names of recordings tell that this import has brought in."""
    names = select(Recording.filename).join(Recording.call).where(Call.batch_id == batch_id)
    for name in session.scalars(names).all():
        facts = facts_of_name(name)
        if facts is not None and facts.local_start is not None:
            yield facts


def _offsets(rows: Sequence[ImportedFacts], zone: ZoneInfo | None) -> list[str]:
    """A warning where the times do not fit the ids, which hold the moment in UTC."""
    each = {row.external_id: zone_offset(row, service.start_of(row, zone).at) for row in reversed(rows)}
    offsets = Counter(offset for offset in each.values() if offset)
    return [
        ngettext(
            "%(num)d call began %(hours)s h away from the time in its id. "
            "Is %(zone)s the zone the times are written in?",
            "%(num)d calls began %(hours)s h away from the time in their ids. "
            "Is %(zone)s the zone the times are written in?",
            count,
            hours=signed(offset.total_seconds() / 3600),
            zone=zone,
        )
        for offset, count in offsets.most_common(3)
    ]
