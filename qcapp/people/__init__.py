"""Users, teams, roles, permissions, login, API tokens."""
