"""erasure

Clients' data can be erased: what is left of it, how it is recognised, and the rules by which age erases.
CDR files of imports that are done are given up: each of their rows is kept with its call.

Revision ID: 7c1e5a9d3b20
Revises: 6c1f0a9d27be
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from qcapp.core.db import UTCDateTime

revision: str = "7c1e5a9d3b20"
down_revision: str | None = "c4d7a1f09e52"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
READABLE = sa.text("text_erased_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "file_to_remove",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_file_to_remove")),
    )
    op.create_table(
        "erasure",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("by_id", ID, nullable=True),
        sa.Column("by_age", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("counts", JSON, nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_erasure_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
    )
    op.add_column("call", sa.Column("sound_erased_at", UTCDateTime(timezone=True), nullable=True))
    op.add_column("call", sa.Column("text_erased_at", UTCDateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_call_readable",
        "call",
        ["started_at", "id"],
        sqlite_where=READABLE,
        postgresql_where=READABLE,
    )
    op.create_table(
        "erased_fingerprint",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("call_id", ID, nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], name=op.f("fk_erased_fingerprint_call_id_call")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_erased_fingerprint")),
    )
    _give_up_cdr_files()


def _give_up_cdr_files() -> None:
    batch = sa.table("import_batch", sa.column("id"), sa.column("state"), sa.column("cdr_files", JSON))
    to_remove = sa.table("file_to_remove", sa.column("key"))
    connection = op.get_bind()
    batches = connection.execute(sa.select(batch.c.id, batch.c.state, batch.c.cdr_files)).all()
    open_keys = {
        kept["key"] for _id, state, files in batches if state != "done" for kept in files if "key" in kept
    }
    given_up: set[str] = set()
    for batch_id, state, files in batches:
        if state != "done" or not any("key" in kept for kept in files):
            continue
        given_up |= {kept["key"] for kept in files if "key" in kept} - open_keys
        names = [{"name": kept["name"]} for kept in files]
        connection.execute(sa.update(batch).where(batch.c.id == batch_id).values(cdr_files=names))
    for key in sorted(given_up):
        connection.execute(sa.insert(to_remove).values(key=key))


def downgrade() -> None:
    op.drop_table("erased_fingerprint")
    op.drop_index("ix_call_readable", table_name="call")
    op.drop_column("call", "text_erased_at")
    op.drop_column("call", "sound_erased_at")
    op.drop_table("erasure")
    op.drop_table("file_to_remove")
