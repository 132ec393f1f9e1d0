"""A transcript: its place in the queue, its segments, their corrections, and what was measured in the speech."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qcapp.calls.models import Call
from qcapp.core.db import Base, Id
from qcapp.people.models import User
from qcapp.transcripts.engine.types import Speaker


class TranscriptionState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Transcription(Base):
    """The truth about one call's transcription: a queue task is only a wake-up. Whoever holds ``token`` until
    ``lease_until`` works on it; results and "done" are saved in one commit that checks the token."""

    __tablename__ = "transcription"
    __table_args__ = (
        Index("ix_transcription_state_lease_until", "state", "lease_until"),
        Index("ix_transcription_finished_at", "finished_at"),
    )

    id: Mapped[Id]
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), unique=True)
    engine: Mapped[str | None] = mapped_column(String(64), doc="which recogniser and model made it")
    state: Mapped[TranscriptionState] = mapped_column(default=TranscriptionState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    token: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None]
    progress: Mapped[float] = mapped_column(default=0.0, doc="share of the recording that is done, 0…1")
    error: Mapped[str | None] = mapped_column(Text)
    queued_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    work_s: Mapped[float | None] = mapped_column(doc="seconds of work it took")
    lost_s: Mapped[float] = mapped_column(
        default=0.0, doc="seconds of the recording that could not be decoded"
    )
    spans: Mapped[dict[str, Any] | None] = mapped_column(
        doc="seconds of speech by channel: {'0': [[start, end], …], …}"
    )
    manager_name: Mapped[str | None] = mapped_column(
        String(200), doc="name shown instead of «manager» in this call"
    )
    client_name: Mapped[str | None] = mapped_column(String(200))

    call: Mapped[Call] = relationship()
    segments: Mapped[list["Segment"]] = relationship(
        back_populates="transcription", order_by="Segment.start_s"
    )


class Segment(Base):
    """A turn or part of one, always in its newest wording; earlier wordings are its revisions."""

    __tablename__ = "segment"
    __table_args__ = (Index("ix_segment_transcription_id_start_s", "transcription_id", "start_s"),)

    id: Mapped[Id]
    transcription_id: Mapped[int] = mapped_column(ForeignKey("transcription.id"))
    channel: Mapped[int] = mapped_column(doc="of the recording; 0 for a mixed one")
    speaker: Mapped[Speaker]
    start_s: Mapped[float]
    end_s: Mapped[float]
    text: Mapped[str] = mapped_column(Text)
    words: Mapped[list[Any]] = mapped_column(doc="[{start, end, word, probability}, …], seconds")
    confidence: Mapped[float | None] = mapped_column(doc="mean probability of the words, 0…1")
    removed: Mapped[str | None] = mapped_column(
        String(200), doc="why it is not part of the text; None: it is"
    )

    transcription: Mapped[Transcription] = relationship(back_populates="segments")
    revisions: Mapped[list["Revision"]] = relationship(back_populates="segment", order_by="Revision.number")


class Revision(Base):
    """A wording of a segment. Number 0 is the machine's; the highest is the one shown."""

    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("segment_id", "number"),)

    id: Mapped[Id]
    segment_id: Mapped[int] = mapped_column(ForeignKey("segment.id"))
    number: Mapped[int]
    speaker: Mapped[Speaker]
    text: Mapped[str] = mapped_column(Text)
    words: Mapped[list[Any]]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), doc="None: the recogniser")
    at: Mapped[datetime]

    segment: Mapped[Segment] = relationship(back_populates="revisions")
    by: Mapped[User | None] = relationship()


class SpeechMetrics(Base):
    """Figures of one call's speech (hints, never a score); made again when the sides are swapped."""

    __tablename__ = "speech_metrics"

    id: Mapped[Id]
    transcription_id: Mapped[int] = mapped_column(ForeignKey("transcription.id"), unique=True)
    talk_share: Mapped[float | None] = mapped_column(doc="manager's share of all speech, 0…1")
    longest_monologue_s: Mapped[float | None]
    interruptions_by_manager: Mapped[int | None]
    interruptions_by_client: Mapped[int | None]
    silences: Mapped[int] = mapped_column(doc="both quiet for more than 3 s")
    silence_s: Mapped[float]
    pace_wpm: Mapped[float | None] = mapped_column(doc="manager's words a minute of own speech")
    questions: Mapped[int | None]
    fillers: Mapped[int | None]
    first_word_s: Mapped[float | None] = mapped_column(doc="seconds until the manager's first word")
