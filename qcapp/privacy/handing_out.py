"""Everything kept of a client as one file for him: a page to read, the recordings, and the same as JSON for programs.

What others said of his calls is in it only where it quotes or names him; names of colleagues, and names and numbers
of other clients, are covered.
"""

import json
import logging
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from flask import render_template
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.models import Call, Client, Recording
from qcapp.core import local
from qcapp.core.audit import AuditEntry
from qcapp.core.db import portions
from qcapp.core.i18n import _
from qcapp.core.numbers import without_numbers
from qcapp.core.personal import ErasureFate
from qcapp.core.storage import Storage
from qcapp.people.audit_words import ACTIONS
from qcapp.people.models import User
from qcapp.privacy import traces as elsewhere
from qcapp.privacy.covering import Quotations, Traces, folded, throughout
from qcapp.privacy.erasing import entries_about
from qcapp.privacy.holdings import HOLDINGS
from qcapp.privacy.subjects import Subject
from qcapp.transcripts.engine.types import Speaker
from qcapp.transcripts.models import Segment, Transcription
from qcapp.transcripts.personal import spoken
from qcapp.transcripts.queries import segments_of, transcription_of

log = logging.getLogger(__name__)


def write(session: Session, storage: Storage, subject: Subject, file: Path) -> None:
    """Write the ZIP. Recordings are read one after the other, so their sum may be of any size."""
    told = everything(session, subject)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("index.html", render_template("privacy/handout.html", told=told))
        archive.writestr("data.json", json.dumps(told, ensure_ascii=False, indent=1, default=str))
        for call in subject.calls:
            if call.recording is not None:
                _add_sound(archive, storage, call.recording)


def _add_sound(archive: zipfile.ZipFile, storage: Storage, recording: Recording) -> None:
    """The recording as it came; a note instead of one that is not in the storage, where only a backup has it."""
    name = sound_name(recording)
    try:
        with storage.local_path(recording.storage_key) as path:
            archive.write(path, name, zipfile.ZIP_STORED)
    except FileNotFoundError:
        log.error("%s is not in the storage: restore it from the backup", recording.storage_key)
        archive.writestr(f"{name}.txt", _("This recording is not in the storage. Restore it from a backup."))


def everything(session: Session, subject: Subject) -> dict[str, Any]:
    """All that is known of the client, as plain values.

    What was said in his calls he has heard. Names and numbers of others are covered in all the rest.
    """
    cover = _others_covered(subject.traces, _names(session))
    said = Quotations(tuple(spoken(session, subject.call_ids)))
    client = subject.client
    words = {str(action): str(said) for action, said in ACTIONS.items()}
    told = {
        "numbers": list(subject.traces.numbers),
        "names": list(subject.traces.names),
        "company": client.company if client else None,
        "category": client.category if client else None,
        "calls": [_call(call) for call in subject.calls],
        "quoted": [
            {"where": where, "text": text}
            for where, text in _remarks(session, subject)
            if said.is_quoted(text) or subject.traces.gives_away(text)
        ],
        "elsewhere": sorted(set(_elsewhere(session, subject.traces))),
        "done": [
            {"at": local.time_of(at), "what": words.get(action, action)}
            for some in portions(sorted(entries_about(session, subject.call_ids)))
            for at, action in session.execute(
                select(AuditEntry.at, AuditEntry.action)
                .where(AuditEntry.id.in_(some))
                .order_by(AuditEntry.id)
            )
        ],
    }
    covered: dict[str, Any] = throughout(told, cover)
    for call, shown in zip(subject.calls, covered["calls"], strict=True):
        shown["transcript"] = _transcript(session, call)
    return covered


def _names(session: Session) -> list[str]:
    """Every name of a colleague or a client."""
    columns = (User.name, Client.name, Transcription.client_name)
    return [name for column in columns for name in session.scalars(select(column).distinct()) if name]


def _others_covered(own: Traces, names: Sequence[str]) -> Callable[[str], str]:
    """Covers numbers and names that are not the client's own."""
    by_hint = [(folded(hint), name) for name in names for hint in Traces(names=(name,)).hints]

    def cover_piece(text: str) -> str:
        small = folded(text)
        there = tuple(dict.fromkeys(name for hint, name in by_hint if hint in small))
        return without_numbers(Traces(names=there).cover(text))

    def cover(text: str) -> str:
        parts, end = [], 0
        for found in own.pattern.finditer(text) if own.pattern else ():
            parts += [cover_piece(text[end : found.start()]), found[0]]
            end = found.end()
        return "".join([*parts, cover_piece(text[end:])])

    return cover


def sound_name(recording: Recording) -> str:
    """The recording in the file; the name it came with may hold an extension that says what it is."""
    suffix = PurePosixPath(recording.filename).suffix.lower()
    return f"recordings/{recording.call_id}{suffix if suffix[1:].isalnum() else ''}"


def _call(call: Call) -> dict[str, Any]:
    return {
        "started_at": local.time_of(call.started_at) if call.start_known else None,
        "direction": call.direction,
        "number": call.client_number,
        "duration_s": call.duration_s,
        "lead_source": call.lead_source,
        "outcome": call.outcome,
        "crm_ref": call.crm_ref,
        "tags": [each.tag for each in call.tags],
        "exchange": call.cdr,
        "recording": sound_name(call.recording) if call.recording else None,
        "file": call.recording.filename if call.recording else None,
    }


def _transcript(session: Session, call: Call) -> list[dict[str, Any]]:
    transcription = transcription_of(session, call.id)
    return [_said(segment) for segment in segments_of(session, transcription)] if transcription else []


def _said(segment: Segment) -> dict[str, Any]:
    who = {Speaker.MANAGER: "manager", Speaker.CLIENT: "client"}.get(segment.speaker, "")
    return {
        "at_s": segment.start_s,
        "who": who,
        "text": segment.text,
        "taken_out": segment.removed is not None,
    }


def _remarks(session: Session, subject: Subject) -> Iterator[tuple[str, str]]:
    """What was written about the calls, with what it is called."""
    for holding in HOLDINGS:
        if holding.fate is ErasureFate.REMOVED:
            continue
        for column in holding.columns:
            texts = session.scalars(select(column).where(holding.of(subject.call_ids)))
            yield from ((str(holding.name), text) for text in texts if isinstance(text, str))


def _elsewhere(session: Session, traces: Traces) -> Iterator[str]:
    """Texts of other places that name the client."""
    for value in elsewhere.values(session, traces):
        yield from (text for text in _texts(value) if traces.gives_away(text))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
