"""What roles and scopes are called."""

from qcapp.core.i18n import lazy
from qcapp.people.models import Role, TokenScope

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
SCOPES = {
    TokenScope.IMPORT_CALLS: lazy("Import calls"),
    TokenScope.READ_METRICS: lazy("Read metrics"),
}
