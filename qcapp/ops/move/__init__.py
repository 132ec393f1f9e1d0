"""``qcapp move``: an installation on SQLite goes over to PostgreSQL, with every row and every file."""
