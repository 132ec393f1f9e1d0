"""What roles, stages and scopes are called."""

from qcapp.core.i18n import lazy
from qcapp.people.models import Role, TokenScope
from qcapp.people.namesakes import Same
from qcapp.people.stages import Group, Stage

ROLES = {
    Role.OWNER: lazy("Owner"),
    Role.QC_LEAD: lazy("Head of quality control"),
    Role.QC: lazy("Reviewer"),
    Role.HEAD: lazy("Head of sales"),
    Role.COACH: lazy("Coach"),
    Role.HR: lazy("HR"),
    Role.MANAGER: lazy("Manager"),
    Role.ADMIN: lazy("Administrator"),
}
STAGES = {
    Stage.PRODUCT: lazy("Product"),
    Stage.TECHNIQUE: lazy("Technique"),
    Stage.EXAM: lazy("Exam"),
    Stage.COLD_PRACTICE: lazy("Cold practice"),
    Stage.INTERNSHIP: lazy("Internship"),
    Stage.STAFF: lazy("Staff"),
}
GROUPS = {
    Group.TRAINEES: lazy("trainees"),
    Group.STAFF: lazy("staff"),
    Group.NO_STAGE: lazy("no stage"),
}
SCOPES = {
    TokenScope.IMPORT_CALLS: lazy("Import calls"),
    TokenScope.READ_CLEARANCE: lazy("Read who is cleared for hot leads"),
    TokenScope.READ_METRICS: lazy("Read metrics"),
}
SAME = {
    Same.NAME: lazy("the same name"),
    Same.EMAIL: lazy("the same e-mail"),
    Same.EXTENSION: lazy("had the same extension"),
}
CONDITIONS = {
    "spve": lazy("SPVE table"),
    "reasons": lazy("Reasons to buy"),
    "lessons": lazy("Lessons"),
    "script": lazy("Own script"),
    "exam": lazy("Exam"),
    "scored_calls": lazy("Scored calls"),
    "sale": lazy("Sale"),
    "score": lazy("Average score"),
    "no_critical": lazy("Without critical errors"),
}
"""What a stage of the onboarding may ask for."""
