"""Every change of the answer about a manager is noted and told; messages know their manager."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "c4d7a1f09e52"
down_revision: str | None = "6c1f0a9d27be"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "manager_answer",
        sa.Column("manager_id", ID, nullable=False),
        sa.Column("answer", JSON, nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["manager_id"], ["user.id"], name=op.f("fk_manager_answer_manager_id_user")),
        sa.PrimaryKeyConstraint("manager_id", name=op.f("pk_manager_answer")),
    )
    with op.batch_alter_table("webhook_delivery") as batch:
        batch.add_column(sa.Column("manager_id", ID, nullable=True))
        batch.add_column(sa.Column("sequence", sa.BigInteger(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("address", sa.String(64), nullable=False, server_default=""))
        batch.add_column(sa.Column("sending", sa.Boolean(), nullable=False, server_default=sa.false()))
    _name_managers()
    with op.batch_alter_table("webhook_delivery") as batch:
        batch.alter_column("manager_id", existing_type=ID, nullable=False)
        batch.alter_column("sequence", existing_type=sa.BigInteger(), server_default=None)
        batch.alter_column("address", existing_type=sa.String(64), server_default=None)
        batch.alter_column("sending", existing_type=sa.Boolean(), server_default=None)
        batch.create_foreign_key(op.f("fk_webhook_delivery_manager_id_user"), "user", ["manager_id"], ["id"])
        batch.drop_index("ix_webhook_delivery_waiting")
        batch.create_index("ix_webhook_delivery_due", ["next_at", "id"])
        batch.create_index("ix_webhook_delivery_manager_id", ["manager_id", "id"])


def _name_managers() -> None:
    """What a message says of its manager becomes a column."""
    delivery = sa.table(
        "webhook_delivery", sa.column("id", ID), sa.column("manager_id", ID), sa.column("payload", JSON)
    )
    connection = op.get_bind()
    for delivery_id, payload in connection.execute(sa.select(delivery.c.id, delivery.c.payload)).all():
        named = sa.update(delivery).where(delivery.c.id == delivery_id)
        connection.execute(named.values(manager_id=payload["manager"]["id"]))


def downgrade() -> None:
    with op.batch_alter_table("webhook_delivery") as batch:
        batch.drop_index("ix_webhook_delivery_manager_id")
        batch.drop_index("ix_webhook_delivery_due")
        batch.create_index("ix_webhook_delivery_waiting", ["delivered_at", "next_at"])
        batch.drop_constraint(op.f("fk_webhook_delivery_manager_id_user"), type_="foreignkey")
        for name in ("sending", "address", "sequence", "manager_id"):
            batch.drop_column(name)
    op.drop_table("manager_answer")
