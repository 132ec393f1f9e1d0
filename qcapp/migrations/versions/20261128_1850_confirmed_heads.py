"""Heads, coaches and HR are confirmed as well; those who exist count as confirmed."""

from collections.abc import Sequence

from alembic import op

revision: str = "d81c5f6a20be"
down_revision: str | None = "0d6b7e2f91ac"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.execute(
        'UPDATE "user" SET confirmed_at = created_at'
        " WHERE confirmed_at IS NULL AND role IN ('head', 'coach', 'hr')"
    )


def downgrade() -> None:
    """An older version does not ask whether they are confirmed."""
