"""Every file that the database names. A column that holds a key of the storage is named here, or its file counts as
one that nobody knows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from qcapp.calls.models import ImportBatch, Recording
from qcapp.core.storage import digest_in

BATCHES_AT_ONCE = 1000


class FileKind(StrEnum):
    ORIGINAL = "original"
    PLAYBACK = "playback"
    PEAKS = "peaks"
    CDR = "cdr"


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A key with what it is, and the call or the import it belongs to."""

    key: str
    kind: FileKind
    call_id: int | None = None
    batch_id: int | None = None

    @property
    def sha256(self) -> str | None:
        return digest_in(self.key)


def named_files(session: Session, part: str) -> Iterator[NamedFile]:
    """The files of one of the storage's ``PARTS`` that rows name. Reads columns that every version has had."""
    if part == "rest":
        yield from _cdr_files(session)
        return
    columns = (Recording.call_id, Recording.storage_key, Recording.playback_key, Recording.peaks_key)
    for call_id, original, playback, peaks in session.execute(select(*columns).where(*_of_part(part))):
        yield NamedFile(original, FileKind.ORIGINAL, call_id)
        if playback:
            yield NamedFile(playback, FileKind.PLAYBACK, call_id)
        if peaks:
            yield NamedFile(peaks, FileKind.PEAKS, call_id)


def _of_part(part: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The recordings whose SHA-256 begins with these digits."""
    following = part[:-1] + chr(ord(part[-1]) + 1)
    return Recording.sha256 >= part, Recording.sha256 < following


def _cdr_files(session: Session) -> Iterator[NamedFile]:
    """The tables of imports that are going on; those of earlier versions were kept once for all that used them."""
    seen: set[str] = set()
    some = select(ImportBatch.id, ImportBatch.cdr_files).order_by(ImportBatch.id).limit(BATCHES_AT_ONCE)
    after = 0
    while batches := session.execute(some.where(ImportBatch.id > after)).all():
        after = batches[-1].id
        for batch in batches:
            for file in batch.cdr_files:
                if (key := file.get("key")) and key not in seen:
                    seen.add(key)
                    yield NamedFile(key, FileKind.CDR, batch_id=batch.id)


def is_named(session: Session, key: str) -> bool:
    """Whether a row names this file now."""
    if key.startswith("cdr/"):
        return any(file.key == key for file in _cdr_files(session))
    named = or_(Recording.storage_key == key, Recording.playback_key == key, Recording.peaks_key == key)
    of_original = Recording.sha256.in_(key.split("/")[2:3])
    return session.scalar(select(Recording.id).where(of_original, named)) is not None


def derived_digests(session: Session, part: str) -> dict[str, str]:
    """The SHA-256 of each playback copy and waveform, where it has been noted."""
    found: dict[str, str] = {}
    if part == "rest":
        return found
    columns = (
        Recording.playback_key,
        Recording.playback_sha256,
        Recording.peaks_key,
        Recording.peaks_sha256,
    )
    for row in session.execute(select(*columns).where(*_of_part(part))):
        found |= {key: sha256 for key, sha256 in (row[:2], row[2:]) if key and sha256}
    return found


def note_digests(session: Session, part: str, digests: Mapping[str, str]) -> None:
    """Note the SHA-256 of derived files that had none: from now on they are known to have changed if they do."""
    if not digests:
        return
    of_part = select(Recording).where(*_of_part(part)).order_by(Recording.id)
    for recording in session.scalars(of_part.with_for_update(of=Recording)):
        recording.playback_sha256 = digests.get(recording.playback_key or "", recording.playback_sha256)
        recording.peaks_sha256 = digests.get(recording.peaks_key or "", recording.peaks_sha256)
    session.flush()
