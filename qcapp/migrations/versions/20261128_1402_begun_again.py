"""A manager may have several onboardings one after another, and only one that goes on."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "c2f84e1d7b60"
down_revision: str | None = "51d7c0be2a96"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

OPEN = sa.text("parted_at IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("trainee", schema=None) as batch_op:
        batch_op.add_column(sa.Column("interrupted_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_constraint(batch_op.f("uq_trainee_manager_id"), type_="unique")
        batch_op.create_index(batch_op.f("ix_trainee_manager_id"), ["manager_id"], unique=False)
        batch_op.create_index(
            "uq_trainee_open", ["manager_id"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
        )


def downgrade() -> None:
    """Fails where somebody has had two onboardings: the tables from before have no place for the second."""
    with op.batch_alter_table("trainee", schema=None) as batch_op:
        batch_op.drop_index("uq_trainee_open")
        batch_op.drop_index(batch_op.f("ix_trainee_manager_id"))
        batch_op.create_unique_constraint(batch_op.f("uq_trainee_manager_id"), ["manager_id"])
        batch_op.drop_column("interrupted_at")
