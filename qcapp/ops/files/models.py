"""What is wrong with stored files, and how far the comparison of rows and files has come."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qcapp.calls.models import Call, ImportBatch
from qcapp.calls.stored_files import FileKind
from qcapp.core.db import Base, Code, Id


class StoredFileFault(StrEnum):
    MISSING = "missing"
    CHANGED = "changed"
    UNREADABLE = "unreadable"
    UNKNOWN = "unknown"


class FileFault(Base):
    """A stored file that is not as the rows say. The row goes when a later look finds the file in order."""

    __tablename__ = "file_fault"

    id: Mapped[Id]
    part: Mapped[str] = mapped_column(Code(8), index=True, doc="of the storage")
    key: Mapped[str] = mapped_column(Text, unique=True)
    fault: Mapped[StoredFileFault]
    kind: Mapped[FileKind | None] = mapped_column(doc="None: no row names the file")
    call_id: Mapped[int | None] = mapped_column(ForeignKey("call.id"))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"))
    found_at: Mapped[datetime]
    mended_at: Mapped[datetime | None]

    call: Mapped[Call | None] = relationship()
    batch: Mapped[ImportBatch | None] = relationship()


class FileRound(Base):
    """When a part of the storage was last compared with the rows, and whether a worker is at it."""

    __tablename__ = "file_round"

    part: Mapped[str] = mapped_column(Code(8), primary_key=True)
    begun_at: Mapped[datetime | None] = mapped_column(doc="None: no worker is at it")
    checked_at: Mapped[datetime | None]
