"""Pages about people: signing in and the own account; users, teams, tokens, who stands in for whom, the audit log."""

from qcapp.people.views import teams, tokens
from qcapp.people.views.audit_log import audit
from qcapp.people.views.confirmations import accounts
from qcapp.people.views.delegations import delegations
from qcapp.people.views.handovers import handovers
from qcapp.people.views.notices import inbox
from qcapp.people.views.signing_in import account, home, language
from qcapp.people.views.users import people

__all__ = [
    "account",
    "accounts",
    "audit",
    "delegations",
    "handovers",
    "home",
    "inbox",
    "language",
    "people",
    "teams",
    "tokens",
]
