"""What states of tasks are called, and what later calls show."""

from qcapp.coaching.models import TaskState
from qcapp.coaching.progress_rules import ProgressVerdict
from qcapp.core.i18n import lazy

STATES = {
    TaskState.OPEN: lazy("to be done"),
    TaskState.DONE: lazy("has been done"),
    TaskState.DROPPED: lazy("given up"),
}
VERDICTS = {
    ProgressVerdict.BETTER: lazy("improved"),
    ProgressVerdict.SAME: lazy("the same"),
    ProgressVerdict.WORSE: lazy("worse"),
}
TONES = {ProgressVerdict.BETTER: "good", ProgressVerdict.SAME: "", ProgressVerdict.WORSE: "bad"}
