"""What the audit log records of the onboarding and of clearance, in words."""

from qcapp.core.audit import Action
from qcapp.core.i18n import lazy
from qcapp.people.audit_words import AuditWords, labels_of
from qcapp.terms import N_, ConditionKind, Stage


class OnboardingAction(Action):
    """What the audit log records of the onboarding and of clearance."""

    ONBOARDING_BEGUN = "onboarding_begun", N_("Onboarding begun")
    COACH_CHOSEN = "coach_chosen", N_("Coach of a trainee chosen")
    STAGE_LEFT = "stage_left", N_("Stage of a trainee left")
    PROGRAM_LOADED = "program_loaded", N_("Program of onboarding loaded")
    PROGRAM_DRAFT_BEGUN = "program_draft_begun", N_("Draft of a program begun")
    PROGRAM_DRAFT_DISCARDED = "program_draft_discarded", N_("Draft of a program removed")
    PROGRAM_PUBLISHED = "program_published", N_("Program of onboarding published")
    EXPORT_PROGRAM = "export_program", N_("Program of onboarding exported")
    WORK_SUBMITTED = "work_submitted", N_("Work of the first day handed in")
    WORK_ACCEPTED = "work_accepted", N_("Work of the first day accepted")
    WORK_RETURNED = "work_returned", N_("Work of the first day returned")
    LESSON_CONFIRMED = "lesson_confirmed", N_("Lesson confirmed")
    EXAM_BEGUN = "exam_begun", N_("Exam begun")
    EXAM_FINISHED = "exam_finished", N_("Exam finished")
    EXAM_DISCARDED = "exam_discarded", N_("Unfinished exam removed")
    EXAM_RECORDED = "exam_recorded", N_("Recording added to an exam")
    SALE_ENTERED = "sale_entered", N_("Sale entered")
    SALE_CONFIRMED = "sale_confirmed", N_("Sale confirmed")
    SALE_REFUSED = "sale_refused", N_("Sale refused")
    SALE_TAKEN_BACK = "sale_taken_back", N_("Confirmation of a sale taken back")
    OVERDUE_PROLONG = "overdue_prolong", N_("More time given for a stage")
    OVERDUE_REPEAT = "overdue_repeat", N_("Onboarding begun again, because its time was over")
    OVERDUE_PART = "overdue_part", N_("Parted with a trainee")
    CLEARANCE_GRANTED = "clearance_granted", N_("Cleared for hot leads")
    CLEARANCE_REFUSED = "clearance_refused", N_("Clearance refused")
    CLEARANCE_REVOKED = "clearance_revoked", N_("Clearance taken away")
    CLEARANCE_DECLARED = "clearance_declared", N_("Declared staff without onboarding")
    EXPORT_BOARD = "export_board", N_("Board of trainees exported")
    LEAD_FLAGGED = "lead_flagged", N_("Call from a lead that was not allowed")
    LEAD_FLAG_TAKEN_BACK = "lead_flag_taken_back", N_("Flag of a call taken back")
    WEBHOOK_RESENT = "webhook_resent", N_("Message to the CRM sent once more")


AUDITED = AuditWords(
    actions=OnboardingAction,
    kinds={
        "work": lazy("Work of the first day"),
        "exam": lazy("Exam"),
        "sale": lazy("Sale"),
        "trainee": lazy("Trainee"),
        "program": lazy("Program of onboarding"),
        "webhook": lazy("Message to the CRM"),
        "board": lazy("Board of trainees"),
    },
    fields={
        "computed": lazy("Every condition met"),
        "missing": lazy("Not met"),
        "unmet": lazy("Not met"),
        "stage": lazy("Stage"),
        "result": lazy("Result"),
        "coach": lazy("Coach"),
        "started_on": lazy("Began on"),
        "event": lazy("Event"),
        "deliverable": lazy("Work of the first day"),
        "rows_commented": lazy("Rows with a comment"),
        "lesson": lazy("Lesson"),
        "mark": lazy("Mark"),
        "passed": lazy("Passed"),
        "failed_items": lazy("Critical errors"),
        "sold_on": lazy("Day of the sale"),
    },
    values={
        "stage": labels_of(Stage),
        "deliverable": {"spve": lazy("SPVE table"), "reasons": lazy("List of reasons")},
        "reason": {
            "after_a_break": lazy("the account was closed or had another role meanwhile"),
            "reviewer_left": lazy("the reviewer does not score calls any more"),
        },
        "unmet": labels_of(ConditionKind),
        "result": {
            "passed": lazy("stage passed"),
            "failed": lazy("exam not passed"),
            "repeated": lazy("everything again, by decision"),
            "parted": lazy("parted"),
            "granted": lazy("cleared by decision"),
            "moved": lazy("moved by hand"),
            "begun_anew": lazy("interrupted, a new onboarding was begun"),
            "revoked": lazy("clearance taken away"),
        },
    },
)
