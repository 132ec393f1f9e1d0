"""Since when somebody is no manager at work here; of closed accounts the audit log knows it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "f4a80b6c13d9"
down_revision: str | None = "c41f8a2be9d7"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "absence",
        sa.Column("id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_absence_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_absence_user_id"), ["user_id"], unique=False)
    op.execute(
        "INSERT INTO absence (user_id, since)"
        ' SELECT person.id, max(entry.at) FROM "user" AS person'
        " JOIN audit_entry AS entry ON entry.thing = 'user:' || person.id"
        " AND entry.action IN ('user_deactivated', 'account_refused')"
        " WHERE NOT person.active GROUP BY person.id ORDER BY person.id"
    )


def downgrade() -> None:
    op.drop_table("absence")
