"""What a deliverable of the first day holds, and how much of it counts. Pure."""

from collections.abc import Iterable, Sequence
from typing import TypedDict

from qcapp.onboarding.states import DeliverableKind
from qcapp.onboarding.work import reasons

COLUMNS = 4  # of the SPVE table: property, use, benefits, emotions
LONGEST = {DeliverableKind.SPVE: 1000, DeliverableKind.REASONS: 500}  # letters of a cell or a line
MOST = 1000  # rows


class DeliverableRow(TypedDict):
    """A row of the SPVE table with its four cells, or a reason with one.

    The id is given by the editor that adds the row and stays, whatever is written in it and wherever it is moved.
    """

    id: str
    cells: list[str]


def tidy(kind: DeliverableKind, rows: Iterable[DeliverableRow]) -> list[DeliverableRow]:
    """The rows as they are kept: SPVE in four cells each, reasons without numbering, nothing that is empty."""
    tidied = (DeliverableRow(id=row["id"], cells=_tidy_cells(kind, row["cells"])) for row in rows)
    return [row for row in tidied if any(row["cells"])]


def count(kind: DeliverableKind, rows: Sequence[DeliverableRow]) -> int:
    """What of it counts: rows with all four cells filled, or reasons that differ."""
    if kind is DeliverableKind.REASONS:
        return reasons.count(lines(rows))
    return sum(all(row["cells"]) for row in rows)


def lines(rows: Iterable[DeliverableRow]) -> list[str]:
    """The texts of reasons."""
    return [row["cells"][0] for row in rows]


def too_long(kind: DeliverableKind, rows: Iterable[DeliverableRow]) -> int | None:
    """The number of the first row that is longer than it may be, counted from 1."""
    for number, row in enumerate(rows, start=1):
        if max(map(len, row["cells"])) > LONGEST[kind]:
            return number
    return None


def _tidy_cells(kind: DeliverableKind, cells: Sequence[str]) -> list[str]:
    if kind is DeliverableKind.REASONS:
        return [" ".join(line for cell in cells for line in reasons.clean(_printable(cell)))]
    return [" ".join(_printable(cell).split()) for cell in [*cells, *[""] * COLUMNS][:COLUMNS]]


def _printable(text: str) -> str:
    return text.replace("\0", " ")
