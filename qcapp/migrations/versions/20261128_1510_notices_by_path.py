"""Notices are looked up by the page they lead to."""

from collections.abc import Sequence

from alembic import op

revision: str = "c41f8a2be9d7"
down_revision: str | None = "5b0e47c1d9f3"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index("ix_notice_path", "notice", ["path"])


def downgrade() -> None:
    op.drop_index("ix_notice_path", "notice")
