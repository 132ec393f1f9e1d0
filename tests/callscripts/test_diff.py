"""Two drafts word by word: from the pieces both of them come back."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from qcapp.callscripts import diff
from qcapp.callscripts.blocks import Block
from qcapp.callscripts.diff import DiffPiece, WordChange
from qcapp.callscripts.wording import DraftWording, Objection
from tests.callscripts.scripts import FULL, wording
from tests.callscripts.test_wording import wordings

prose = st.lists(
    st.sampled_from(["да", "нет", "по-другому", "Да", ",", ".", "«", " ", "  ", "\n", "1", "ё", "—"]),
    max_size=25,
).map("".join) | st.text(max_size=30)


@given(prose, prose)
def test_both_texts_come_back_out_of_the_pieces(old: str, new: str) -> None:
    pieces = diff.words(old, new)
    assert diff.side(pieces, WordChange.ADDED) == old
    assert diff.side(pieces, WordChange.REMOVED) == new
    assert all(piece.text for piece in pieces)
    assert all(first.change is not second.change for first, second in pairwise(pieces))


@given(prose)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert diff.words(text, text) == ((DiffPiece(WordChange.SAME, text),) if text else ())


@given(wordings, wordings)
def test_both_drafts_come_back_out_of_the_comparison(old: DraftWording, new: DraftWording) -> None:
    found = diff.compare(old, new)
    assert list(found) == list(Block)
    for block, each in found.items():
        assert each.changed == (old.text(block) != new.text(block)) or block is Block.OBJECTIONS
        if block is not Block.OBJECTIONS:
            assert diff.side(each.pieces, WordChange.ADDED) == old.text(block)
            assert diff.side(each.pieces, WordChange.REMOVED) == new.text(block)
    rows = found[Block.OBJECTIONS].rows
    assert tuple(row.old for row in rows if row.old) == old.objections
    assert tuple(row.new for row in rows if row.new) == new.objections
    for row in rows:
        for whole, change in ((row.old, WordChange.ADDED), (row.new, WordChange.REMOVED)):
            shown = Objection(diff.side(row.objection, change), diff.side(row.answer, change))
            assert shown == (whole or Objection("", ""))


def test_words_change_as_words() -> None:
    assert diff.words("Добрый день, это Макс.", "Добрый вечер, это Максим!") == (
        DiffPiece(WordChange.SAME, "Добрый"),
        DiffPiece(WordChange.REMOVED, " день"),
        DiffPiece(WordChange.ADDED, " вечер"),
        DiffPiece(WordChange.SAME, ", это"),
        DiffPiece(WordChange.REMOVED, " Макс."),
        DiffPiece(WordChange.ADDED, " Максим!"),
    )


def test_an_objection_put_in_between_moves_nothing_else() -> None:
    new = wording((FULL.objections[0], Objection("Пришлите на почту", "Что именно?"), FULL.objections[1]))
    rows = diff.compare(FULL, new)[Block.OBJECTIONS].rows
    assert [(row.old is None, row.new is None) for row in rows] == [
        (False, False),
        (True, False),
        (False, False),
    ]


def test_a_new_answer_stands_beside_the_old_one() -> None:
    new = wording((Objection("дорого!", "Сравнивали с чем?"), FULL.objections[1]))
    row = diff.compare(FULL, new)[Block.OBJECTIONS].rows[0]
    assert (row.old, row.new) == (FULL.objections[0], new.objections[0])
