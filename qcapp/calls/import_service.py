"""What an import does to the database, a file or a row at a time. Sound is worked on before: prepare.py."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.clients import client_of
from qcapp.calls.erased import Erased, former_call, refuse_erased_call
from qcapp.calls.events import CallImported, CallNoted
from qcapp.calls.importers.facts import ImportedFacts, epoch_of, to_utc
from qcapp.calls.manager_side import manager_channel_of
from qcapp.calls.models import Call, CallTag, ImportBatch, ImportRow, Recording, Source
from qcapp.calls.prepare import Prepared
from qcapp.calls.starts import set_start
from qcapp.calls.states import RecordingState, RowKind
from qcapp.core import clock, events, row_locks
from qcapp.core.errors import Refused
from qcapp.core.i18n import _, stored
from qcapp.core.jobs import wake
from qcapp.people.models import Extension
from qcapp.terms import Direction, Disposition, LeadSource

MAKE_PLAYBACK = "calls.make_playback"
LONGEST_FILE = 500
CLOCK_SLACK = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Copy:
    """A file made from an original, once it is stored."""

    key: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Keys:
    """Where a recording's files have been stored."""

    original: str
    peaks: Copy
    playback: Copy | None


@dataclass(frozen=True, slots=True)
class Start:
    """When a call began; where nothing tells, it is not known and ``at`` is the file's time, or now."""

    at: datetime
    known: bool = True


@dataclass(frozen=True, slots=True)
class CallDetails:
    """What only some ways in can tell, such as the API."""

    started_at: datetime | None = None
    crm_ref: str | None = None
    lead_source: LeadSource | None = None
    contact_no: int | None = None
    outcome: str | None = None
    tags: tuple[str, ...] = ()
    company: str | None = None
    category: str | None = None
    manager_id: int | None = None
    role_play: bool = False


def source_named(
    session: Session, name: str, timezone: str | None = None, channel: int | None = None
) -> Source:
    """The source of that name, made if new. What is told about it is remembered for the next time, a zone as long as
    none is known."""
    source = session.scalar(select(Source).where(Source.name == name))
    if source is None:
        source = Source(name=name)
        session.add(source)
    source.timezone = source.timezone or timezone
    source.manager_channel = source.manager_channel if channel is None else channel
    session.flush()
    return source


def zone_of_source(session: Session, source_id: int) -> ZoneInfo | None:
    """The time zone a source is known to be in."""
    name = session.get_one(Source, source_id).timezone
    return ZoneInfo(name) if name else None


def is_taken(session: Session, source: str, external_id: str) -> bool:
    """Whether the call of that id has a recording."""
    found = select(Recording.id).join(Call).join(Source)
    return session.scalar(found.where(Source.name == source, Call.external_id == external_id)) is not None


def recording_of(session: Session, sha256: str) -> Recording | None:
    """The recording with these bytes, whichever call it came with."""
    return session.scalar(select(Recording).where(Recording.sha256 == sha256))


def start_of(
    facts: ImportedFacts,
    zone: ZoneInfo | None,
    told: datetime | None = None,
    otherwise: datetime | None = None,
) -> Start:
    """When the call began; ``told`` by whoever sent it, ``otherwise`` a guess. Raises Refused where the time is local
    and nothing says which moment it was."""
    if facts.local_start is not None:
        if zone is None and facts.local_start.tzinfo is None:
            raise Refused(
                _("The time zone of %(time)s is not known. Say which one it is.", time=facts.local_start)
            )
        moment = to_utc(facts.local_start, zone or ZoneInfo("UTC"), facts.external_id)
        if moment is None:
            raise Refused(
                _(
                    "%(time)s happened twice or never in %(zone)s, because the clock was changed that night. "
                    "Import this call with an unambiguous zone, such as Etc/GMT-3.",
                    time=facts.local_start,
                    zone=zone,
                )
            )
        return Start(moment)
    known = epoch_of(facts.external_id) or told
    return Start(known) if known else Start(otherwise or clock.now(), known=False)


def import_recording(
    session: Session,
    source: Source,
    name: str,
    prepared: Prepared,
    keys: Keys,
    *,
    facts: ImportedFacts,
    start: Start,
    batch: ImportBatch | None = None,
    details: CallDetails | None = None,
) -> Call:
    """Save a recording with its call, or with the call its CDR row has made, and tell the features above.

    Raises Refused when the call has another recording; the caller has made sure that these bytes are new.
    """
    call = _found(session, source, facts, start)
    refuse_taken(call)
    if call is None:
        fallback = f"sha256:{prepared.sha256}"
        call = _new_call(
            session, source, facts, start=start, external_id=facts.external_id or fallback, batch=batch
        )
    elif facts.external_id:
        call.external_id = facts.external_id[:200]  # a row without an id had to do with one made up
    _complete(session, call, facts, details or CallDetails())
    seconds = round(prepared.duration_s)
    call.talk_s = call.talk_s or seconds
    call.duration_s = call.duration_s or seconds
    recording = Recording(
        call=call,
        sha256=prepared.sha256,
        filename=name,
        storage_key=keys.original,
        size=prepared.size,
        codec=prepared.codec,
        channels=prepared.channels,
        rate=prepared.rate,
        duration_s=prepared.duration_s,
        lost_s=prepared.lost_s,
        manager_channel=manager_channel_of(session, source, prepared, facts, batch),
    )
    note_copies(recording, keys.peaks, keys.playback)
    session.add(recording)
    session.flush()
    if recording.state is RecordingState.STORED:
        wake(session, MAKE_PLAYBACK, recording.id)
    events.emit(session, CallNoted(call.id))
    events.emit(session, CallImported(call.id))
    return call


def note_copies(recording: Recording, peaks: Copy, playback: Copy | None) -> None:
    """Say where the files made from the recording are; without a playback copy it goes on waiting for one."""
    recording.peaks_key, recording.peaks_sha256 = peaks.key, peaks.sha256
    recording.state, recording.error = RecordingState.STORED, None
    if playback is not None:
        recording.playback_key, recording.playback_sha256 = playback.key, playback.sha256
        recording.state = RecordingState.READY


def refuse_taken(call: Call | None) -> None:
    """Raise Refused if the call has a recording already, or had one that was erased."""
    refuse_erased_call(call)
    if call is not None and call.recording is not None:
        raise Refused(
            _(
                "Call %(id)s already has another recording, %(file)s. One call keeps one recording: "
                "check the file, or import it from another source.",
                id=call.external_id,
                file=call.recording.filename,
            )
        )


def import_cdr_row(
    session: Session, source: Source, facts: ImportedFacts, start: Start, *, batch: ImportBatch | None = None
) -> Call:
    """Save the call of one CDR row, or complete the call that is there already. Raises ``Erased``."""
    call = _found(session, source, facts, start)
    if call is not None and call.text_erased_at is not None:
        raise Erased
    if call is None:
        call = _new_call(
            session,
            source,
            facts,
            start=start,
            external_id=facts.external_id or _id_of_row(facts),
            batch=batch,
        )
    elif start.known and not call.start_known and call.scored_at is None:
        set_start(session, call, start.at)
    _complete(session, call, facts, CallDetails())
    events.emit(session, CallNoted(call.id))
    return call


def note(
    session: Session,
    batch: ImportBatch,
    kind: RowKind,
    file: str,
    *,
    reasons: Iterable[str] = (),
    call: Call | None = None,
) -> None:
    """Write one line into a batch's report."""
    session.add(
        ImportRow(batch=batch, kind=kind, file=_fitting(file), reason=stored(reasons) or None, call=call)
    )


def _fitting(file: str) -> str:
    """What names a file or a row, as the column takes it."""
    kept = stored(file)
    return kept if len(kept) <= LONGEST_FILE else stored(str(file)[: LONGEST_FILE - 4])


def find_call(session: Session, source: Source, facts: ImportedFacts, start: Start) -> Call | None:
    """The call these facts speak of, also where it was corrected or made anonymous since."""
    return _known_call(session, source, facts, start) or former_call(session, source.id, facts, start.at)


def _found(session: Session, source: Source, facts: ImportedFacts, start: Start) -> Call | None:
    """The same, held until the commit: somebody may be correcting it by hand, or publishing its score."""
    call = find_call(session, source, facts, start)
    if call is not None:
        row_locks.lock(session, call, _("There is no such call."))
    return call


def _known_call(session: Session, source: Source, facts: ImportedFacts, start: Start) -> Call | None:
    """By its id, or by the one made up for a row without any; else by its second and both its numbers."""
    calls = select(Call).where(Call.source_id == source.id)
    # A row without an id may have made the call before the recording told the id.
    made_up = _id_of_row(facts) if facts.local_start else None
    for external_id in (facts.external_id, made_up):
        if external_id and (found := session.scalar(calls.where(Call.external_id == external_id))):
            return found
    if facts.external_id or not start.known or not (facts.extension or facts.client_number):
        return None
    near = calls.where(
        Call.started_at.between(start.at - CLOCK_SLACK, start.at + CLOCK_SLACK),
        Call.manager_extension == facts.extension,
        Call.client_number == facts.client_number,
    )
    return session.scalar(near.order_by(Call.id).limit(1))


def _id_of_row(facts: ImportedFacts) -> str:
    """An id for rows of exchanges that write none: the same row gives the same id."""
    parts = (f"{facts.local_start:%Y%m%d-%H%M%S}", facts.extension or "", facts.client_number or "")
    return "-".join(parts)[:200]


def _new_call(
    session: Session,
    source: Source,
    facts: ImportedFacts,
    *,
    start: Start,
    external_id: str,
    batch: ImportBatch | None,
) -> Call:
    call = Call(
        source=source,
        external_id=external_id[:200],
        direction=facts.direction,
        started_at=start.at,
        start_known=start.known,
        disposition=facts.disposition,
        batch_id=batch.id if batch else None,
        created_at=clock.now(),
        recording=None,
    )
    session.add(call)
    return call


def _complete(session: Session, call: Call, facts: ImportedFacts, details: CallDetails) -> None:
    """Fill in what the call did not know yet; what is known is never overwritten by another import, and what a
    published score counts by is not filled in any more."""
    if call.scored_at is None:
        _complete_counted(session, call, facts, details)
    if call.disposition is Disposition.UNKNOWN:
        call.disposition = facts.disposition
    if call.cdr is None and facts.raw:  # the exchange knows better than the recording's length
        call.cdr = facts.raw
        call.duration_s = call.duration_s if facts.duration_s is None else facts.duration_s
        call.talk_s = call.talk_s if facts.talk_s is None else facts.talk_s
    call.manager_extension = call.manager_extension or facts.extension
    call.client_number = call.client_number or facts.client_number
    call.crm_ref = call.crm_ref or details.crm_ref
    call.outcome = call.outcome or details.outcome
    call.tags = call.tags or [CallTag(tag=tag) for tag in details.tags]
    call.role_play = call.role_play or details.role_play
    if call.client_id is None and call.direction is not Direction.INTERNAL and call.client_number:
        call.client = client_of(session, call.client_number)
    if call.client is not None:
        call.client.company = call.client.company or details.company
        call.client.category = call.client.category or details.category
    session.flush()


def _complete_counted(session: Session, call: Call, facts: ImportedFacts, details: CallDetails) -> None:
    """What a score counts by, as far as it is not known yet."""
    if call.direction is Direction.UNKNOWN:
        call.direction = facts.direction
    call.lead_source = call.lead_source or details.lead_source
    call.contact_no = call.contact_no or details.contact_no
    if call.manager_id is None:
        extension = call.manager_extension or facts.extension
        owner = select(Extension.user_id).where(Extension.number == extension)
        call.manager_id = details.manager_id or session.scalar(owner)
