"""Pages about people: signing in and one's own account; users, teams and API tokens for the administrator."""

from qcapp.people.views.signing_in import account, home, language

__all__ = ["account", "home", "language"]
