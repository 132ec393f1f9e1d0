"""What people are told of coaching: the sentences of notices."""

from qcapp.core.i18n import lazy
from qcapp.people.notice_words import NoticeWords, Sentence

SENTENCES: dict[str, Sentence] = {
    "coaching_held": lazy("%(coach)s has written down your coaching session “%(topic)s”. Please read it."),
    "coaching_task_agreed": lazy("A new task from %(coach)s: %(task)s"),
    "coaching_acknowledged": lazy("%(manager)s has read the coaching session “%(topic)s”."),
    "coaching_task_overdue": lazy("%(manager)s: a task is overdue – %(task)s"),
    "coaching_recheck": lazy("%(manager)s: a task can be checked on a call that was scored since – %(task)s"),
}
NOTICES = NoticeWords(
    SENTENCES,
)
