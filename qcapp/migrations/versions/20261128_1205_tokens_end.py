"""API tokens end: those that exist a year after the upgrade. Refused attempts that the log leaves out are counted."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision: str = "9a51e0c37bd4"
down_revision: str | None = "7c1e5a9f20d4"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("api_token", sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True))
    token = sa.table("api_token", sa.column("ends_at", sa.DateTime(timezone=True)))
    op.execute(token.update().values(ends_at=datetime.now(UTC) + timedelta(days=365)))
    with op.batch_alter_table("api_token") as batch_op:
        batch_op.alter_column("ends_at", existing_type=sa.DateTime(timezone=True), nullable=False)
    op.create_table(
        "audit_left_out",
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=100), nullable=False),
        sa.Column("many", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("action", "person", name=op.f("pk_audit_left_out")),
    )


def downgrade() -> None:
    op.drop_table("audit_left_out")
    op.drop_column("api_token", "ends_at")
