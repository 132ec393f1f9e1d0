"""A call says whether its start is known; of those there are, it was not where nothing in them tells it.

Such a call has only the time it came in: no row of an exchange or of a program that holds the start, and none in the
name of its recording. Erased calls and recordings of exams stay as they are.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from qcapp.calls.importers.facts import epoch_of
from qcapp.calls.importers.filenames import facts_of_name

revision: str = "5b0e47c1d9f3"
down_revision: str | None = "d71c5a90be34"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

WITHOUT_START = sa.text("NOT start_known")
CALL = sa.table(
    "call",
    sa.column("id", sa.BigInteger),
    sa.column("external_id", sa.String),
    sa.column("cdr", sa.JSON),
    sa.column("role_play", sa.Boolean),
    sa.column("text_erased_at", sa.DateTime(timezone=True)),
    sa.column("start_known", sa.Boolean),
)
RECORDING = sa.table("recording", sa.column("call_id", sa.BigInteger), sa.column("filename", sa.String))
AT_ONCE = 500


def upgrade() -> None:
    op.add_column("call", sa.Column("start_known", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.create_index(
        "ix_call_without_start",
        "call",
        ["started_at", "id"],
        sqlite_where=WITHOUT_START,
        postgresql_where=WITHOUT_START,
    )
    unknown = list(_unknown())
    for place in range(0, len(unknown), AT_ONCE):
        some = CALL.c.id.in_(unknown[place : place + AT_ONCE])
        op.get_bind().execute(sa.update(CALL).where(some).values(start_known=False))


def downgrade() -> None:
    op.drop_index("ix_call_without_start", table_name="call")
    op.drop_column("call", "start_known")


def _unknown() -> Sequence[int]:
    """What programs sent begins with the name of a source, which no exchange writes."""
    told = sa.cast(CALL.c.cdr, sa.Text)
    by_program = sa.and_(told.contains('"source"'), sa.not_(told.contains('"started_at"')))
    candidates = (
        sa.select(CALL.c.id, CALL.c.external_id, RECORDING.c.filename)
        .join_from(CALL, RECORDING, RECORDING.c.call_id == CALL.c.id)
        .where(
            sa.or_(CALL.c.cdr.is_(None), told == "null", by_program),
            sa.not_(CALL.c.role_play),
            CALL.c.text_erased_at.is_(None),
        )
    )
    return [
        call_id
        for call_id, external_id, filename in op.get_bind().execute(candidates)
        if epoch_of(external_id) is None and not _tells(filename)
    ]


def _tells(filename: str) -> bool:
    named = facts_of_name(filename)
    return named is not None and (named.local_start is not None or epoch_of(named.external_id) is not None)
