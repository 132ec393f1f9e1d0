"""Teams headed by somebody who is no head of sales any more have no head."""

from collections.abc import Sequence

from alembic import op

revision: str = "d71c5a90be34"
down_revision: str | None = "e61b0d94a2c7"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.execute(
        "UPDATE team SET head_id = NULL WHERE head_id IN (SELECT id FROM \"user\" WHERE role <> 'head')"
    )


def downgrade() -> None:
    """Who headed the teams is not known any more, and was wrong."""
