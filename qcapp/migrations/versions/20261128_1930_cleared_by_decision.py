"""Stages that were left by a grant of clearance say so: they were not always passed."""

from collections.abc import Sequence

from alembic import op

revision: str = "5e07c3b9d214"
down_revision: str | None = "5b7d20c1e9f4"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.execute(
        "UPDATE stage_record SET result = 'granted' WHERE result = 'passed' AND 'staff' = ("
        " SELECT later.stage FROM stage_record AS later WHERE later.id = ("
        " SELECT MIN(next.id) FROM stage_record AS next"
        " WHERE next.trainee_id = stage_record.trainee_id AND next.id > stage_record.id))"
    )


def downgrade() -> None:
    op.execute("UPDATE stage_record SET result = 'passed' WHERE result = 'granted'")
