"""An import read in the wrong time zone: its calls are moved to the right one, unless their scores count by it."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from qcapp.calls import import_service as service
from qcapp.calls.audited import CallAction
from qcapp.calls.events import CallNoted
from qcapp.calls.importers.cdr_fields import parse_time
from qcapp.calls.importers.facts import to_utc
from qcapp.calls.importers.filenames import facts_of_name
from qcapp.calls.ingest import retried
from qcapp.calls.models import Call, ImportBatch, ImportRow, Source
from qcapp.calls.starts import set_start, start_problem
from qcapp.calls.states import BatchState, RowKind
from qcapp.core import audit, events
from qcapp.core.db import Database, portions
from qcapp.core.errors import Refused
from qcapp.core.i18n import _
from qcapp.people.models import User
from qcapp.people.permissions import Permission, demand

AT_ONCE = 200
DOUBT = "h away from the time"  # what the notice about a wrong zone says in the language it is stored in


def remember_zone(session: Session, batch: ImportBatch) -> None:
    """The zone of an exchange is learnt from the first import that brought something in, and then kept."""
    brought = select(Call.id).where(Call.batch_id == batch.id).limit(1)
    if batch.timezone and batch.source.timezone is None and session.scalar(brought) is not None:
        batch.source.timezone = batch.timezone


def move_import(database: Database, batch_id: int, zone: ZoneInfo, *, by: User) -> tuple[int, int]:
    """Read the times of a finished import in this zone, which becomes the one known for its exchange; how many calls
    were moved, and how many were left, as its report says. Twice is once."""
    with database.reading() as session:
        demand(by, Permission.CORRECT_CALLS, session=session)
        batch = session.get_one(ImportBatch, batch_id)
        if batch.state is not BatchState.DONE or batch.timezone is None or batch.timezone == str(zone):
            raise Refused(_("Choose another zone than the one this import was read in."))
        was, source_id = ZoneInfo(batch.timezone), batch.source_id
        ids = session.scalars(select(Call.id).where(Call.batch_id == batch_id).order_by(Call.id)).all()
    retried(database, lambda session: _begin(session, batch_id))
    moved = left = 0
    for some in portions(ids, AT_ONCE):
        done, kept = retried(database, lambda session, some=some: _move(session, batch_id, some, was, zone))  # type: ignore[misc]
        moved, left = moved + done, left + kept
    retried(database, lambda session: _end(session, batch_id, source_id, was, zone, moved, left, by))
    return moved, left


def _begin(session: Session, batch_id: int) -> None:
    """What was said of the former zone is said no more."""
    doubts = ImportRow.kind == RowKind.NOTICE, ImportRow.reason.contains(DOUBT)
    for found in (doubts, (ImportRow.kind == RowKind.TIME_KEPT,)):
        session.execute(delete(ImportRow).where(ImportRow.batch_id == batch_id, *found))


def _move(session: Session, batch_id: int, ids: list[int], was: ZoneInfo, zone: ZoneInfo) -> tuple[int, int]:
    batch = session.get_one(ImportBatch, batch_id)
    wanted = select(Call).where(Call.id.in_(ids)).order_by(Call.id).options(joinedload(Call.recording))
    held = wanted.with_for_update(of=Call).execution_options(populate_existing=True)
    moved: list[Call] = []
    left = 0
    for call in session.scalars(held).all():
        local = _read_in(call, was)
        if local is None:
            continue
        moment = to_utc(local, zone, call.external_id)
        if problem := _problem(call, moment):
            name = call.recording.filename if call.recording else call.external_id
            service.note(session, batch, RowKind.TIME_KEPT, name, reasons=[problem], call=call)
            left += 1
        elif moment is not None:
            set_start(session, call, moment)
            moved.append(call)
    session.flush()
    for call in moved:
        events.emit(session, CallNoted(call.id))
    return len(moved), left


def _read_in(call: Call, zone: ZoneInfo) -> datetime | None:
    """The local time that was taken for this zone; None: the start was told otherwise, or corrected since."""
    if not call.start_known:
        return None
    for local in _local_times(call):
        if local.tzinfo is None and to_utc(local, zone, call.external_id) == call.started_at:
            return local
    return None


def _local_times(call: Call) -> Iterator[datetime]:
    """As the exchange wrote them, in its CDR and in the name of the recording."""
    written = parse_time(str((call.cdr or {}).get("start", "")))
    named = facts_of_name(call.recording.filename) if call.recording else None
    yield from (each for each in (written, named.local_start if named else None) if each is not None)


def _problem(call: Call, moment: datetime | None) -> str | None:
    if call.scored_at is not None:
        return _(
            "Its score is published: the head of quality control or the owner corrects its start by itself."
        )
    if moment is None:
        return _("The clock was changed at that hour in this zone: correct the start by itself.")
    return start_problem(call, moment)


def _end(  # noqa: PLR0917
    session: Session,
    batch_id: int,
    source_id: int,
    was: ZoneInfo,
    zone: ZoneInfo,
    moved: int,
    left: int,
    by: User,
) -> None:
    batch = session.get_one(ImportBatch, batch_id, with_for_update=True)
    batch.timezone = session.get_one(Source, source_id).timezone = str(zone)
    audit.record(
        session,
        CallAction.IMPORT_MOVED,
        f"import:{batch_id}",
        by_id=by.id,
        timezone=audit.change(str(was), str(zone)),
        calls=moved,
        **({"time_kept": left} if left else {}),
    )
