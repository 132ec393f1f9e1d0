"""A coach reaches his trainees of any team by being their coach: whom each manager is trained by today."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "7c1e5a9f20d4"
down_revision: str | None = "b3d0c7a91e55"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.add_column(sa.Column("coach_id", ID, nullable=True))
        batch_op.create_index(batch_op.f("ix_user_coach_id"), ["coach_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_user_coach_id_user"), "user", ["coach_id"], ["id"])
    _restore_index()
    op.execute(
        """
        UPDATE "user" SET coach_id = (
            SELECT trainee.coach_id FROM trainee
            JOIN stage_record ON stage_record.trainee_id = trainee.id
            WHERE trainee.manager_id = "user".id AND trainee.parted_at IS NULL
              AND stage_record.left_at IS NULL AND stage_record.stage <> 'staff'
        )
        """
    )


def downgrade() -> None:
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_user_coach_id_user"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_user_coach_id"))
        batch_op.drop_column("coach_id")
    _restore_index()


def _restore_index() -> None:
    """SQLite makes the table anew, and Alembic cannot read what this index is of."""
    if op.get_bind().dialect.name == "sqlite":
        op.create_index("uq_user_login_lower", "user", [sa.literal_column("lower(login)")], unique=True)
