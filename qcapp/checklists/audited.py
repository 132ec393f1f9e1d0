"""What the audit log records of checklists and their versions, in words."""

from qcapp.core.audit import Action
from qcapp.core.i18n import lazy
from qcapp.people.audit_words import AuditWords
from qcapp.terms import N_


class ChecklistAction(Action):
    """What the audit log records of checklists and their versions."""

    CHECKLIST_LOADED = "checklist_loaded", N_("Checklist loaded")
    CHECKLIST_REPLACED = "checklist_replaced", N_("Checklist replaced")
    CHECKLIST_PUBLISHED = "checklist_published", N_("Checklist published")
    CHECKLIST_PURPOSE = "checklist_purpose", N_("Purpose of a checklist changed")
    CHECKLIST_CREATED = "checklist_created", N_("Checklist begun")
    CHECKLIST_DRAFT_BEGUN = "checklist_draft_begun", N_("Draft of a checklist begun")
    CHECKLIST_DRAFT_DISCARDED = "checklist_draft_discarded", N_("Draft of a checklist removed")
    CHECKLIST_OWNER = "checklist_owner", N_("Owner of a checklist changed")
    CHECKLIST_SHADOW_STARTED = "checklist_shadow_started", N_("Checklist tried in the shadow")
    CHECKLIST_SHADOW_STOPPED = "checklist_shadow_stopped", N_("Trial in the shadow ended")
    CHECKLIST_ARCHIVED = "checklist_archived", N_("Checklist archived")
    CHECKLIST_RESTORED = "checklist_restored", N_("Checklist put in force again")
    CHECKLIST_TRIAL_SET = "checklist_trial_set", N_("Trial of a checklist set")
    EXPORT_CHECKLIST = "export_checklist", N_("Checklist exported")


AUDITED = AuditWords(
    actions=ChecklistAction,
    kinds={
        "checklist": lazy("Checklist"),
    },
    fields={
        "owner": lazy("Card owner"),
        "like": lazy("Like"),
        "review_on": lazy("Trial until"),
    },
)
