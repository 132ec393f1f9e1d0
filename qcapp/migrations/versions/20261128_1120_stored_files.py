"""Digests of derived files, faults of stored files, and how far the comparison has come."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "3f0c5a9d7b21"
down_revision: str | None = "7c1e5a9d3b20"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("recording", sa.Column("playback_sha256", sa.String(length=64), nullable=True))
    op.add_column("recording", sa.Column("peaks_sha256", sa.String(length=64), nullable=True))
    op.create_table(
        "file_round",
        sa.Column("part", sa.String(length=8), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("part", name=op.f("pk_file_round")),
    )
    op.create_table(
        "file_fault",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("part", sa.String(length=8), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fault", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=True),
        sa.Column("call_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("batch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_file_fault_call_id_call")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_file_fault_batch_id_import_batch")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_fault")),
        sa.UniqueConstraint("key", name=op.f("uq_file_fault_key")),
    )
    op.create_index(op.f("ix_file_fault_part"), "file_fault", ["part"])


def downgrade() -> None:
    op.drop_table("file_fault")
    op.drop_table("file_round")
    op.drop_column("recording", "peaks_sha256")
    op.drop_column("recording", "playback_sha256")
