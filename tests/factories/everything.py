"""One of each thing that an address can name, belonging to a given manager."""

import tempfile
from pathlib import Path
from types import SimpleNamespace

from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.models import ImportBatch, Source
from qcapp.calls.states import BatchOrigin, BatchState
from qcapp.checklists.scoring import Answer
from qcapp.checklists.service import load_card
from qcapp.core import clock
from qcapp.core.storage import Storage
from qcapp.people import tokens
from qcapp.people.models import TokenScope, User
from qcapp.reviews import service
from qcapp.reviews.rules import Draft
from qcapp.transcripts.models import Segment, Transcription
from tests.checklists.cards import card, item, section
from tests.factories.calls import make_call

MANAGERS = ("call_id", "segment_id", "review_id")  # arguments that name what belongs to a manager


def make_everything(
    session: Session, storage: Storage, people: SimpleNamespace, manager: User
) -> dict[str, object]:
    """Argument of an address → its value for a published review of this manager's call, and all around it."""
    call = make_call(session, manager)
    recording = call.recording
    assert recording is not None
    recording.peaks_key = f"derived/{recording.sha256}.peaks.json"
    _store(storage, recording.playback_key, b"sound")
    _store(storage, recording.peaks_key, b"[0, 1]")
    version = load_card(session, card(section("greeting", item("hello"))), by=None).version
    review = service.begin_review(session, call, version.checklist, by=people.kira)
    answered = Draft(revision=review.revision, window="one", turn=1, answers={"hello": Answer("yes")})
    service.save_draft(session, review, answered, by=people.kira)
    service.publish_review(session, review, by=people.kira)
    token, _text = tokens.issue_token(
        session, by=people.anna, user=people.anna, name="exchange", scope=TokenScope.IMPORT_CALLS
    )
    segment = session.scalars(
        select(Segment).join(Transcription).where(Transcription.call_id == call.id)
    ).first()
    assert segment is not None
    return {
        "call_id": call.id,
        "segment_id": segment.id,
        "review_id": review.id,
        "key": version.checklist.key,
        "batch_id": _batch(session, people.anna).id,
        "kind": "csv",
        "user_id": manager.id,
        "team_id": manager.team_id,
        "token_id": token.id,
    }


def _batch(session: Session, by: User) -> ImportBatch:
    batch = ImportBatch(
        source=session.scalars(select(Source)).one(),
        origin=BatchOrigin.UPLOAD,
        by=by,
        state=BatchState.DONE,
        started_at=clock.now(),
    )
    session.add(batch)
    session.flush()
    return batch


def _store(storage: Storage, key: str | None, content: bytes) -> None:
    assert key is not None
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        storage.put(key, Path(file.name))
