"""SQLite gives out the number of a row once, like PostgreSQL: not again after the row was deleted.

Only the definitions of the tables change, no row does: their number is kept as it was. So the upgrade takes no time and
no room, however large the database is. https://www.sqlite.org/lang_altertable.html#otheralter says how.
"""

import re
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "7c15d0e94b2f"
down_revision: str | None = "d81c5f6a20be"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_KEY = re.compile(r'PRIMARY KEY \("?(\w+)"?\)')


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return
    # SQLite keeps the numbers in a table that it makes with the first table that asks for it.
    op.execute("CREATE TABLE first_to_count (id INTEGER PRIMARY KEY AUTOINCREMENT)")
    op.execute("DROP TABLE first_to_count")
    known = sa.text("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql IS NOT NULL")
    tables = {name: sql for name, sql in connection.execute(known) if _counts_rows(connection, name, sql)}
    version = connection.execute(sa.text("PRAGMA schema_version")).scalar_one()
    op.execute("PRAGMA writable_schema = ON")
    for name, sql in tables.items():
        connection.execute(
            sa.text("UPDATE sqlite_master SET sql = :sql WHERE type = 'table' AND name = :name"),
            {"name": name, "sql": _KEY.sub(r"PRIMARY KEY (\1 AUTOINCREMENT)", sql)},
        )
    op.execute(f"PRAGMA schema_version = {version + 1}")
    op.execute("PRAGMA writable_schema = RESET")
    for name in tables:  # reads the changed definition, and would fail at a wrong one
        connection.execute(sa.text(f'SELECT 1 FROM "{name}" LIMIT 1'))  # noqa: S608 (the name of a table of ours)


def _counts_rows(connection: sa.Connection, name: str, sql: str) -> bool:
    """Whether the key of the table is the number of the row; whoever refers to a row of another table does not count."""
    columns = connection.execute(sa.text(f'PRAGMA table_info("{name}")')).mappings().all()
    keys = [column for column in columns if column["pk"]]
    refers = connection.execute(sa.text(f'PRAGMA foreign_key_list("{name}")')).mappings().all()
    return (
        len(keys) == 1
        and keys[0]["type"] == "INTEGER"
        and bool(_KEY.search(sql))
        and keys[0]["name"] not in {key["from"] for key in refers}
    )


def downgrade() -> None:
    """Nothing: whatever gives out each number once serves the version before as well."""
