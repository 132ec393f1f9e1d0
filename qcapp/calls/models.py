"""A call that took place, the client, the recording, and the import that brought them in."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, event, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qcapp.calls.states import BatchOrigin, BatchState, RecordingState, RowKind
from qcapp.core import clock
from qcapp.core.db import Base, Code, Id
from qcapp.people.models import User
from qcapp.terms import Direction, Disposition, LeadSource, Stage

ENDING_DIGITS = 4
ENDING = f"substr(phone, length(phone) - {ENDING_DIGITS - 1})"  # what a list of clients is looked through by


class Source(Base):
    """Where calls come from (an exchange, a folder): its time zone and the usual channel of the manager."""

    __tablename__ = "source"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(100), unique=True)
    timezone: Mapped[str | None] = mapped_column(String(64))
    manager_channel: Mapped[int | None]


class Client(Base):
    """Whom the department calls, known by telephone number (E.164)."""

    __tablename__ = "client"
    __table_args__ = (Index("ix_client_phone_ending", text(ENDING)),)

    id: Mapped[Id]
    phone: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str | None] = mapped_column(String(200))
    company: Mapped[str | None] = mapped_column(String(200))
    category: Mapped[str | None] = mapped_column(String(32))


_FILTERED = ("talk_s", "transcribed_at", "scored_at", "direction", "lead_source", "manager_id", "client_id")
_OF_A_MANAGER = tuple(name for name in _FILTERED if name != "manager_id")


_TRAINEE = text("stage <> 'staff'")  # few calls are, so those are found at once
_WITHOUT_START = text("NOT start_known")
_READABLE = text("text_erased_at IS NULL")  # what grows too old is looked for among these alone


class Call(Base):
    """One call, with or without a recording. ``transcribed_at`` and ``scored_at`` are set through pipeline.py, so that
    the list of calls can be filtered without knowing the features above."""

    __tablename__ = "call"
    __table_args__ = (
        UniqueConstraint("source_id", "external_id"),
        # What the list of calls filters by stands in the index, so that a rare combination is found in it alone.
        Index("ix_call_list", "started_at", "id", *_FILTERED, "disposition"),
        Index("ix_call_disposition_list", "disposition", "started_at", "id", *_FILTERED),
        Index("ix_call_manager_list", "manager_id", "started_at", "id", *_OF_A_MANAGER, "disposition"),
        Index("ix_call_client_id_started_at", "client_id", "started_at"),
        Index(
            "ix_call_trainees", "stage", "started_at", "id", sqlite_where=_TRAINEE, postgresql_where=_TRAINEE
        ),
        Index(
            "ix_call_without_start",
            "started_at",
            "id",
            sqlite_where=_WITHOUT_START,
            postgresql_where=_WITHOUT_START,
        ),
        Index("ix_call_readable", "started_at", "id", sqlite_where=_READABLE, postgresql_where=_READABLE),
    )

    id: Mapped[Id]
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"))
    external_id: Mapped[str] = mapped_column(String(200))
    direction: Mapped[Direction]
    started_at: Mapped[datetime]
    start_known: Mapped[bool] = mapped_column(
        default=True,
        server_default=true(),
        doc="False: nothing told when it began, so it stands by the time of its file or of the import",
    )
    duration_s: Mapped[int | None] = mapped_column(
        doc="seconds from dialling to hanging up, as the exchange says"
    )
    talk_s: Mapped[int | None] = mapped_column(
        doc="seconds of conversation: billsec, else the recording's length"
    )
    disposition: Mapped[Disposition]
    manager_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    manager_extension: Mapped[str | None] = mapped_column(String(32))
    client_id: Mapped[int | None] = mapped_column(ForeignKey("client.id"))
    client_number: Mapped[str | None] = mapped_column(String(64), doc="as the exchange wrote it")
    stage: Mapped[Stage | None] = mapped_column(
        doc="of the manager when the call took place; None: nobody's call, or before his onboarding"
    )
    role_play: Mapped[bool] = mapped_column(default=False, doc="an exam, where a coach plays the client")
    lead_source: Mapped[LeadSource | None]
    contact_no: Mapped[int | None]
    crm_ref: Mapped[str | None] = mapped_column(String(200))
    outcome: Mapped[str | None] = mapped_column(String(64), doc="as the CRM calls it")
    cdr: Mapped[dict[str, Any] | None] = mapped_column(doc="the row of the exchange, as it was")
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)
    created_at: Mapped[datetime]
    sorted_at: Mapped[datetime | None] = mapped_column(
        doc="when lead source, outcome or start were set last: how long it is kept goes by them"
    )
    transcribed_at: Mapped[datetime | None]
    scored_at: Mapped[datetime | None]
    sound_erased_at: Mapped[datetime | None] = mapped_column(doc="the recording was erased then")
    text_erased_at: Mapped[datetime | None] = mapped_column(
        doc="number, transcript and comments were erased then; what is left names no client"
    )

    source: Mapped[Source] = relationship()
    manager: Mapped[User | None] = relationship()
    client: Mapped[Client | None] = relationship()
    recording: Mapped["Recording | None"] = relationship(back_populates="call")
    tags: Mapped[list["CallTag"]] = relationship(order_by="CallTag.tag", cascade="all, delete-orphan")


@event.listens_for(Call.lead_source, "set")
@event.listens_for(Call.outcome, "set")
def _note_sorting(call: Call, value: object, before: object, _initiator: object) -> None:
    if value != before:
        call.sorted_at = clock.now()


class CallTag(Base):
    """A word by which the CRM or a person tells calls apart."""

    __tablename__ = "call_tag"
    __table_args__ = (Index("ix_call_tag_tag_call_id", "tag", "call_id"),)

    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(64), primary_key=True, doc="lower case")


class CallCorrection(Base):
    """What a published score counts by, corrected since: what it was, who has corrected it, when and why."""

    __tablename__ = "call_correction"

    id: Mapped[Id]
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    changed: Mapped[dict[str, Any]] = mapped_column(
        doc="ScoredFact → before and after, as the API writes them; None: not known"
    )
    why: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime]

    by: Mapped[User] = relationship()


class SavedView(Base):
    """A filter of the list of calls under a name of its owner's."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("user_id", "name"),)

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    name: Mapped[str] = mapped_column(String(60))
    args: Mapped[dict[str, Any]] = mapped_column(doc="of the list's address, by name")


class Recording(Base):
    """The sound of a call. The original is kept untouched under its SHA-256; playback copy and peaks are made once."""

    __tablename__ = "recording"

    id: Mapped[Id]
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), unique=True)
    sha256: Mapped[str] = mapped_column(Code(64), unique=True)
    filename: Mapped[str] = mapped_column(String(500))
    storage_key: Mapped[str] = mapped_column(Code(200))
    size: Mapped[int] = mapped_column(BigInteger)
    codec: Mapped[str] = mapped_column(Code(32))
    channels: Mapped[int]
    rate: Mapped[int]
    duration_s: Mapped[float] = mapped_column(doc="seconds that could be decoded")
    lost_s: Mapped[float] = mapped_column(default=0.0, doc="seconds of broken packets that were skipped")
    manager_channel: Mapped[int | None] = mapped_column(doc="0 or 1; None: one mixed channel, or not known")
    playback_key: Mapped[str | None] = mapped_column(Code(200))
    playback_sha256: Mapped[str | None] = mapped_column(Code(64), doc="None: not noted yet")
    peaks_key: Mapped[str | None] = mapped_column(Code(200))
    peaks_sha256: Mapped[str | None] = mapped_column(Code(64), doc="None: not noted yet")
    state: Mapped[RecordingState] = mapped_column(default=RecordingState.STORED)
    error: Mapped[str | None] = mapped_column(Text)

    call: Mapped[Call] = relationship(back_populates="recording")


class ImportBatch(Base):
    """One import, whoever or whatever started it, with its report."""

    __tablename__ = "import_batch"

    id: Mapped[Id]
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"))
    origin: Mapped[BatchOrigin]
    by_id: Mapped[int | None] = mapped_column(
        ForeignKey("user.id"), doc="None: command line or watched folder"
    )
    timezone: Mapped[str | None] = mapped_column(String(64), doc="of the CDR and of the names in this import")
    manager_channel: Mapped[int | None]
    cdr_format: Mapped[str] = mapped_column(String(16), default="auto")
    cdr_files: Mapped[list[Any]] = mapped_column(
        default=list, doc="[{name, key}]: the files as they came, by SHA-256; without key once all is done"
    )
    state: Mapped[BatchState] = mapped_column(default=BatchState.RUNNING)
    started_at: Mapped[datetime] = mapped_column(index=True)
    finished_at: Mapped[datetime | None]

    source: Mapped[Source] = relationship()
    by: Mapped[User | None] = relationship()
    rows: Mapped[list["ImportRow"]] = relationship(back_populates="batch", order_by="ImportRow.id")


class ImportRow(Base):
    """One line of a batch's report."""

    __tablename__ = "import_row"
    __table_args__ = (Index("ix_import_row_batch_id_kind", "batch_id", "kind"),)

    id: Mapped[Id]
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id"))
    kind: Mapped[RowKind]
    file: Mapped[str] = mapped_column(
        String(500), doc="name of the file, or CDR file and row number, as core/i18n.py stores them"
    )
    reason: Mapped[str | None] = mapped_column(Text, doc="as core/i18n.py stores texts")
    call_id: Mapped[int | None] = mapped_column(ForeignKey("call.id"), index=True)

    batch: Mapped[ImportBatch] = relationship(back_populates="rows")
    call: Mapped[Call | None] = relationship()


class WatchedFile(Base):
    """A file seen in the watched folder: taken once its size has stayed the same between two looks."""

    __tablename__ = "watched_file"

    id: Mapped[Id]
    path: Mapped[str] = mapped_column(Text, unique=True, doc="inside the folder")
    size: Mapped[int] = mapped_column(BigInteger)
    modified_ns: Mapped[int] = mapped_column(BigInteger)
    taken_at: Mapped[datetime | None]


class ErasedFingerprint(Base):
    """By this a call or a file that was erased is recognised when it comes again, and told from one that was lost;
    so is a call that was corrected, as it was before.

    A keyed digest: without the key nobody can find out the number or the file it was made of."""

    __tablename__ = "erased_fingerprint"

    digest: Mapped[str] = mapped_column(Code(64), primary_key=True)
    call_id: Mapped[int | None] = mapped_column(ForeignKey("call.id"), doc="None: of a stored file")


class FileToRemove(Base):
    """A stored file that no row needs any more: noted with the change that let go of it, removed after its commit."""

    __tablename__ = "file_to_remove"

    key: Mapped[str] = mapped_column(Code(200), primary_key=True)
