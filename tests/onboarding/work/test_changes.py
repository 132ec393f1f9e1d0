"""What became of rows between two submissions: found by their ids, wherever they stand now."""

from hypothesis import given
from hypothesis import strategies as st

from qcapp.callscripts.diff import Change, side
from qcapp.onboarding.work.changes import Fate, compare
from qcapp.onboarding.work.rules import Row
from tests.onboarding.working import row

LISTS = st.lists(
    st.builds(
        Row,
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
        (1, Fate.SAME),
        (2, Fate.CHANGED),
        (None, Fate.GONE),
        (3, Fate.NEW),
        (4, Fate.SAME),
    ]
    changed = compare(old, new)[1].cells[0]
    assert [(piece.change, piece.text) for piece in changed] == [
        (Change.SAME, "Быстро"),
        (Change.ADDED, " за неделю"),
    ]


@given(LISTS, LISTS)
def test_both_lists_can_be_read_out_of_the_comparison(old: list[Row], new: list[Row]) -> None:
    found = compare(old, new)
    after = [each for each in found if each.fate is not Fate.GONE]
    assert [
        Row(id=each.id, cells=[side(cell, Change.REMOVED) for cell in each.cells]) for each in after
    ] == new
    assert [each.number for each in after] == list(range(1, len(new) + 1))
    before = {
        each.id: [side(cell, Change.ADDED) for cell in each.cells]
        for each in found
        if each.fate is not Fate.NEW
    }
    assert before == {each["id"]: each["cells"] for each in old}
    assert {each.id for each in found if each.fate is Fate.SAME} == {
        each["id"] for each in new if each in old
    }
