"""How the database gets from one version of the product to the next: Alembic's environment and its revisions."""
