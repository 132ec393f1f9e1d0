"""States and kinds of calls, recordings and imports; apart from the tables, so that pure rules use them."""

from enum import StrEnum


class RecordingState(StrEnum):
    STORED = "stored"
    READY = "ready"
    FAILED = "failed"


class BatchState(StrEnum):
    RUNNING = "running"
    DONE = "done"


class BatchOrigin(StrEnum):
    COMMAND = "command"
    UPLOAD = "upload"
    WATCHED = "watched"


class RowKind(StrEnum):
    IMPORTED = "imported"
    DUPLICATE = "duplicate"
    REFUSED = "refused"
    CDR_WITHOUT_AUDIO = "cdr_without_audio"
    AUDIO_WITHOUT_CDR = "audio_without_cdr"
    WITHOUT_MANAGER = "without_manager"
    TIME_KEPT = "time_kept"
    NOTICE = "notice"
