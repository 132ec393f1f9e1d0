"""retention

Rules by which recordings and texts go by their age; without a rule everything is kept.

Revision ID: 2f8d40c6b9e1
Revises: 7c1e5a9d3b20
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from qcapp.core.db import UTCDateTime

revision: str = "2f8d40c6b9e1"
down_revision: str | None = "3f0c5a9d7b21"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "retention_rule",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "lead_source",
            sa.Enum("cold", "warm", "hot", "existing", name="leadsource", native_enum=False, length=32),
            nullable=True,
        ),
        sa.Column("outcome", sa.String(length=64), nullable=True),
        sa.Column("sound_days", sa.Integer(), nullable=True),
        sa.Column("text_days", sa.Integer(), nullable=True),
        sa.Column("changed_at", UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_rule")),
        sa.UniqueConstraint("lead_source", "outcome", name=op.f("uq_retention_rule_lead_source_outcome")),
    )


def downgrade() -> None:
    op.drop_table("retention_rule")
