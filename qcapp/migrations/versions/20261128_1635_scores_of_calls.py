"""The newest score of a call is found by its call, in the order of publishing."""

from collections.abc import Sequence

from alembic import op

revision: str = "0d6b7e2f91ac"
down_revision: str | None = "f4a80b6c13d9"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index("ix_review_call_id_published_at", "review", ["call_id", "published_at", "id"])
    op.drop_index("ix_review_call_id", table_name="review")


def downgrade() -> None:
    op.create_index("ix_review_call_id", "review", ["call_id"])
    op.drop_index("ix_review_call_id_published_at", table_name="review")
