"""All tables of the first version."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "dd20427a7730"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


TEXT_INDEXES: dict[str, tuple[str, ...]] = {
    "sqlite": ("CREATE VIRTUAL TABLE transcript_search USING fts5(stems, tokenize='unicode61')",),
    "postgresql": (
        "CREATE TABLE transcript_search (id bigint PRIMARY KEY, stems tsvector NOT NULL)",
        "CREATE INDEX ix_transcript_search_stems ON transcript_search USING gin (stems)",
    ),
}
TEXT_INDEX_TABLES: tuple[str, ...] = ("transcript_search",)


def upgrade() -> None:
    op.create_table(
        "client",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("company", sa.String(length=200), nullable=True),
        sa.Column("category", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client")),
        sa.UniqueConstraint("phone", name=op.f("uq_client_phone")),
    )
    op.create_table(
        "source",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("timezone", sa.String(length=64), nullable=True),
        sa.Column("manager_channel", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
        sa.UniqueConstraint("name", name=op.f("uq_source_name")),
    )
    op.create_table(
        "team",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("head_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("name", name=op.f("uq_team_name")),
    )
    op.create_index(op.f("ix_team_head_id"), "team", ["head_id"], unique=False)
    op.create_table(
        "token_bucket",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("full_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_token_bucket")),
    )
    op.create_index(op.f("ix_token_bucket_full_at"), "token_bucket", ["full_at"], unique=False)
    op.create_table(
        "watched_file",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("modified_ns", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watched_file")),
        sa.UniqueConstraint("path", name=op.f("uq_watched_file_path")),
    )
    op.create_table(
        "user",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("login", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=True),
        sa.Column("password_hash", sa.String(length=255), nullable=True),
        sa.Column("password_temporary", sa.Boolean(), nullable=False),
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
        sa.Column("team_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("locale", sa.String(length=5), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_user_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
    )
    op.create_index(op.f("ix_user_role"), "user", ["role"], unique=False)
    op.create_index(op.f("ix_user_team_id"), "user", ["team_id"], unique=False)
    op.create_index("uq_user_login_lower", "user", [sa.literal_column("lower(login)")], unique=True)
    op.create_table(
        "api_token",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "scope",
            sa.Enum("import_calls", "read_metrics", name="tokenscope", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_api_token_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    op.create_index(op.f("ix_api_token_user_id"), "api_token", ["user_id"], unique=False)
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("thing", sa.String(length=100), nullable=False),
        sa.Column("diff", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_audit_entry_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_entry_hash")),
        sa.UniqueConstraint("previous", name=op.f("uq_audit_entry_previous")),
    )
    op.create_index(op.f("ix_audit_entry_action"), "audit_entry", ["action"], unique=False)
    op.create_index(op.f("ix_audit_entry_at"), "audit_entry", ["at"], unique=False)
    op.create_index(op.f("ix_audit_entry_by_id"), "audit_entry", ["by_id"], unique=False)
    op.create_table(
        "checklist",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("owner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("purpose", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_checklist_owner_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklist")),
        sa.UniqueConstraint("key", name=op.f("uq_checklist_key")),
    )
    op.create_table(
        "extension",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_extension_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension")),
        sa.UniqueConstraint("number", name=op.f("uq_extension_number")),
    )
    op.create_index(op.f("ix_extension_user_id"), "extension", ["user_id"], unique=False)
    op.create_table(
        "import_batch",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "origin",
            sa.Enum("command", "upload", "watched", name="batchorigin", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("timezone", sa.String(length=64), nullable=True),
        sa.Column("manager_channel", sa.Integer(), nullable=True),
        sa.Column("cdr_format", sa.String(length=16), nullable=False),
        sa.Column("cdr_files", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column(
            "state",
            sa.Enum("running", "done", name="batchstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_import_batch_by_id_user")),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_import_batch_source_id_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
    )
    op.create_index(op.f("ix_import_batch_started_at"), "import_batch", ["started_at"], unique=False)
    op.create_table(
        "login",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_login_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_login_token_hash")),
    )
    op.create_index(op.f("ix_login_expires_at"), "login", ["expires_at"], unique=False)
    op.create_index(op.f("ix_login_user_id"), "login", ["user_id"], unique=False)
    op.create_table(
        "call",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column(
            "direction",
            sa.Enum("in", "out", "internal", "unknown", name="direction", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duration_s", sa.Integer(), nullable=True),
        sa.Column("talk_s", sa.Integer(), nullable=True),
        sa.Column(
            "disposition",
            sa.Enum(
                "answered",
                "no_answer",
                "busy",
                "failed",
                "unknown",
                name="disposition",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("manager_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("manager_extension", sa.String(length=32), nullable=True),
        sa.Column("client_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("client_number", sa.String(length=64), nullable=True),
        sa.Column(
            "lead_source",
            sa.Enum("cold", "warm", "hot", "existing", name="leadsource", native_enum=False, length=32),
            nullable=True,
        ),
        sa.Column("contact_no", sa.Integer(), nullable=True),
        sa.Column("crm_ref", sa.String(length=200), nullable=True),
        sa.Column("outcome", sa.String(length=64), nullable=True),
        sa.Column("cdr", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("batch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("transcribed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_call_batch_id_import_batch")
        ),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_call_client_id_client")),
        sa.ForeignKeyConstraint(["manager_id"], ["user.id"], name=op.f("fk_call_manager_id_user")),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_call_source_id_source")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
        sa.UniqueConstraint("source_id", "external_id", name=op.f("uq_call_source_id_external_id")),
    )
    op.create_index(op.f("ix_call_batch_id"), "call", ["batch_id"], unique=False)
    op.create_index("ix_call_client_id_started_at", "call", ["client_id", "started_at"], unique=False)
    op.create_index(
        "ix_call_disposition_list",
        "call",
        [
            "disposition",
            "started_at",
            "id",
            "talk_s",
            "transcribed_at",
            "scored_at",
            "direction",
            "lead_source",
            "manager_id",
            "client_id",
        ],
        unique=False,
    )
    op.create_index(
        "ix_call_list",
        "call",
        [
            "started_at",
            "id",
            "talk_s",
            "transcribed_at",
            "scored_at",
            "direction",
            "lead_source",
            "manager_id",
            "client_id",
            "disposition",
        ],
        unique=False,
    )
    op.create_index("ix_call_manager_id_started_at", "call", ["manager_id", "started_at", "id"], unique=False)
    op.create_table(
        "checklist_version",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("checklist_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("draft", "published", "archived", name="versionstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("title", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("applies_to", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["checklist_id"], ["checklist.id"], name=op.f("fk_checklist_version_checklist_id_checklist")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklist_version")),
        sa.UniqueConstraint("checklist_id", "number", name=op.f("uq_checklist_version_checklist_id_number")),
    )
    op.create_table(
        "import_row",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("batch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "imported",
                "duplicate",
                "refused",
                "cdr_without_audio",
                "audio_without_cdr",
                "without_manager",
                "notice",
                name="rowkind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("file", sa.String(length=500), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("call_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_import_row_batch_id_import_batch")
        ),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_import_row_call_id_call")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_row")),
    )
    op.create_index("ix_import_row_batch_id_kind", "import_row", ["batch_id", "kind"], unique=False)
    op.create_index(op.f("ix_import_row_call_id"), "import_row", ["call_id"], unique=False)
    op.create_table(
        "recording",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("call_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("filename", sa.String(length=500), nullable=False),
        sa.Column("storage_key", sa.String(length=200), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("codec", sa.String(length=32), nullable=False),
        sa.Column("channels", sa.Integer(), nullable=False),
        sa.Column("rate", sa.Integer(), nullable=False),
        sa.Column("duration_s", sa.Double(), nullable=False),
        sa.Column("lost_s", sa.Double(), nullable=False),
        sa.Column("manager_channel", sa.Integer(), nullable=True),
        sa.Column("playback_key", sa.String(length=200), nullable=True),
        sa.Column("peaks_key", sa.String(length=200), nullable=True),
        sa.Column(
            "state",
            sa.Enum("stored", "ready", "failed", name="recordingstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_recording_call_id_call")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording")),
        sa.UniqueConstraint("call_id", name=op.f("uq_recording_call_id")),
        sa.UniqueConstraint("sha256", name=op.f("uq_recording_sha256")),
    )
    op.create_table(
        "review",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("call_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reviewer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("checklist_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "state",
            sa.Enum("draft", "published", name="reviewstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("window", sa.String(length=36), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("first_score", sa.Double(), nullable=True),
        sa.Column("sections", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("spent_s", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_review_call_id_call")),
        sa.ForeignKeyConstraint(
            ["checklist_id"], ["checklist.id"], name=op.f("fk_review_checklist_id_checklist")
        ),
        sa.ForeignKeyConstraint(["reviewer_id"], ["user.id"], name=op.f("fk_review_reviewer_id_user")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["checklist_version.id"], name=op.f("fk_review_version_id_checklist_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint(
            "call_id", "reviewer_id", "checklist_id", name=op.f("uq_review_call_id_reviewer_id_checklist_id")
        ),
    )
    op.create_index(
        "ix_review_reviewer_id_state_updated_at",
        "review",
        ["reviewer_id", "state", "updated_at"],
        unique=False,
    )
    op.create_index("ix_review_state_published_at", "review", ["state", "published_at"], unique=False)
    op.create_index("ix_review_unread", "review", ["acknowledged_at", "state", "published_at"], unique=False)
    op.create_index(op.f("ix_review_version_id"), "review", ["version_id"], unique=False)
    op.create_table(
        "section",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("title", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["checklist_version.id"], name=op.f("fk_section_version_id_checklist_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_section")),
        sa.UniqueConstraint("version_id", "key", name=op.f("uq_section_version_id_key")),
    )
    op.create_table(
        "transcription",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("call_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("engine", sa.String(length=64), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "queued", "running", "done", "failed", name="transcriptionstate", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("progress", sa.Double(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("work_s", sa.Double(), nullable=True),
        sa.Column("lost_s", sa.Double(), nullable=False),
        sa.Column("spans", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("manager_name", sa.String(length=200), nullable=True),
        sa.Column("client_name", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_transcription_call_id_call")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transcription")),
        sa.UniqueConstraint("call_id", name=op.f("uq_transcription_call_id")),
    )
    op.create_index("ix_transcription_finished_at", "transcription", ["finished_at"], unique=False)
    op.create_index(
        "ix_transcription_state_lease_until", "transcription", ["state", "lease_until"], unique=False
    )
    op.create_table(
        "item",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("section_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("title", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("yes_no", "scale", "choice", "text", name="itemkind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column(
            "critical",
            sa.Enum("none", "section", "call", name="critical", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("bonus", sa.Boolean(), nullable=False),
        sa.Column("na_allowed", sa.Boolean(), nullable=False),
        sa.Column("scale_min", sa.Integer(), nullable=True),
        sa.Column("scale_max", sa.Integer(), nullable=True),
        sa.Column("options", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("critical_below", sa.Double(), nullable=True),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("comment_below", sa.Double(), nullable=True),
        sa.Column("reasons", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("guide", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("hints", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("applies_to", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["section_id"], ["section.id"], name=op.f("fk_item_section_id_section")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item")),
        sa.UniqueConstraint("section_id", "key", name=op.f("uq_item_section_id_key")),
    )
    op.create_table(
        "segment",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("transcription_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("channel", sa.Integer(), nullable=False),
        sa.Column(
            "speaker",
            sa.Enum("manager", "client", "unknown", name="speaker", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("start_s", sa.Double(), nullable=False),
        sa.Column("end_s", sa.Double(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("words", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.Column("removed", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["transcription_id"], ["transcription.id"], name=op.f("fk_segment_transcription_id_transcription")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segment")),
    )
    op.create_index(
        "ix_segment_transcription_id_start_s", "segment", ["transcription_id", "start_s"], unique=False
    )
    op.create_table(
        "speech_metrics",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("transcription_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("talk_share", sa.Double(), nullable=True),
        sa.Column("longest_monologue_s", sa.Double(), nullable=True),
        sa.Column("interruptions_by_manager", sa.Integer(), nullable=True),
        sa.Column("interruptions_by_client", sa.Integer(), nullable=True),
        sa.Column("silences", sa.Integer(), nullable=False),
        sa.Column("silence_s", sa.Double(), nullable=False),
        sa.Column("pace_wpm", sa.Double(), nullable=True),
        sa.Column("questions", sa.Integer(), nullable=True),
        sa.Column("fillers", sa.Integer(), nullable=True),
        sa.Column("first_word_s", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["transcription_id"],
            ["transcription.id"],
            name=op.f("fk_speech_metrics_transcription_id_transcription"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_speech_metrics")),
        sa.UniqueConstraint("transcription_id", name=op.f("uq_speech_metrics_transcription_id")),
    )
    op.create_table(
        "answer",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("review_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_answer_item_id_item")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_answer_review_id_review")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        sa.UniqueConstraint("review_id", "item_id", name=op.f("uq_answer_review_id_item_id")),
    )
    op.create_index(op.f("ix_answer_item_id"), "answer", ["item_id"], unique=False)
    op.create_table(
        "mark",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("review_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("item_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("start_s", sa.Double(), nullable=False),
        sa.Column("end_s", sa.Double(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"], name=op.f("fk_mark_item_id_item")),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_mark_review_id_review")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mark")),
    )
    op.create_index(op.f("ix_mark_review_id"), "mark", ["review_id"], unique=False)
    op.create_table(
        "revision",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("segment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "speaker",
            sa.Enum("manager", "client", "unknown", name="speaker", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("words", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_revision_by_id_user")),
        sa.ForeignKeyConstraint(["segment_id"], ["segment.id"], name=op.f("fk_revision_segment_id_segment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
        sa.UniqueConstraint("segment_id", "number", name=op.f("uq_revision_segment_id_number")),
    )

    # Teams and people refer to each other, so this key comes last; SQLite adds it by copying the (empty) table.
    with op.batch_alter_table("team") as batch_op:
        batch_op.create_foreign_key("fk_team_head_id_user", "user", ["head_id"], ["id"])

    for statement in TEXT_INDEXES[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    for table in TEXT_INDEX_TABLES:
        op.drop_table(table)
    with op.batch_alter_table("team") as batch_op:
        batch_op.drop_constraint("fk_team_head_id_user", type_="foreignkey")
    op.drop_table("revision")
    op.drop_index(op.f("ix_mark_review_id"), table_name="mark")
    op.drop_table("mark")
    op.drop_index(op.f("ix_answer_item_id"), table_name="answer")
    op.drop_table("answer")
    op.drop_table("speech_metrics")
    op.drop_index("ix_segment_transcription_id_start_s", table_name="segment")
    op.drop_table("segment")
    op.drop_table("item")
    op.drop_index("ix_transcription_state_lease_until", table_name="transcription")
    op.drop_index("ix_transcription_finished_at", table_name="transcription")
    op.drop_table("transcription")
    op.drop_table("section")
    op.drop_index(op.f("ix_review_version_id"), table_name="review")
    op.drop_index("ix_review_unread", table_name="review")
    op.drop_index("ix_review_state_published_at", table_name="review")
    op.drop_index("ix_review_reviewer_id_state_updated_at", table_name="review")
    op.drop_table("review")
    op.drop_table("recording")
    op.drop_index(op.f("ix_import_row_call_id"), table_name="import_row")
    op.drop_index("ix_import_row_batch_id_kind", table_name="import_row")
    op.drop_table("import_row")
    op.drop_table("checklist_version")
    op.drop_index("ix_call_manager_id_started_at", table_name="call")
    op.drop_index("ix_call_list", table_name="call")
    op.drop_index("ix_call_disposition_list", table_name="call")
    op.drop_index("ix_call_client_id_started_at", table_name="call")
    op.drop_index(op.f("ix_call_batch_id"), table_name="call")
    op.drop_table("call")
    op.drop_index(op.f("ix_login_user_id"), table_name="login")
    op.drop_index(op.f("ix_login_expires_at"), table_name="login")
    op.drop_table("login")
    op.drop_index(op.f("ix_import_batch_started_at"), table_name="import_batch")
    op.drop_table("import_batch")
    op.drop_index(op.f("ix_extension_user_id"), table_name="extension")
    op.drop_table("extension")
    op.drop_table("checklist")
    op.drop_index(op.f("ix_audit_entry_by_id"), table_name="audit_entry")
    op.drop_index(op.f("ix_audit_entry_at"), table_name="audit_entry")
    op.drop_index(op.f("ix_audit_entry_action"), table_name="audit_entry")
    op.drop_table("audit_entry")
    op.drop_index(op.f("ix_api_token_user_id"), table_name="api_token")
    op.drop_table("api_token")
    op.drop_index("uq_user_login_lower", table_name="user")
    op.drop_index(op.f("ix_user_team_id"), table_name="user")
    op.drop_index(op.f("ix_user_role"), table_name="user")
    op.drop_table("user")
    op.drop_table("watched_file")
    op.drop_index(op.f("ix_token_bucket_full_at"), table_name="token_bucket")
    op.drop_table("token_bucket")
    op.drop_index(op.f("ix_team_head_id"), table_name="team")
    op.drop_table("team")
    op.drop_table("source")
    op.drop_table("client")
