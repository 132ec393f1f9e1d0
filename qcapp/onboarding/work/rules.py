"""What a deliverable of the first day holds, and how much of it counts. Pure."""

from collections.abc import Iterable, Sequence
from typing import Any

from qcapp.onboarding.states import Kind
from qcapp.onboarding.work import reasons

COLUMNS = 4  # of the SPVE table: property, use, benefits, emotions
LONGEST = {Kind.SPVE: 1000, Kind.REASONS: 500}  # letters of a cell or a line
MOST = 1000  # rows


def tidy(kind: Kind, rows: Iterable[Any]) -> list[Any]:
    """The rows as they are kept: SPVE in four cells each, reasons one a line, nothing that is empty."""
    if kind is Kind.REASONS:
        return [line for row in rows for line in reasons.clean(str(row))]
    cells = ([_one_line(cell) for cell in [*row, *[""] * COLUMNS][:COLUMNS]] for row in rows)
    return [row for row in cells if any(row)]


def count(kind: Kind, rows: Sequence[Any]) -> int:
    """What of it counts: rows with all four cells filled, or reasons that differ."""
    return reasons.count(rows) if kind is Kind.REASONS else sum(all(row) for row in rows)


def too_long(kind: Kind, rows: Sequence[Any]) -> int | None:
    """The number of the first row that is longer than it may be, counted from 1."""
    for number, row in enumerate(rows, start=1):
        if max(map(len, row if kind is Kind.SPVE else [row])) > LONGEST[kind]:
            return number
    return None


def _one_line(cell: object) -> str:
    return " ".join(str(cell).replace("\0", " ").split())
