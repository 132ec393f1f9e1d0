"""What of a deliverable counts."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from qcapp.onboarding.states import Kind
from qcapp.onboarding.work.rules import count, tidy, too_long

CELLS = st.lists(st.text(max_size=20), max_size=6)


def test_a_row_of_spve_counts_when_all_four_cells_are_filled() -> None:
    rows = tidy(
        Kind.SPVE, [["a", "b", "c", "d"], ["a", "b", " ", "d"], [], ["", " "], ["a", "b", "c", "d", "e"]]
    )
    assert rows == [["a", "b", "c", "d"], ["a", "b", "", "d"], ["a", "b", "c", "d"]]
    assert count(Kind.SPVE, rows) == 2


def test_reasons_come_one_a_line_and_count_once() -> None:
    rows = tidy(Kind.REASONS, ["1. Быстро\n2. Дёшево", "", "быстро!"])
    assert rows == ["Быстро", "Дёшево", "быстро!"]
    assert count(Kind.REASONS, rows) == 2


def test_what_is_too_long_is_told_by_its_row() -> None:
    assert too_long(Kind.REASONS, ["ok", "x" * 500]) is None
    assert too_long(Kind.REASONS, ["ok", "x" * 501]) == 2
    assert too_long(Kind.SPVE, [["a", "x" * 1001, "", ""]]) == 1


@given(st.lists(CELLS, max_size=10))
def test_tidying_a_table_is_done_once_and_loses_no_word(rows: list[list[Any]]) -> None:
    once = tidy(Kind.SPVE, rows)
    assert tidy(Kind.SPVE, once) == once
    words = [word for row in rows for cell in row[:4] for word in cell.replace("\0", " ").split()]
    assert [word for row in once for cell in row for word in cell.split()] == words
    assert count(Kind.SPVE, once) <= len(once)
