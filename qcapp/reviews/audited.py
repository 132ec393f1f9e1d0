"""What the audit log records of reviews, the queue, disputes, calibrations and re-calls, in words."""

from qcapp.core.audit import Action
from qcapp.core.i18n import lazy
from qcapp.people.audit_words import AuditWords
from qcapp.terms import N_


class ReviewAction(Action):
    """What the audit log records of reviews, the queue, disputes, calibrations and re-calls."""

    REVIEW_BEGUN = "review_begun", N_("Review begun")
    REVIEW_PUBLISHED = "review_published", N_("Review published")
    REVIEW_DISCARDED = "review_discarded", N_("Draft of a review removed")
    REVIEW_ACKNOWLEDGED = "review_acknowledged", N_("Review read by the manager")
    CALL_REOPENED = "call_reopened", N_("Call with its reviewer again")
    REVIEW_SCHEDULED = "review_scheduled", N_("Review set to be published later")
    REVIEW_WITHDRAWN = "review_withdrawn", N_("Review made a draft again")
    DISPUTE_OPENED = "dispute_opened", N_("Review disputed")
    DISPUTE_DECIDED = "dispute_decided", N_("Dispute decided")
    ANSWERS_CORRECTED = "answers_corrected", N_("Published answers corrected")
    RECALL_OPENED = "recall_opened", N_("Re-call task opened")
    RECALL_CLOSED = "recall_closed", N_("Re-call task closed")
    CALL_QUEUED = "call_queued", N_("Call put into the queue")
    CALL_TAKEN = "call_taken", N_("Call of the queue taken")
    CALL_RELEASED = "call_released", N_("Call given back to the queue")
    CALL_REASSIGNED = "call_reassigned", N_("Call handed to another reviewer")
    CALL_REMOVED = "call_removed", N_("Call taken out of the queue")
    CALL_DONE = "call_done", N_("Call of the queue scored")
    PLAN_MADE = "plan_made", N_("Sampling plan made")
    PLAN_CHANGED = "plan_changed", N_("Sampling plan changed")
    PLAN_STOPPED = "plan_stopped", N_("Sampling plan stopped")
    PLAN_RESUMED = "plan_resumed", N_("Sampling plan resumed")
    PLAN_DRAWN = "plan_drawn", N_("Sampling plan drawn")
    TALK_WRITTEN = "talk_written", N_("Report of a contact plan written")
    CALIBRATION_PLANNED = "calibration_planned", N_("Calibration planned")
    CALIBRATION_BLIND_ENDED = "calibration_blind_ended", N_("Scoring of a calibration ended")
    CALIBRATION_REFERENCE_SET = "calibration_reference_set", N_("Reference answers of a calibration set")
    CALIBRATION_CLOSED = "calibration_closed", N_("Calibration closed")
    CALIBRATION_CANCELLED = "calibration_cancelled", N_("Calibration cancelled")


AUDITED = AuditWords(
    actions=ReviewAction,
    kinds={
        "review": lazy("Review"),
        "dispute": lazy("Dispute"),
        "recall": lazy("Re-call"),
        "calibration": lazy("Calibration"),
        "assignment": lazy("Place in the queue"),
        "plan": lazy("Sampling plan"),
    },
    fields={
        "checklist": lazy("Checklist"),
        "score": lazy("Score"),
        "publish_at": lazy("To be published"),
        "reviewer": lazy("Reviewer"),
        "per_manager": lazy("Of every manager"),
        "due_days": lazy("Days to score after the period"),
        "priority": lazy("Priority"),
        "first_day": lazy("First day"),
        "talked_on": lazy("Day of the talk"),
        "reviewers": lazy("Reviewers"),
        "answers": lazy("Answers"),
        "decision": lazy("Decision"),
        "not_counted": lazy("Told, not counted"),
        "items": lazy("Items of the checklist"),
        "review": lazy("Review"),
    },
    values={
        "decision": {
            "accepted": lazy("accepted"),
            "partly": lazy("accepted in part"),
            "rejected": lazy("rejected"),
        },
        "purpose": {
            "counted": lazy("counts"),
            "shadow": lazy("trial in the shadow"),
            "calibration": lazy("calibration"),
        },
        "period": {"day": lazy("a day"), "week": lazy("a week"), "month": lazy("a month")},
    },
)
