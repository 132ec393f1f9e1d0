"""Takes one recording in: hash, look for it, decode, store, and save its call in one short transaction.

No transaction is open while sound is decoded or files are stored.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from qcapp.calls import import_service as service
from qcapp.calls import peaks, playback
from qcapp.calls.erased import Erased, refuse_erased_bytes
from qcapp.calls.import_options import FileResult, ImportFile
from qcapp.calls.importers.facts import ImportedFacts
from qcapp.calls.models import Call, ImportBatch, Recording, Source
from qcapp.calls.personal import remove_file
from qcapp.calls.phones import without_digits
from qcapp.calls.prepare import Prepared, prepare
from qcapp.calls.states import RecordingState, RowKind
from qcapp.core.db import Database
from qcapp.core.errors import Refused
from qcapp.core.i18n import _, stored
from qcapp.core.storage import Storage, derived_key, is_full, original_key, sha256_of, storage_fault

RACES = 3  # two imports of one call at the same moment: the loser looks again and finds a duplicate
Outcome = TypeVar("Outcome")


@dataclass(frozen=True, slots=True)
class Intake:
    """One recording on its way in: its facts, and the batch it belongs to, if any."""

    file: ImportFile
    facts: ImportedFacts
    source_id: int
    zone: ZoneInfo | None = None
    batch_id: int | None = None
    details: service.CallDetails = field(default_factory=service.CallDetails)
    follow: Callable[[Session, Call], object] | None = None
    """What is done with the new call in the transaction that saves it."""

    @property
    def start(self) -> service.Start:
        return service.start_of(self.facts, self.zone, self.details.started_at, self.file.modified)


class Ingest:
    """The way in for recordings. Refusals are results: nothing that is wrong with one file stops the next.

    Where database or storage cannot be used all methods raise Unavailable: nothing is said of the file, nothing kept.
    """

    def __init__(self, database: Database, storage: Storage) -> None:
        self._database = database
        self._storage = storage

    def look(self, intake: Intake) -> tuple[str, FileResult | None]:
        """SHA-256 of a file, and the result if clear before decoding: known bytes, an id that is taken."""
        try:
            with _readable():
                sha256 = intake.file.sha256 or sha256_of(intake.file.path)
            with self._database.reading() as session:
                known = service.recording_of(session, sha256)
                result = _duplicate(intake, known) if known else None
                if result is None:
                    refuse_erased_bytes(session, sha256)
                    source = session.get_one(Source, intake.source_id)
                    service.refuse_taken(service.find_call(session, source, intake.facts, intake.start))
        except Refused as refusal:
            return "", self.refuse(intake, refusal)
        return sha256, result and self._note(intake, result)

    def take(self, intake: Intake, prepared: Prepared) -> FileResult:
        """Store a decoded recording and save its call."""
        try:
            keys = self._store(prepared)
            try:
                return retried(self._database, lambda session: _save(session, intake, prepared, keys))
            except Erased:  # while it was decoded
                retried(self._database, lambda session: _give_up(session, keys))
                raise
        except Refused as refusal:
            return self.refuse(intake, refusal)

    def whole(self, intake: Intake, *, with_playback: bool) -> FileResult:
        """Look, decode and take one file, one after the other."""
        sha256, result = self.look(intake)
        if result is not None:
            return result
        with tempfile.TemporaryDirectory(prefix="qcapp-import-") as folder:
            try:
                prepared = decode(intake.file, Path(folder), sha256, with_playback=with_playback)
            except Refused as refusal:
                return self.refuse(intake, refusal)
            return self.take(intake, prepared)

    def refuse(self, intake: Intake, refusal: Refused) -> FileResult:
        """Write a refusal into the batch's report."""
        name = without_digits(intake.file.name) if isinstance(refusal, Erased) else intake.file.name
        final = not isinstance(refusal, UnreadableFileError)
        return self._note(intake, FileResult(name, RowKind.REFUSED, refusal.reasons, final=final))

    def _note(self, intake: Intake, result: FileResult) -> FileResult:
        return retried(self._database, lambda session: _noted(session, intake, result))

    def _store(self, prepared: Prepared) -> service.Keys:
        original = original_key(prepared.sha256)
        self._storage.put(original, prepared.path)
        drawn, played = _store_copies(self._storage, prepared)
        return service.Keys(original, drawn, played)


def decode(file: ImportFile, folder: Path, sha256: str, *, with_playback: bool) -> Prepared:
    """Work on a file's sound; what the operating system has against it is a refusal as well."""
    with _readable():
        return prepare(file.path, file.name, folder, sha256=sha256, with_playback=with_playback)


def make_playback(database: Database, storage: Storage, recording_id: int) -> None:
    """Make the playback copy of a recording that came in without one; done already is fine.

    Where the storage cannot be used at the moment, Unavailable is raised and the recording goes on waiting.
    """
    with database.reading() as session:
        recording = session.get(Recording, recording_id)
        if recording is None or recording.state is not RecordingState.STORED:
            return
    try:
        make_copies(database, storage, recording)
    except FileNotFoundError:
        error = stored(_("The recording is missing from the storage. Restore a backup."))
    except Refused as refusal:
        error = stored(refusal.reasons)
    else:
        return
    with database.transaction() as session:
        if found := _held(session, recording_id):
            found.state, found.error, found.playback_key = RecordingState.FAILED, error, None


def make_copies(database: Database, storage: Storage, recording: Recording) -> None:
    """Make playback copy and peaks from the original, in place of any that are there.

    Raises FileNotFoundError without the original, Refused and Unavailable.
    """
    with (
        storage.local_path(recording.storage_key) as path,
        tempfile.TemporaryDirectory(prefix="qcapp-playback-") as folder,
    ):
        made = prepare(path, recording.filename, Path(folder), sha256=recording.sha256)
        drawn, played = _store_copies(storage, made)
    with database.transaction() as session:
        if found := _held(session, recording.id):
            service.note_copies(found, drawn, played)
        else:
            _give_up_copies(session, drawn, played)


def _held(session: Session, recording_id: int) -> Recording | None:
    """The recording, against being erased until the commit; None: it was erased meanwhile."""
    return session.get(Recording, recording_id, with_for_update=True)


def _store_copies(storage: Storage, prepared: Prepared) -> tuple[service.Copy, service.Copy | None]:
    """Peaks and playback copy."""
    drawn = _store_copy(storage, derived_key(prepared.sha256, peaks.NAME), prepared.peaks)
    if prepared.playback is None:
        return drawn, None
    return drawn, _store_copy(storage, derived_key(prepared.sha256, playback.NAME), prepared.playback)


def _store_copy(storage: Storage, key: str, made: Path) -> service.Copy:
    """Whatever an interrupted import or a damaged disk has left under the key is replaced."""
    storage.put(key, made, replace=True)
    return service.Copy(key, sha256_of(made))


def retried(database: Database, work: Callable[[Session], Outcome]) -> Outcome:
    """Do the work in a transaction of its own; again if another import was first with the same call."""
    for attempt in range(RACES):
        try:
            with database.transaction() as session:
                return work(session)
        except IntegrityError:
            if attempt == RACES - 1:
                raise
    raise AssertionError("unreachable")


def _save(session: Session, intake: Intake, prepared: Prepared, keys: service.Keys) -> FileResult:
    if known := service.recording_of(session, prepared.sha256):
        return _noted(session, intake, _duplicate(intake, known))
    refuse_erased_bytes(session, prepared.sha256)
    call = service.import_recording(
        session,
        session.get_one(Source, intake.source_id),
        intake.file.name,
        prepared,
        keys,
        facts=intake.facts,
        start=intake.start,
        batch=_batch(session, intake),
        details=intake.details,
    )
    if intake.follow is not None:
        intake.follow(session, call)
    return _noted(session, intake, FileResult(intake.file.name, RowKind.IMPORTED, call_id=call.id))


def _give_up(session: Session, keys: service.Keys) -> None:
    remove_file(session, keys.original)
    _give_up_copies(session, keys.peaks, keys.playback)


def _give_up_copies(session: Session, *copies: service.Copy | None) -> None:
    for copy in copies:
        if copy is not None:
            remove_file(session, copy.key)


def _duplicate(intake: Intake, known: Recording) -> FileResult:
    reason = _(
        "The same recording was imported before as %(file)s (call %(id)s).",
        file=known.filename,
        id=known.call.external_id,
    )
    return FileResult(intake.file.name, RowKind.DUPLICATE, (reason,), known.call_id)


def _noted(session: Session, intake: Intake, result: FileResult) -> FileResult:
    if batch := _batch(session, intake):
        call = session.get(Call, result.call_id) if result.call_id else None
        service.note(session, batch, result.kind, result.file, reasons=result.reasons, call=call)
    return result


def _batch(session: Session, intake: Intake) -> ImportBatch | None:
    return session.get_one(ImportBatch, intake.batch_id) if intake.batch_id else None


class UnreadableFileError(Refused):
    """The file could not be read where it lies: that says nothing about its contents."""


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise UnreadableFileError(
            _("The file is gone: somebody moved or deleted it during the import.")
        ) from error
    except PermissionError as error:
        raise UnreadableFileError(
            _("The file may not be read. Give the product the right to read it.")
        ) from error
    except OSError as error:
        if is_full(error):
            raise storage_fault(error) from error
        raise UnreadableFileError(
            _("The file cannot be read from its disk. Check the disk or copy the file again.")
        ) from error
