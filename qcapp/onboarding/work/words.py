"""What deliverables, their columns and their states are called."""

from qcapp.core.i18n import lazy
from qcapp.onboarding.states import DeliverableKind, WorkState
from qcapp.onboarding.work.changes import RowFate

WHAT = {
    DeliverableKind.SPVE: lazy(
        "What the product has, what use that is, what the client gains by it, and what he feels."
    ),
    DeliverableKind.REASONS: lazy("Why clients buy, one reason a line."),
}
COLUMNS = (lazy("Property"), lazy("Use"), lazy("Benefits"), lazy("Emotions"))
STATES = {
    WorkState.WRITING: lazy("being written"),
    WorkState.SUBMITTED: lazy("waits for the coach"),
    WorkState.RETURNED: lazy("returned by the coach"),
    WorkState.ACCEPTED: lazy("accepted by the coach"),
}
TONES = {WorkState.SUBMITTED: "info", WorkState.RETURNED: "warn", WorkState.ACCEPTED: "good"}
FATES = {
    RowFate.NEW: lazy("new row"),
    RowFate.CHANGED: lazy("changed row"),
    RowFate.GONE: lazy("removed row"),
}
FATE_COUNTS = {
    RowFate.NEW: lazy("New rows"),
    RowFate.CHANGED: lazy("Changed rows"),
    RowFate.GONE: lazy("Removed rows"),
    RowFate.SAME: lazy("Rows as before"),
}
FATE_TONES = {RowFate.NEW: "good", RowFate.CHANGED: "info", RowFate.GONE: "bad", RowFate.SAME: ""}
