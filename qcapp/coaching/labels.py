"""What states of tasks are called, and what later calls show."""

from qcapp.coaching.models import TaskState
from qcapp.coaching.progress_rules import Verdict
from qcapp.core.i18n import lazy

STATES = {
    TaskState.OPEN: lazy("to be done"),
    TaskState.DONE: lazy("has been done"),
    TaskState.DROPPED: lazy("given up"),
}
VERDICTS = {
    Verdict.BETTER: lazy("improved"),
    Verdict.SAME: lazy("the same"),
    Verdict.WORSE: lazy("worse"),
}
TONES = {Verdict.BETTER: "good", Verdict.SAME: "", Verdict.WORSE: "bad"}
