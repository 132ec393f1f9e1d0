"""Texts are found by their month."""

from collections.abc import Sequence

from alembic import op

revision: str = "b81f4c0e6d3a"
down_revision: str | None = "5c1e7a90d2f4"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "UPDATE transcript_search SET stems = stems ||"
            " to_tsvector('simple', 'τ' || to_char(to_timestamp(id >> 28) AT TIME ZONE 'UTC', 'YYYYMM'))"
        )
    else:
        op.execute(
            "UPDATE transcript_search SET stems = stems || ' τ' || strftime('%Y%m', rowid >> 28, 'unixepoch')"
        )


def downgrade() -> None:
    """Labels of months harm nobody who does not ask for them."""
