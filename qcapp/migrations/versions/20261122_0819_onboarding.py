"""Scripts, instructions, coaching and onboarding; whom a review judges, and the stage its call was made in."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "27385af4271b"
down_revision: str | None = "eb8ed3a75954"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("payload", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
    )
    with op.batch_alter_table("webhook_delivery", schema=None) as batch_op:
        batch_op.create_index("ix_webhook_delivery_waiting", ["delivered_at", "next_at"], unique=False)

    op.create_table(
        "article",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("draft", "published", "archived", name="articlestate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("origin", sa.String(length=500), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["user.id"], name=op.f("fk_article_created_by_id_user")),
        sa.ForeignKeyConstraint(["parent_id"], ["article.id"], name=op.f("fk_article_parent_id_article")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article")),
        sa.UniqueConstraint("key", name=op.f("uq_article_key")),
    )
    with op.batch_alter_table("article", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_article_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_article_state"), ["state"], unique=False)

    op.create_table(
        "call_script",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("manager_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["manager_id"], ["user.id"], name=op.f("fk_call_script_manager_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_script")),
        sa.UniqueConstraint("manager_id", name=op.f("uq_call_script_manager_id")),
    )
    op.create_table(
        "coaching_session",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("manager_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("coach_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("topic", sa.String(length=200), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["coach_id"], ["user.id"], name=op.f("fk_coaching_session_coach_id_user")),
        sa.ForeignKeyConstraint(
            ["manager_id"], ["user.id"], name=op.f("fk_coaching_session_manager_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coaching_session")),
    )
    with op.batch_alter_table("coaching_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_coaching_session_coach_id"), ["coach_id"], unique=False)
        batch_op.create_index(
            "ix_coaching_session_manager_id_held_at", ["manager_id", "held_at"], unique=False
        )

    op.create_table(
        "delegation",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("from_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("to_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "owner",
                "qc_lead",
                "qc",
                "head",
                "coach",
                "hr",
                "manager",
                "admin",
                name="role",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_delegation_by_id_user")),
        sa.ForeignKeyConstraint(["from_id"], ["user.id"], name=op.f("fk_delegation_from_id_user")),
        sa.ForeignKeyConstraint(["to_id"], ["user.id"], name=op.f("fk_delegation_to_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
    )
    with op.batch_alter_table("delegation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delegation_from_id"), ["from_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_delegation_to_id"), ["to_id"], unique=False)

    op.create_table(
        "handover",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("from_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("to_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_handover_by_id_user")),
        sa.ForeignKeyConstraint(["from_id"], ["user.id"], name=op.f("fk_handover_from_id_user")),
        sa.ForeignKeyConstraint(["to_id"], ["user.id"], name=op.f("fk_handover_to_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover")),
    )
    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handover_from_id"), ["from_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_handover_to_id"), ["to_id"], unique=False)

    op.create_table(
        "program_version",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("draft", "published", "archived", name="programstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("document", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("window", sa.String(length=36), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_program_version_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_program_version")),
        sa.UniqueConstraint("key", "number", name=op.f("uq_program_version_key_number")),
    )
    op.create_table(
        "sale",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("manager_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sold_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=14, scale=2), nullable=True),
        sa.Column("crm_ref", sa.String(length=200), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("entered", "confirmed", "refused", name="salestate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("entered_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user.id"], name=op.f("fk_sale_decided_by_id_user")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["user.id"], name=op.f("fk_sale_entered_by_id_user")),
        sa.ForeignKeyConstraint(["manager_id"], ["user.id"], name=op.f("fk_sale_manager_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sale")),
    )
    with op.batch_alter_table("sale", schema=None) as batch_op:
        batch_op.create_index("ix_sale_manager_id_sold_on", ["manager_id", "sold_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_sale_state"), ["state"], unique=False)

    op.create_table(
        "article_wording",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("article_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_article_wording_article_id_article")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_article_wording_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article_wording")),
        sa.UniqueConstraint("article_id", "number", name=op.f("uq_article_wording_article_id_number")),
    )
    op.create_table(
        "read_receipt",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("article_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_read_receipt_article_id_article")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_read_receipt_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_read_receipt")),
        sa.UniqueConstraint(
            "article_id", "number", "user_id", name=op.f("uq_read_receipt_article_id_number_user_id")
        ),
    )
    with op.batch_alter_table("read_receipt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_read_receipt_user_id"), ["user_id"], unique=False)

    op.create_table(
        "script_draft",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("script_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "writing",
                "submitted",
                "returned",
                "approved",
                name="draftstate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("blocks", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("starter", sa.String(length=64), nullable=True),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("window", sa.String(length=36), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_script_draft_author_id_user")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["user.id"], name=op.f("fk_script_draft_decided_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["script_id"], ["call_script.id"], name=op.f("fk_script_draft_script_id_call_script")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_script_draft")),
        sa.UniqueConstraint("script_id", "number", name=op.f("uq_script_draft_script_id_number")),
    )
    with op.batch_alter_table("script_draft", schema=None) as batch_op:
        batch_op.create_index("ix_script_draft_state_submitted_at", ["state", "submitted_at"], unique=False)

    op.create_table(
        "trainee",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("manager_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("program_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("coach_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("parted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["coach_id"], ["user.id"], name=op.f("fk_trainee_coach_id_user")),
        sa.ForeignKeyConstraint(["manager_id"], ["user.id"], name=op.f("fk_trainee_manager_id_user")),
        sa.ForeignKeyConstraint(
            ["program_id"], ["program_version.id"], name=op.f("fk_trainee_program_id_program_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trainee")),
        sa.UniqueConstraint("manager_id", name=op.f("uq_trainee_manager_id")),
    )
    with op.batch_alter_table("trainee", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_trainee_coach_id"), ["coach_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_trainee_program_id"), ["program_id"], unique=False)

    op.create_table(
        "block_comment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("draft_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "block",
            sa.Enum(
                "preparation",
                "greeting",
                "goal",
                "needs",
                "presentation",
                "objections",
                "closing",
                name="block",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_block_comment_by_id_user")),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["script_draft.id"], name=op.f("fk_block_comment_draft_id_script_draft")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_block_comment")),
    )
    with op.batch_alter_table("block_comment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_block_comment_draft_id"), ["draft_id"], unique=False)

    op.create_table(
        "clearance_decision",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("trainee_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum("granted", "refused", "revoked", name="verdict", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("computed", sa.Boolean(), nullable=False),
        sa.Column("conditions", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_clearance_decision_by_id_user")),
        sa.ForeignKeyConstraint(
            ["trainee_id"], ["trainee.id"], name=op.f("fk_clearance_decision_trainee_id_trainee")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clearance_decision")),
    )
    with op.batch_alter_table("clearance_decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_clearance_decision_trainee_id"), ["trainee_id"], unique=False)

    op.create_table(
        "coaching_task",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("manager_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("checklist_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("item_key", sa.String(length=64), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "done", "dropped", name="taskstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("recheck_call_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("closing", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["checklist_id"], ["checklist.id"], name=op.f("fk_coaching_task_checklist_id_checklist")
        ),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["user.id"], name=op.f("fk_coaching_task_closed_by_id_user")
        ),
        sa.ForeignKeyConstraint(["manager_id"], ["user.id"], name=op.f("fk_coaching_task_manager_id_user")),
        sa.ForeignKeyConstraint(
            ["recheck_call_id"], ["call.id"], name=op.f("fk_coaching_task_recheck_call_id_call")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["coaching_session.id"], name=op.f("fk_coaching_task_session_id_coaching_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coaching_task")),
    )
    with op.batch_alter_table("coaching_task", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_coaching_task_checklist_id"), ["checklist_id"], unique=False)
        batch_op.create_index(
            "ix_coaching_task_manager_id_state_due_on", ["manager_id", "state", "due_on"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_coaching_task_recheck_call_id"), ["recheck_call_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_coaching_task_session_id"), ["session_id"], unique=False)
        batch_op.create_index("ix_coaching_task_state_due_on", ["state", "due_on"], unique=False)

    op.create_table(
        "deliverable",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("trainee_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind", sa.Enum("spve", "reasons", name="kind", native_enum=False, length=32), nullable=False
        ),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "writing", "submitted", "returned", "accepted", name="workstate", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("rows", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("window", sa.String(length=36), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["trainee_id"], ["trainee.id"], name=op.f("fk_deliverable_trainee_id_trainee")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliverable")),
        sa.UniqueConstraint(
            "trainee_id", "kind", "attempt", name=op.f("uq_deliverable_trainee_id_kind_attempt")
        ),
    )
    with op.batch_alter_table("deliverable", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deliverable_state"), ["state"], unique=False)

    op.create_table(
        "exam",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("trainee_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("coach_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("call_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("answers", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mark", sa.Double(), nullable=True),
        sa.Column("failed_items", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("window", sa.String(length=36), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_exam_call_id_call")),
        sa.ForeignKeyConstraint(["coach_id"], ["user.id"], name=op.f("fk_exam_coach_id_user")),
        sa.ForeignKeyConstraint(["trainee_id"], ["trainee.id"], name=op.f("fk_exam_trainee_id_trainee")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["checklist_version.id"], name=op.f("fk_exam_version_id_checklist_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exam")),
        sa.UniqueConstraint("trainee_id", "number", name=op.f("uq_exam_trainee_id_number")),
    )
    with op.batch_alter_table("exam", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_exam_call_id"), ["call_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_exam_coach_id"), ["coach_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_exam_version_id"), ["version_id"], unique=False)

    op.create_table(
        "lead_flag",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("call_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("manager_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "product",
                "technique",
                "exam",
                "cold_practice",
                "internship",
                "staff",
                name="stage",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "lead_source",
            sa.Enum("cold", "warm", "hot", "existing", name="leadsource", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_lead_flag_call_id_call")),
        sa.ForeignKeyConstraint(["manager_id"], ["user.id"], name=op.f("fk_lead_flag_manager_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lead_flag")),
        sa.UniqueConstraint("call_id", name=op.f("uq_lead_flag_call_id")),
    )
    with op.batch_alter_table("lead_flag", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lead_flag_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_lead_flag_manager_id"), ["manager_id"], unique=False)

    op.create_table(
        "lesson_done",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("trainee_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("lesson", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["trainee_id"], ["trainee.id"], name=op.f("fk_lesson_done_trainee_id_trainee")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_done")),
        sa.UniqueConstraint(
            "trainee_id", "attempt", "lesson", name=op.f("uq_lesson_done_trainee_id_attempt_lesson")
        ),
    )
    op.create_table(
        "stage_record",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("trainee_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "product",
                "technique",
                "exam",
                "cold_practice",
                "internship",
                "staff",
                name="stage",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "result",
            sa.Enum(
                "passed",
                "failed",
                "repeated",
                "parted",
                "revoked",
                name="result",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["trainee_id"], ["trainee.id"], name=op.f("fk_stage_record_trainee_id_trainee")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_record")),
    )
    with op.batch_alter_table("stage_record", schema=None) as batch_op:
        batch_op.create_index(
            "ix_stage_record_trainee_id_entered_at", ["trainee_id", "entered_at"], unique=False
        )

    op.create_table(
        "overdue_decision",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "decision",
            sa.Enum("prolong", "repeat", "part", name="overdue", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_overdue_decision_by_id_user")),
        sa.ForeignKeyConstraint(
            ["record_id"], ["stage_record.id"], name=op.f("fk_overdue_decision_record_id_stage_record")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overdue_decision")),
    )
    with op.batch_alter_table("overdue_decision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_overdue_decision_record_id"), ["record_id"], unique=False)

    op.create_table(
        "submission",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("deliverable_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("rows", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_submission_by_id_user")),
        sa.ForeignKeyConstraint(
            ["deliverable_id"], ["deliverable.id"], name=op.f("fk_submission_deliverable_id_deliverable")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("deliverable_id", "number", name=op.f("uq_submission_deliverable_id_number")),
    )
    op.create_table(
        "coaching_call",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("call_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("mark_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_coaching_call_call_id_call")),
        sa.ForeignKeyConstraint(["mark_id"], ["mark.id"], name=op.f("fk_coaching_call_mark_id_mark")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["coaching_session.id"], name=op.f("fk_coaching_call_session_id_coaching_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coaching_call")),
        sa.UniqueConstraint(
            "session_id", "call_id", "mark_id", name=op.f("uq_coaching_call_session_id_call_id_mark_id")
        ),
    )
    with op.batch_alter_table("coaching_call", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_coaching_call_call_id"), ["call_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_coaching_call_mark_id"), ["mark_id"], unique=False)

    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "stage",
                sa.Enum(
                    "product",
                    "technique",
                    "exam",
                    "cold_practice",
                    "internship",
                    "staff",
                    name="stage",
                    native_enum=False,
                    length=32,
                ),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("role_play", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.create_index(
            "ix_call_trainees",
            ["stage", "started_at", "id"],
            unique=False,
            sqlite_where=sa.text("stage <> 'staff'"),
            postgresql_where=sa.text("stage <> 'staff'"),
        )

    with op.batch_alter_table("mark", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("draft_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(
            sa.Column(
                "block",
                sa.Enum(
                    "preparation",
                    "greeting",
                    "goal",
                    "needs",
                    "presentation",
                    "objections",
                    "closing",
                    name="block",
                    native_enum=False,
                    length=32,
                ),
                nullable=True,
            )
        )
        batch_op.create_index(batch_op.f("ix_mark_draft_id"), ["draft_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_mark_draft_id_script_draft"), "script_draft", ["draft_id"], ["id"]
        )

    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("manager_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.create_index(
            "ix_review_manager_id_published_at", ["manager_id", "published_at", "id"], unique=False
        )
        batch_op.create_foreign_key(batch_op.f("fk_review_manager_id_user"), "user", ["manager_id"], ["id"])

    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.alter_column("role_play", server_default=None)
    op.create_index(
        "ix_client_phone_ending", "client", [sa.literal_column("substr(phone, length(phone) - 3)")]
    )
    _fill()


def _fill() -> None:
    """Everybody was staff, reviews judge the manager of their call, and texts are found by him as well."""
    op.execute("UPDATE call SET stage = 'staff' WHERE manager_id IS NOT NULL")
    op.execute(
        "UPDATE review SET manager_id = (SELECT call.manager_id FROM call WHERE call.id = review.call_id)"
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "UPDATE transcript_search SET stems = stems || to_tsvector('simple', 'μ' || call.manager_id) FROM call"
            " WHERE call.id = transcript_search.id % (1 << 28) AND call.manager_id IS NOT NULL"
        )
        op.execute("ANALYZE call")  # without figures on the new columns lists are planned badly
        op.execute("ANALYZE client")
        op.execute("ANALYZE review")
    else:
        op.execute(
            "UPDATE transcript_search SET stems = stems || ' μ' || manager_id FROM call"
            " WHERE call.id = transcript_search.rowid % (1 << 28) AND manager_id IS NOT NULL"
        )


def downgrade() -> None:
    op.drop_index("ix_client_phone_ending", table_name="client")
    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_review_manager_id_user"), type_="foreignkey")
        batch_op.drop_index("ix_review_manager_id_published_at")
        batch_op.drop_column("manager_id")

    with op.batch_alter_table("mark", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_mark_draft_id_script_draft"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_mark_draft_id"))
        batch_op.drop_column("block")
        batch_op.drop_column("draft_id")

    with op.batch_alter_table("call", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_call_trainees",
            sqlite_where=sa.text("stage <> 'staff'"),
            postgresql_where=sa.text("stage <> 'staff'"),
        )
        batch_op.drop_column("role_play")
        batch_op.drop_column("stage")

    with op.batch_alter_table("coaching_call", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_coaching_call_mark_id"))
        batch_op.drop_index(batch_op.f("ix_coaching_call_call_id"))

    op.drop_table("coaching_call")
    op.drop_table("submission")
    with op.batch_alter_table("overdue_decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_overdue_decision_record_id"))

    op.drop_table("overdue_decision")
    with op.batch_alter_table("stage_record", schema=None) as batch_op:
        batch_op.drop_index("ix_stage_record_trainee_id_entered_at")

    op.drop_table("stage_record")
    op.drop_table("lesson_done")
    with op.batch_alter_table("lead_flag", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lead_flag_manager_id"))
        batch_op.drop_index(batch_op.f("ix_lead_flag_at"))

    op.drop_table("lead_flag")
    with op.batch_alter_table("exam", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_exam_version_id"))
        batch_op.drop_index(batch_op.f("ix_exam_coach_id"))
        batch_op.drop_index(batch_op.f("ix_exam_call_id"))

    op.drop_table("exam")
    with op.batch_alter_table("deliverable", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deliverable_state"))

    op.drop_table("deliverable")
    with op.batch_alter_table("coaching_task", schema=None) as batch_op:
        batch_op.drop_index("ix_coaching_task_state_due_on")
        batch_op.drop_index(batch_op.f("ix_coaching_task_session_id"))
        batch_op.drop_index(batch_op.f("ix_coaching_task_recheck_call_id"))
        batch_op.drop_index("ix_coaching_task_manager_id_state_due_on")
        batch_op.drop_index(batch_op.f("ix_coaching_task_checklist_id"))

    op.drop_table("coaching_task")
    with op.batch_alter_table("clearance_decision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_clearance_decision_trainee_id"))

    op.drop_table("clearance_decision")
    with op.batch_alter_table("block_comment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_block_comment_draft_id"))

    op.drop_table("block_comment")
    with op.batch_alter_table("trainee", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_trainee_program_id"))
        batch_op.drop_index(batch_op.f("ix_trainee_coach_id"))

    op.drop_table("trainee")
    with op.batch_alter_table("script_draft", schema=None) as batch_op:
        batch_op.drop_index("ix_script_draft_state_submitted_at")

    op.drop_table("script_draft")
    with op.batch_alter_table("read_receipt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_read_receipt_user_id"))

    op.drop_table("read_receipt")
    op.drop_table("article_wording")
    with op.batch_alter_table("sale", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sale_state"))
        batch_op.drop_index("ix_sale_manager_id_sold_on")

    op.drop_table("sale")
    op.drop_table("program_version")
    with op.batch_alter_table("handover", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_handover_to_id"))
        batch_op.drop_index(batch_op.f("ix_handover_from_id"))

    op.drop_table("handover")
    with op.batch_alter_table("delegation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_delegation_to_id"))
        batch_op.drop_index(batch_op.f("ix_delegation_from_id"))

    op.drop_table("delegation")
    with op.batch_alter_table("coaching_session", schema=None) as batch_op:
        batch_op.drop_index("ix_coaching_session_manager_id_held_at")
        batch_op.drop_index(batch_op.f("ix_coaching_session_coach_id"))

    op.drop_table("coaching_session")
    op.drop_table("call_script")
    with op.batch_alter_table("article", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_article_state"))
        batch_op.drop_index(batch_op.f("ix_article_parent_id"))

    op.drop_table("article")
    with op.batch_alter_table("webhook_delivery", schema=None) as batch_op:
        batch_op.drop_index("ix_webhook_delivery_waiting")

    op.drop_table("webhook_delivery")
