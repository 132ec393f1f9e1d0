"""A notice is claimed by the worker that sends it, so that a killed worker loses none."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "b3d0c7a91e55"
down_revision: str | None = "c4d09b7e51aa"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.add_column(sa.Column("mail_claimed_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_column("mail_claimed_until")
