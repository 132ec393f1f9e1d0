"""What became of rows between two submissions: found by their ids, wherever they stand now."""

from hypothesis import given
from hypothesis import strategies as st

from qcapp.callscripts.diff import WordChange, side
from qcapp.onboarding.work.changes import RowFate, compare
from qcapp.onboarding.work.rules import DeliverableRow
from tests.onboarding.working import row

LISTS = st.lists(
    st.builds(
        DeliverableRow,
        id=st.sampled_from("abcdefgh"),
        cells=st.lists(st.text("xy ", max_size=5), min_size=2, max_size=2),
    ),
    max_size=8,
    unique_by=lambda each: each["id"],
)


def test_rows_are_known_again_when_they_moved_changed_or_lost_their_neighbours() -> None:
    old = [row("Быстро"), row("Дёшево"), row("Красиво"), row("Надёжно")]
    new = [row("Красиво"), row("Быстро за неделю", begun_as="Быстро"), row("Удобно"), row("Надёжно")]
    assert [(each.number, each.fate) for each in compare(old, new)] == [
        (1, RowFate.SAME),
        (2, RowFate.CHANGED),
        (None, RowFate.GONE),
        (3, RowFate.NEW),
        (4, RowFate.SAME),
    ]
    changed = compare(old, new)[1].cells[0]
    assert [(piece.change, piece.text) for piece in changed] == [
        (WordChange.SAME, "Быстро"),
        (WordChange.ADDED, " за неделю"),
    ]


@given(LISTS, LISTS)
def test_both_lists_can_be_read_out_of_the_comparison(
    old: list[DeliverableRow], new: list[DeliverableRow]
) -> None:
    found = compare(old, new)
    after = [each for each in found if each.fate is not RowFate.GONE]
    assert [
        DeliverableRow(id=each.id, cells=[side(cell, WordChange.REMOVED) for cell in each.cells])
        for each in after
    ] == new
    assert [each.number for each in after] == list(range(1, len(new) + 1))
    before = {
        each.id: [side(cell, WordChange.ADDED) for cell in each.cells]
        for each in found
        if each.fate is not RowFate.NEW
    }
    assert before == {each["id"]: each["cells"] for each in old}
    assert {each.id for each in found if each.fate is RowFate.SAME} == {
        each["id"] for each in new if each in old
    }
