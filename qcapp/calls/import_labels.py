"""What an import's lines and origins are called on pages and in files."""

from qcapp.calls.states import BatchOrigin, RowKind
from qcapp.core.i18n import lazy

KINDS = {
    RowKind.IMPORTED: lazy("imported"),
    RowKind.DUPLICATE: lazy("known already"),
    RowKind.REFUSED: lazy("refused"),
    RowKind.CDR_WITHOUT_AUDIO: lazy("CDR without a recording"),
    RowKind.AUDIO_WITHOUT_CDR: lazy("recording without a CDR"),
    RowKind.WITHOUT_MANAGER: lazy("call without a manager"),
    RowKind.TIME_KEPT: lazy("time left as it was"),
    RowKind.NOTICE: lazy("to be checked"),
}
ORIGINS = {
    BatchOrigin.COMMAND: lazy("command line"),
    BatchOrigin.UPLOAD: lazy("upload"),
    BatchOrigin.WATCHED: lazy("watched folder"),
}
