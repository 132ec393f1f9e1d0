"""What the audit log records of coaching, in words."""

from qcapp.core.audit import Action
from qcapp.core.i18n import lazy
from qcapp.people.audit_words import AuditWords
from qcapp.terms import N_


class CoachingAction(Action):
    """What the audit log records of coaching."""

    COACHING_HELD = "coaching_held", N_("Coaching session written down")
    COACHING_EDITED = "coaching_edited", N_("Coaching session changed")
    COACHING_ACKNOWLEDGED = "coaching_acknowledged", N_("Coaching session read by the manager")
    COACHING_TASK_AGREED = "coaching_task_agreed", N_("Coaching task agreed")
    COACHING_TASK_CLOSED = "coaching_task_closed", N_("Coaching task closed")
    COACHING_RECHECK_LINKED = "coaching_recheck_linked", N_("Call to check a coaching task on chosen")


AUDITED = AuditWords(
    actions=CoachingAction,
    kinds={
        "coaching": lazy("Coaching session"),
        "coaching_task": lazy("Coaching task"),
    },
    fields={
        "item": lazy("Item of the checklist"),
        "topic": lazy("Topic"),
        "task": lazy("Task"),
        "due": lazy("Due"),
    },
)
