"""Accounts that judge or decide are confirmed, and so are loans of their roles; those that exist count as confirmed."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "c4d09b7e51aa"
down_revision: str | None = "b7d21f0c94ae"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    for table in ("user", "delegation"):
        op.add_column(table, sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
    op.execute('UPDATE "user" SET confirmed_at = created_at')
    op.execute("UPDATE delegation SET confirmed_at = since")


def downgrade() -> None:
    for table in ("user", "delegation"):
        op.drop_column(table, "confirmed_at")
