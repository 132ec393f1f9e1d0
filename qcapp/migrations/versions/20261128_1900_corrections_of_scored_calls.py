"""What a published score counts by, corrected since: what it was, who has corrected it, when and why."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "5b7d20c1e9f4"
down_revision: str | None = "7c15d0e94b2f"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "call_correction",
        sa.Column("id", ID, nullable=False),
        sa.Column("call_id", ID, nullable=False),
        sa.Column("changed", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("by_id", ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_call_correction_call_id_call")),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_call_correction_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_correction")),
    )
    op.create_index(op.f("ix_call_correction_call_id"), "call_correction", ["call_id"])


def downgrade() -> None:
    op.drop_table("call_correction")
