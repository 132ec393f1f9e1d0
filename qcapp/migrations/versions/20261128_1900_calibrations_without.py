"""Since when nobody waits for a reviewer of a calibration who can score no more."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "2e9b40c7d6a1"
down_revision: str | None = "5e07c3b9d214"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("calibration_reviewer", sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("calibration_reviewer", "left_at")
