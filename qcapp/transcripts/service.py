"""What people change in a transcript: wording, speakers, names. Every change keeps what was there before."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qcapp.core import audit, clock
from qcapp.core.errors import Refused
from qcapp.core.events import emit
from qcapp.core.i18n import _
from qcapp.people.models import User
from qcapp.people.permissions import Permission, demand
from qcapp.transcripts.audited import TranscriptAction
from qcapp.transcripts.engine.types import Speaker
from qcapp.transcripts.events import TranscriptChanged
from qcapp.transcripts.models import Revision, Segment, Transcription
from qcapp.transcripts.retiming import SURE, TimedWord, retime

LONGEST_TEXT = 20_000
LONGEST_NAME = 100


def correct_segment(session: Session, segment: Segment, text: str, *, base: int, by: User) -> None:
    """Write down what was really said. ``base`` is the wording the person saw: a newer one is not overwritten."""
    _demand(session, segment.transcription, by)
    text = " ".join(text.split())
    if not text:
        raise Refused(_("Write what was said, or take the words out of the transcript."))
    if len(text) > LONGEST_TEXT:
        raise Refused(_("This is too long for one piece of a call."))
    if latest_revision(session, segment) != base:
        raise Refused(
            _("Somebody else has corrected this piece meanwhile. Look at the new wording and try again.")
        )
    if text == segment.text:
        return
    _revise(session, segment, by, text=text, words=_retimed(segment, text))
    _tell(session, segment, TranscriptAction.CORRECT_SEGMENT, by, revision=base + 1)


def assign_speaker(session: Session, segment: Segment, speaker: Speaker, *, by: User) -> None:
    """Say who speaks in a piece of a mixed recording; with one channel a side nobody has to say it."""
    _demand(session, segment.transcription, by)
    recording = segment.transcription.call.recording
    if recording is not None and recording.channels == 2:
        raise Refused(_("In this recording each side has a channel of its own: swap the sides instead."))
    if speaker is segment.speaker:
        return
    before = segment.speaker
    _revise(session, segment, by, speaker=speaker)
    _tell(session, segment, TranscriptAction.ASSIGN_SPEAKER, by, speaker=audit.change(before, speaker))


def remove_segment(session: Session, segment: Segment, *, by: User) -> None:
    """Take words out that nobody said. They stay visible, marked, and can be put back."""
    _demand(session, segment.transcription, by)
    if segment.removed is None:
        segment.removed = "by_hand"
        _tell(
            session, segment, TranscriptAction.REMOVE_SEGMENT, by, removed=audit.change(None, segment.removed)
        )


def restore_segment(session: Session, segment: Segment, *, by: User) -> None:
    """Put words back that were taken out by a filter or by hand."""
    _demand(session, segment.transcription, by)
    if segment.removed is not None:
        before, segment.removed = segment.removed, None
        # What a filter took out has no word times; words are needed to follow the sound.
        segment.words = segment.words or _retimed(segment, segment.text)
        _tell(session, segment, TranscriptAction.RESTORE_SEGMENT, by, removed=audit.change(before, None))


def rename_speakers(
    session: Session, transcription: Transcription, manager_name: str, client_name: str, *, by: User
) -> None:
    """Names to show in this call alone; an empty one brings the usual name back."""
    _demand(session, transcription, by)
    names = {"manager_name": " ".join(manager_name.split()), "client_name": " ".join(client_name.split())}
    if any(len(name) > LONGEST_NAME for name in names.values()):
        raise Refused(_("A name has at most %(n)d characters.", n=LONGEST_NAME))
    if any(names.values()) and transcription.call.text_erased_at is not None:
        raise Refused(_("The client's data of this call was erased; no name is written down again."))
    changed = [field for field, name in names.items() if getattr(transcription, field) != (name or None)]
    for field in changed:
        setattr(transcription, field, names[field] or None)
    if changed:
        audit.record(
            session,
            TranscriptAction.RENAME_SPEAKERS,
            f"call:{transcription.call_id}",
            by_id=by.id,
            changed=changed,
        )
        session.flush()


def _retimed(segment: Segment, text: str) -> list[dict[str, Any]]:
    old = [
        TimedWord(word["start"], word["end"], word["word"].strip(), word["probability"])
        for word in segment.words
    ]
    return [asdict(word) for word in retime(old, text, segment.start_s, segment.end_s)]


def latest_revision(session: Session, segment: Segment) -> int:
    """The number of the wording that is shown; 0 is the machine's."""
    rows = select(func.max(Revision.number)).where(Revision.segment_id == segment.id)
    return session.scalar(rows) or 0


def _demand(session: Session, transcription: Transcription, by: User) -> None:
    demand(by, Permission.CORRECT_TRANSCRIPT, session=session, manager_id=transcription.call.manager_id)
    if transcription.call.recording is None:
        raise Refused(_("The recording of this call was erased, so nobody can hear what was said."))


def _revise(session: Session, segment: Segment, by: User, **changes: Any) -> None:
    # The machine's wording is kept as number 0 from the first correction on; most segments never need it.
    number = session.scalar(select(func.max(Revision.number)).where(Revision.segment_id == segment.id))
    if number is None:
        made_at = segment.transcription.finished_at or clock.now()
        session.add(_revision(segment, 0, None, made_at))
        number = 0
    for name, value in changes.items():
        setattr(segment, name, value)
    if "words" in changes:
        segment.confidence = _mean_probability(changes["words"])
    session.add(_revision(segment, number + 1, by.id, clock.now()))
    session.flush()


def _revision(segment: Segment, number: int, by_id: int | None, at: Any) -> Revision:
    return Revision(
        segment_id=segment.id,
        number=number,
        speaker=segment.speaker,
        text=segment.text,
        words=segment.words,
        by_id=by_id,
        at=at,
    )


def _mean_probability(words: list[dict[str, Any]]) -> float:
    return sum(word["probability"] for word in words) / len(words) if words else SURE


def _tell(session: Session, segment: Segment, action: audit.Action, by: User, **diff: Any) -> None:
    call_id = segment.transcription.call_id
    audit.record(session, action, f"call:{call_id}", by_id=by.id, segment=segment.id, **diff)
    session.flush()
    emit(session, TranscriptChanged(call_id))
