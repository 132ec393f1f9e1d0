"""Entries of the audit log are sealed with a key, and commit to their facts so that these can be erased."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "a7d1c6f0b352"
down_revision: str | None = "e2a95d7710cb"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

COLUMNS = (("key_id", 16), ("salt", 32), ("facts_digest", 64), ("erasure", 100))


def upgrade() -> None:
    """The entries themselves are sealed by the product, which has the key (core/audit/sealing.py)."""
    for name, length in COLUMNS:
        op.add_column("audit_entry", sa.Column(name, sa.String(length=length), nullable=True))


def downgrade() -> None:
    for name, _length in reversed(COLUMNS):
        op.drop_column("audit_entry", name)
