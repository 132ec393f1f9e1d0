"""Foreign phrases are called forbidden phrases, as the trade calls them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "b7e2a4d09c31"
down_revision: str | None = "2e9b40c7d6a1"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

COLUMNS = "id, text, instead, by_id, at, retired_at"


def upgrade() -> None:
    _rename("foreign_phrase", "forbidden_phrase")


def downgrade() -> None:
    _rename("forbidden_phrase", "foreign_phrase")


def _rename(old: str, new: str) -> None:
    """A table of its own with the new names; the numbers of rows go on from where they were."""
    op.create_table(
        new,
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("instead", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f(f"fk_{new}_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{new}")),
        sqlite_autoincrement=True,
    )
    op.execute(f"INSERT INTO {new} ({COLUMNS}) SELECT {COLUMNS} FROM {old}")  # noqa: S608 (names of ours)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"SELECT setval(pg_get_serial_sequence('{new}', 'id'), nextval(pg_get_serial_sequence('{old}', 'id')))"
        )
    op.drop_table(old)
