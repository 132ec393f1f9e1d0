"""The filters of the list of calls are answered for one manager, too, from an index alone."""

from collections.abc import Sequence

from alembic import op

revision: str = "e2a95d7710cb"
down_revision: str | None = "b81f4c0e6d3a"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.drop_index("ix_call_manager_id_started_at", table_name="call")
    op.create_index(
        "ix_call_manager_list",
        "call",
        [
            "manager_id",
            "started_at",
            "id",
            "talk_s",
            "transcribed_at",
            "scored_at",
            "direction",
            "lead_source",
            "client_id",
            "disposition",
        ],
    )


def downgrade() -> None:
    op.drop_index("ix_call_manager_list", table_name="call")
    op.create_index("ix_call_manager_id_started_at", "call", ["manager_id", "started_at", "id"])
