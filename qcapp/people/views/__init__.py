"""Pages about people: signing in and one's own account; users, teams, API tokens and the audit log."""

from qcapp.people.views import teams, tokens
from qcapp.people.views.audit_log import audit
from qcapp.people.views.notices import inbox
from qcapp.people.views.signing_in import account, home, language
from qcapp.people.views.users import people

__all__ = ["account", "audit", "home", "inbox", "language", "people", "teams", "tokens"]
