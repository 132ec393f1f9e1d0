"""Clearance decisions belong to managers. Who counted as staff for want of an onboarding has been declared so.

The declaration is dated as the account, so that calls of then and before keep their stage; owners are asked to look.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision: str = "b7d21f0c94ae"
down_revision: str | None = "2f8d40c6b9e1"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STAGE = sa.Enum(
    "product",
    "technique",
    "exam",
    "cold_practice",
    "internship",
    "staff",
    name="stage",
    native_enum=False,
    length=32,
)


def upgrade() -> None:
    with op.batch_alter_table("lead_flag", schema=None) as batch_op:
        batch_op.alter_column("stage", existing_type=STAGE, nullable=True)
    with op.batch_alter_table("clearance_decision", schema=None) as batch_op:
        batch_op.add_column(sa.Column("manager_id", ID, nullable=True))
        batch_op.alter_column("trainee_id", existing_type=ID, nullable=True)
        batch_op.alter_column("by_id", existing_type=ID, nullable=True)
    op.execute(
        "UPDATE clearance_decision SET manager_id ="
        " (SELECT manager_id FROM trainee WHERE trainee.id = clearance_decision.trainee_id)"
    )
    op.execute(
        "INSERT INTO clearance_decision (manager_id, verdict, computed, conditions, reason, at)"
        " SELECT id, 'declared', false, '[]', 'before_this_version', created_at"
        " FROM \"user\" WHERE role = 'manager' AND id NOT IN (SELECT manager_id FROM trainee) ORDER BY id"
    )
    with op.batch_alter_table("clearance_decision", schema=None) as batch_op:
        batch_op.alter_column("manager_id", existing_type=ID, nullable=False)
        batch_op.create_index(batch_op.f("ix_clearance_decision_manager_id"), ["manager_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_clearance_decision_manager_id_user"), "user", ["manager_id"], ["id"]
        )
    _ask_owners()


def downgrade() -> None:
    op.execute("DELETE FROM notice WHERE kind IN ('staff_before_upgrade', 'manager_added')")
    op.execute("DELETE FROM notice WHERE kind IN ('clearance_declared', 'trainee_clearance_declared')")
    op.execute("DELETE FROM lead_flag WHERE stage IS NULL")
    op.execute("DELETE FROM clearance_decision WHERE trainee_id IS NULL OR by_id IS NULL")
    with op.batch_alter_table("clearance_decision", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_clearance_decision_manager_id_user"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_clearance_decision_manager_id"))
        batch_op.drop_column("manager_id")
        batch_op.alter_column("trainee_id", existing_type=ID, nullable=False)
        batch_op.alter_column("by_id", existing_type=ID, nullable=False)
    with op.batch_alter_table("lead_flag", schema=None) as batch_op:
        batch_op.alter_column("stage", existing_type=STAGE, nullable=False)


def _ask_owners() -> None:
    """One notice for each owner, which leads to the list of those who were declared just now."""
    connection = op.get_bind()
    count = connection.scalar(sa.text("SELECT count(*) FROM clearance_decision WHERE verdict = 'declared'"))
    if not count:
        return
    notice = sa.table(
        "notice",
        sa.column("user_id", ID),
        sa.column("kind", sa.String),
        sa.column("facts", sa.JSON),
        sa.column("path", sa.String),
        sa.column("created_at", sa.DateTime(timezone=True)),
    )
    owners = connection.scalars(
        sa.text("""SELECT id FROM "user" WHERE role = 'owner' AND active ORDER BY id""")
    )
    told = {
        "kind": "staff_before_upgrade",
        "facts": {"num": count},
        "path": "/clearance/staff",
        "created_at": datetime.now(UTC),
    }
    op.bulk_insert(notice, [{"user_id": owner, **told} for owner in owners])
