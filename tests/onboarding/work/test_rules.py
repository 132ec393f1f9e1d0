"""What of a deliverable counts."""

from hypothesis import given
from hypothesis import strategies as st

from qcapp.onboarding.states import DeliverableKind
from qcapp.onboarding.work.rules import DeliverableRow, count, tidy, too_long
from tests.onboarding.working import plain, row

ROWS = st.lists(
    st.builds(
        DeliverableRow, id=st.uuids().map(str), cells=st.lists(st.text(max_size=20), min_size=1, max_size=4)
    ),
    max_size=10,
)


def test_a_row_of_spve_counts_when_all_four_cells_are_filled() -> None:
    typed = [["a", "b", "c", "d"], ["a", "b", " ", "d"], [""], ["", " "], ["a", "b"]]
    rows = tidy(DeliverableKind.SPVE, map(row, typed))
    assert plain(rows) == [["a", "b", "c", "d"], ["a", "b", "", "d"], ["a", "b", "", ""]]
    assert count(DeliverableKind.SPVE, rows) == 1


def test_reasons_are_kept_without_their_numbering_and_count_once() -> None:
    rows = tidy(DeliverableKind.REASONS, map(row, ["1. Быстро", "", "- Дёшево", "быстро!"]))
    assert plain(rows) == ["Быстро", "Дёшево", "быстро!"]
    assert count(DeliverableKind.REASONS, rows) == 2


def test_what_is_too_long_is_told_by_its_row() -> None:
    assert too_long(DeliverableKind.REASONS, map(row, ["ok", "x" * 500])) is None
    assert too_long(DeliverableKind.REASONS, map(row, ["ok", "x" * 501])) == 2
    assert too_long(DeliverableKind.SPVE, map(row, [["a", "x" * 1001, "", ""]])) == 1


@given(ROWS)
def test_tidying_a_table_is_done_once_and_loses_no_word_and_no_id(rows: list[DeliverableRow]) -> None:
    once = tidy(DeliverableKind.SPVE, rows)
    assert tidy(DeliverableKind.SPVE, once) == once
    filled = [each for each in rows if any(cell.replace("\0", " ").split() for cell in each["cells"])]
    assert [each["id"] for each in once] == [each["id"] for each in filled]
    words = [word for each in rows for cell in each["cells"] for word in cell.replace("\0", " ").split()]
    assert [word for each in once for cell in each["cells"] for word in cell.split()] == words
    assert count(DeliverableKind.SPVE, once) <= len(once)
