"""The working day of a QC department: plans, queue, disputes, re-calls, calibration, notices."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "eb8ed3a75954"
down_revision: str | None = "dd20427a7730"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "call_tag",
        sa.Column("call_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tag", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_call_tag_call_id_call")),
        sa.PrimaryKeyConstraint("call_id", "tag", name=op.f("pk_call_tag")),
    )
    with op.batch_alter_table("call_tag", schema=None) as batch_op:
        batch_op.create_index("ix_call_tag_tag_call_id", ["tag", "call_id"], unique=False)

    op.create_table(
        "notice",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("facts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("path", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_notice_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index("ix_notice_unsent", ["mailed_at", "id"], unique=False)
        batch_op.create_index("ix_notice_user_id_read_at", ["user_id", "read_at", "id"], unique=False)

    op.create_table(
        "sampling_plan",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("calls", "contacts", name="plankind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "period",
            sa.Enum("day", "week", "month", name="period", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("per_manager", sa.Integer(), nullable=False),
        sa.Column("conditions", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("checklist_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reviewers", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("due_days", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["checklist_id"], ["checklist.id"], name=op.f("fk_sampling_plan_checklist_id_checklist")
        ),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_sampling_plan_created_by_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sampling_plan")),
    )
    op.create_table(
        "calibration",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("facilitator_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum("blind", "reference", "closed", name="calibrationstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("blind_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["facilitator_id"], ["user.id"], name=op.f("fk_calibration_facilitator_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["checklist_version.id"], name=op.f("fk_calibration_version_id_checklist_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration")),
    )
    op.create_table(
        "plan_run",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("plan_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("shortfalls", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["sampling_plan.id"], name=op.f("fk_plan_run_plan_id_sampling_plan")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_run")),
        sa.UniqueConstraint("plan_id", "first_day", name=op.f("uq_plan_run_plan_id_first_day")),
    )
    op.create_table(
        "calibration_call",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("calibration_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("call_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["calibration_id"],
            ["calibration.id"],
            name=op.f("fk_calibration_call_calibration_id_calibration"),
        ),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_calibration_call_call_id_call")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration_call")),
        sa.UniqueConstraint(
            "calibration_id", "call_id", name=op.f("uq_calibration_call_calibration_id_call_id")
        ),
    )
    with op.batch_alter_table("calibration_call", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_calibration_call_call_id"), ["call_id"], unique=False)

    op.create_table(
        "calibration_reviewer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("calibration_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reviewer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["calibration_id"],
            ["calibration.id"],
            name=op.f("fk_calibration_reviewer_calibration_id_calibration"),
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"], ["user.id"], name=op.f("fk_calibration_reviewer_reviewer_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration_reviewer")),
        sa.UniqueConstraint(
            "calibration_id", "reviewer_id", name=op.f("uq_calibration_reviewer_calibration_id_reviewer_id")
        ),
    )
    with op.batch_alter_table("calibration_reviewer", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_calibration_reviewer_reviewer_id"), ["reviewer_id"], unique=False
        )

    op.create_table(
        "contact_talk",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("manager_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("agreed", sa.Text(), nullable=False),
        sa.Column("talked_on", sa.Date(), nullable=True),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_contact_talk_by_id_user")),
        sa.ForeignKeyConstraint(["manager_id"], ["user.id"], name=op.f("fk_contact_talk_manager_id_user")),
        sa.ForeignKeyConstraint(["run_id"], ["plan_run.id"], name=op.f("fk_contact_talk_run_id_plan_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_talk")),
        sa.UniqueConstraint("run_id", "manager_id", name=op.f("uq_contact_talk_run_id_manager_id")),
    )
    with op.batch_alter_table("contact_talk", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_talk_manager_id"), ["manager_id"], unique=False)

    op.create_table(
        "assignment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("call_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("checklist_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reviewer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("released_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("review_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "waiting", "taken", "done", "removed", name="assignmentstate", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("replaces_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_assignment_call_id_call")),
        sa.ForeignKeyConstraint(
            ["checklist_id"], ["checklist.id"], name=op.f("fk_assignment_checklist_id_checklist")
        ),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_assignment_client_id_client")),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_assignment_created_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["released_by_id"], ["user.id"], name=op.f("fk_assignment_released_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["assignment.id"], name=op.f("fk_assignment_replaces_id_assignment")
        ),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_assignment_review_id_review")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["user.id"], name=op.f("fk_assignment_reviewer_id_user")),
        sa.ForeignKeyConstraint(["run_id"], ["plan_run.id"], name=op.f("fk_assignment_run_id_plan_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
    )
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assignment_call_id"), ["call_id"], unique=False)
        batch_op.create_index(
            "ix_assignment_queue", ["state", "reviewer_id", "priority", "due_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_assignment_review_id"), ["review_id"], unique=False)
        batch_op.create_index("ix_assignment_reviewer_id_done_at", ["reviewer_id", "done_at"], unique=False)
        batch_op.create_index("ix_assignment_run_id_state", ["run_id", "state"], unique=False)
        batch_op.create_index(
            "uq_assignment_open",
            ["call_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('waiting', 'taken')"),
            postgresql_where=sa.text("state IN ('waiting', 'taken')"),
        )

    op.create_table(
        "dispute",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("review_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("opened_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "decision",
            sa.Enum("accepted", "partly", "rejected", name="decision", native_enum=False, length=32),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user.id"], name=op.f("fk_dispute_decided_by_id_user")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["user.id"], name=op.f("fk_dispute_opened_by_id_user")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_dispute_review_id_review")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
        sa.UniqueConstraint("review_id", name=op.f("uq_dispute_review_id")),
    )
    with op.batch_alter_table("dispute", schema=None) as batch_op:
        batch_op.create_index("ix_dispute_open", ["decided_at", "opened_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_dispute_opened_by_id"), ["opened_by_id"], unique=False)

    op.create_table(
        "recall",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("review_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("call_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum("open", "called", "dropped", name="recallstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_recall_call_id_call")),
        sa.ForeignKeyConstraint(["closed_by_id"], ["user.id"], name=op.f("fk_recall_closed_by_id_user")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_recall_review_id_review")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall")),
        sa.UniqueConstraint("review_id", name=op.f("uq_recall_review_id")),
    )
    with op.batch_alter_table("recall", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recall_call_id"), ["call_id"], unique=False)
        batch_op.create_index("ix_recall_state_due_at", ["state", "due_at"], unique=False)

    op.create_table(
        "reference_answer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "calibration_call_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["calibration_call_id"],
            ["calibration_call.id"],
            name=op.f("fk_reference_answer_calibration_call_id_calibration_call"),
        ),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_reference_answer_item_id_item")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reference_answer")),
        sa.UniqueConstraint(
            "calibration_call_id", "item_id", name=op.f("uq_reference_answer_calibration_call_id_item_id")
        ),
    )
    with op.batch_alter_table("reference_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reference_answer_item_id"), ["item_id"], unique=False)

    op.create_table(
        "answer_change",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("answer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("score_before", sa.Double(), nullable=True),
        sa.Column("score_after", sa.Double(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["answer_id"], ["answer.id"], name=op.f("fk_answer_change_answer_id_answer")),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_answer_change_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_change")),
    )
    with op.batch_alter_table("answer_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answer_change_answer_id"), ["answer_id"], unique=False)

    op.create_table(
        "disputed_answer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("dispute_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("answer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("given", sa.Text(), nullable=True),
        sa.Column("proposed", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column(
            "decision",
            sa.Enum("accepted", "partly", "rejected", name="decision", native_enum=False, length=32),
            nullable=True,
        ),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["answer.id"], name=op.f("fk_disputed_answer_answer_id_answer")
        ),
        sa.ForeignKeyConstraint(
            ["dispute_id"], ["dispute.id"], name=op.f("fk_disputed_answer_dispute_id_dispute")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disputed_answer")),
        sa.UniqueConstraint("dispute_id", "answer_id", name=op.f("uq_disputed_answer_dispute_id_answer_id")),
    )
    with op.batch_alter_table("disputed_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_disputed_answer_answer_id"), ["answer_id"], unique=False)

    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "purpose",
                sa.Enum("counted", "shadow", "calibration", name="purpose", native_enum=False, length=32),
                nullable=False,
                server_default="counted",
            )
        )
        batch_op.add_column(
            sa.Column("calibration_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(
            sa.Column(
                "outcome",
                sa.Enum(
                    "next_step",
                    "sale",
                    "thinking",
                    "not_our_client",
                    "no_money",
                    "no_need",
                    "competitor",
                    "wrong_person",
                    "managers_fault",
                    name="outcome",
                    native_enum=False,
                    length=32,
                ),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("publish_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_constraint(batch_op.f("uq_review_call_id_reviewer_id_checklist_id"), type_="unique")
        batch_op.create_index(batch_op.f("ix_review_calibration_id"), ["calibration_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_review_call_id"), ["call_id"], unique=False)
        batch_op.create_index(
            "uq_review_calibration",
            ["calibration_id", "call_id", "reviewer_id"],
            unique=True,
            sqlite_where=sa.text("purpose = 'calibration'"),
            postgresql_where=sa.text("purpose = 'calibration'"),
        )
        batch_op.create_index(
            "uq_review_counted",
            ["call_id", "reviewer_id", "checklist_id"],
            unique=True,
            sqlite_where=sa.text("purpose = 'counted'"),
            postgresql_where=sa.text("purpose = 'counted'"),
        )
        batch_op.create_index(
            "uq_review_shadow",
            ["call_id", "reviewer_id", "version_id"],
            unique=True,
            sqlite_where=sa.text("purpose = 'shadow'"),
            postgresql_where=sa.text("purpose = 'shadow'"),
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_review_calibration_id_calibration"), "calibration", ["calibration_id"], ["id"]
        )

    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.alter_column("purpose", server_default=None)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "ANALYZE review"
        )  # without figures on the new column the lists of reviews are planned badly

    with op.batch_alter_table("checklist_version", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("document", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True)
        )
        batch_op.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("window", sa.String(length=36), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("turn", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("checklist_version", schema=None) as batch_op:
        for name in ("revision", "window", "turn"):
            batch_op.alter_column(name, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("call_tag", schema=None) as batch_op:
        batch_op.drop_index("ix_call_tag_tag_call_id")
    op.drop_table("call_tag")
    with op.batch_alter_table("checklist_version", schema=None) as batch_op:
        for name in ("turn", "window", "revision", "document"):
            batch_op.drop_column(name)

    with op.batch_alter_table("review", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_review_calibration_id_calibration"), type_="foreignkey")
        batch_op.drop_index(
            "uq_review_shadow",
            sqlite_where=sa.text("purpose = 'shadow'"),
            postgresql_where=sa.text("purpose = 'shadow'"),
        )
        batch_op.drop_index(
            "uq_review_counted",
            sqlite_where=sa.text("purpose = 'counted'"),
            postgresql_where=sa.text("purpose = 'counted'"),
        )
        batch_op.drop_index(
            "uq_review_calibration",
            sqlite_where=sa.text("purpose = 'calibration'"),
            postgresql_where=sa.text("purpose = 'calibration'"),
        )
        batch_op.drop_index(batch_op.f("ix_review_call_id"))
        batch_op.drop_index(batch_op.f("ix_review_calibration_id"))
        batch_op.create_unique_constraint(
            batch_op.f("uq_review_call_id_reviewer_id_checklist_id"),
            ["call_id", "reviewer_id", "checklist_id"],
        )
        batch_op.drop_column("publish_at")
        batch_op.drop_column("outcome")
        batch_op.drop_column("calibration_id")
        batch_op.drop_column("purpose")

    with op.batch_alter_table("disputed_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_disputed_answer_answer_id"))

    op.drop_table("disputed_answer")
    with op.batch_alter_table("answer_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_answer_change_answer_id"))

    op.drop_table("answer_change")
    with op.batch_alter_table("reference_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reference_answer_item_id"))

    op.drop_table("reference_answer")
    with op.batch_alter_table("recall", schema=None) as batch_op:
        batch_op.drop_index("ix_recall_state_due_at")
        batch_op.drop_index(batch_op.f("ix_recall_call_id"))

    op.drop_table("recall")
    with op.batch_alter_table("dispute", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dispute_opened_by_id"))
        batch_op.drop_index("ix_dispute_open")

    op.drop_table("dispute")
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_assignment_open",
            sqlite_where=sa.text("state IN ('waiting', 'taken')"),
            postgresql_where=sa.text("state IN ('waiting', 'taken')"),
        )
        batch_op.drop_index("ix_assignment_run_id_state")
        batch_op.drop_index("ix_assignment_reviewer_id_done_at")
        batch_op.drop_index(batch_op.f("ix_assignment_review_id"))
        batch_op.drop_index("ix_assignment_queue")
        batch_op.drop_index(batch_op.f("ix_assignment_call_id"))

    op.drop_table("assignment")
    with op.batch_alter_table("contact_talk", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contact_talk_manager_id"))

    op.drop_table("contact_talk")
    with op.batch_alter_table("calibration_reviewer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_calibration_reviewer_reviewer_id"))

    op.drop_table("calibration_reviewer")
    with op.batch_alter_table("calibration_call", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_calibration_call_call_id"))

    op.drop_table("calibration_call")
    op.drop_table("plan_run")
    op.drop_table("calibration")
    op.drop_table("sampling_plan")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index("ix_notice_user_id_read_at")
        batch_op.drop_index("ix_notice_unsent")

    op.drop_table("notice")
