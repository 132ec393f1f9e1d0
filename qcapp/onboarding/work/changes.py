"""What became of the rows of a deliverable between two times it was handed in. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from qcapp.callscripts.diff import Pieces, words
from qcapp.onboarding.work.rules import DeliverableRow


class RowFate(StrEnum):
    SAME = "same"
    CHANGED = "changed"
    NEW = "new"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """A row with what became of it; ``number`` is its place in the later list, counted from 1."""

    id: str
    number: int | None
    fate: RowFate
    cells: tuple[Pieces, ...]


def compare(old: Sequence[DeliverableRow], new: Sequence[DeliverableRow]) -> list[ComparedRow]:
    """The later rows in their order; a row that is gone follows the one it stood below."""
    before = {row["id"]: row["cells"] for row in old}
    gone = _gone_below(old, {row["id"] for row in new})
    found = list(gone.get(None, ()))
    for number, row in enumerate(new, start=1):
        found.append(_compared(number, row, before.get(row["id"])))
        found.extend(gone.get(row["id"], ()))
    return found


def _gone_below(old: Sequence[DeliverableRow], kept: set[str]) -> dict[str | None, list[ComparedRow]]:
    """The kept row above (None: there is none) → the rows that are gone below it."""
    above = None
    found: dict[str | None, list[ComparedRow]] = {}
    for row in old:
        if row["id"] in kept:
            above = row["id"]
        else:
            cells = tuple(words(cell, "") for cell in row["cells"])
            found.setdefault(above, []).append(ComparedRow(row["id"], None, RowFate.GONE, cells))
    return found


def _compared(number: int, row: DeliverableRow, before: Sequence[str] | None) -> ComparedRow:
    if before is None:
        cells = tuple(words("", cell) for cell in row["cells"])
        return ComparedRow(row["id"], number, RowFate.NEW, cells)
    cells = tuple(words(*pair) for pair in zip(before, row["cells"], strict=True))
    return ComparedRow(row["id"], number, RowFate.SAME if before == row["cells"] else RowFate.CHANGED, cells)
