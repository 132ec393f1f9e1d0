"""Rows of deliverables have ids that stay with them; of submissions the coach comments on single rows, in an answer that saves itself."""

from collections.abc import Callable, Iterable, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "c40b7e91d5f2"
down_revision: str | None = "c2f84e1d7b60"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
DELIVERABLE = sa.table("deliverable", *map(sa.column, ("id", "kind")), sa.column("rows", JSON))
SUBMISSION = sa.table(
    "submission", *map(sa.column, ("id", "deliverable_id", "number")), sa.column("rows", JSON)
)


def upgrade() -> None:
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.add_column(sa.Column("row_comments", JSON, nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("window", sa.String(length=36), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("turn", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE submission SET updated_at = coalesce(at, submitted_at)")
    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.alter_column("updated_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        for name in ("row_comments", "revision", "window", "turn"):
            batch_op.alter_column(name, server_default=None)
    connection = op.get_bind()
    for work in connection.execute(sa.select(DELIVERABLE)).all():
        known: list[dict[str, Any]] = []
        handed_in = sa.select(SUBMISSION).where(SUBMISSION.c.deliverable_id == work.id)
        for submission in connection.execute(handed_in.order_by(SUBMISSION.c.number)).all():
            known = _with_ids(submission.rows, known)
            connection.execute(_write(SUBMISSION, submission.id, known))
        connection.execute(_write(DELIVERABLE, work.id, _with_ids(work.rows, known)))


def downgrade() -> None:
    connection = op.get_bind()
    kinds = {work.id: work.kind for work in connection.execute(sa.select(DELIVERABLE)).all()}
    for table, of in ((DELIVERABLE, "id"), (SUBMISSION, "deliverable_id")):
        for found in connection.execute(sa.select(table)).all():
            plain: Callable[[list[str]], Any] = list if kinds[getattr(found, of)] == "spve" else "".join
            connection.execute(_write(table, found.id, [plain(row["cells"]) for row in found.rows]))
    with op.batch_alter_table("submission", schema=None) as batch_op:
        for name in ("updated_at", "turn", "window", "revision", "row_comments"):
            batch_op.drop_column(name)


def _with_ids(rows: Iterable[Any], known: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows with ids: those of the same rows handed in before, and by their place of those that stood instead."""
    cells = [row if isinstance(row, list) else [row] for row in rows]
    matcher = SequenceMatcher(
        None, [str(row["cells"]) for row in known], [str(each) for each in cells], False
    )
    found = []
    for _tag, i1, i2, j1, j2 in matcher.get_opcodes():
        for before, now in list(zip_longest(known[i1:i2], cells[j1:j2]))[: j2 - j1]:
            found.append({"id": before["id"] if before else str(uuid4()), "cells": now})
    return found


def _write(table: Any, key: int, rows: list[dict[str, Any]]) -> sa.Update:
    return sa.update(table).where(table.c.id == key).values(rows=rows)
