"""A call knows when its lead source or outcome were set: how long it is kept goes by them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "51d7c0be2a96"
down_revision: str | None = "9a51e0c37bd4"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("call", sa.Column("sorted_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("call", "sorted_at")
