"""A stay in a stage knows who has decided how it ended, and by hand, which conditions were not met."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "e61b0d94a2c7"
down_revision: str | None = "c40b7e91d5f2"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("stage_record", schema=None) as batch_op:
        batch_op.add_column(sa.Column("by_id", ID, nullable=True))
        batch_op.add_column(sa.Column("unmet", JSON, nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_stage_record_by_id_user"), "user", ["by_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("stage_record", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_stage_record_by_id_user"), type_="foreignkey")
        batch_op.drop_column("unmet")
        batch_op.drop_column("by_id")
