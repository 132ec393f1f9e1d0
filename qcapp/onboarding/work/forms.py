"""The JSON of the pages that save themselves: the two editors of the trainee, and the coach's answer."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, field_validator

from qcapp.core.autosave import Piece, SaveForm, understood
from qcapp.onboarding.work.answers import CoachAnswer
from qcapp.onboarding.work.deliverables import Typed
from qcapp.onboarding.work.rules import COLUMNS, DeliverableRow

LONGEST_COMMENT, LONGEST_ROW_COMMENT = 5_000, 1_000
Words = Annotated[str, Field(max_length=20_000)]


class RowForm(Piece):
    id: UUID
    cells: list[Words] = Field(min_length=1, max_length=COLUMNS)


class WorkForm(SaveForm):
    rows: list[RowForm] = Field(max_length=5_000)

    @field_validator("rows")
    @classmethod
    def _told_apart(cls, rows: list[RowForm]) -> list[RowForm]:
        if len({row.id for row in rows}) < len(rows):
            raise ValueError("two rows have one id")
        return rows


class CoachAnswerForm(SaveForm):
    comment: str = Field(max_length=LONGEST_COMMENT)
    rows: dict[UUID, Annotated[str, Field(max_length=LONGEST_ROW_COMMENT)]] = Field(max_length=5_000)


def read_editor(payload: Any) -> Typed:
    """What was typed; ``Refused`` when it comes from none of our pages."""
    form = understood(WorkForm, payload)
    rows = [DeliverableRow(id=str(row.id), cells=row.cells) for row in form.rows]
    return Typed(rows, form.revision, form.window, form.turn)


def read_answer(payload: Any) -> CoachAnswer:
    """What the coach has typed; ``Refused`` when it comes from none of our pages."""
    form = understood(CoachAnswerForm, payload)
    rows = {str(row): text for row, text in form.rows.items()}
    return CoachAnswer(form.comment, rows, form.revision, form.window, form.turn)
