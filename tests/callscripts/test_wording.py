"""What a script says, as values: stored and read again, what is missing, and which block answers which section."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qcapp.callscripts.blocks import Block, blocks_of
from qcapp.callscripts.wording import (
    TEXTS,
    DraftWording,
    Objection,
    missing,
    read,
    unfilled,
    untouched,
    written,
)
from tests.callscripts.scripts import FULL, wording

texts = st.text(max_size=40)
objections = st.lists(st.builds(Objection, texts, texts), max_size=5).map(tuple)
wordings = st.builds(DraftWording, st.fixed_dictionaries(dict.fromkeys(TEXTS, texts)), objections)


@given(wordings)
def test_a_wording_is_read_as_it_was_written_but_for_empty_rows(given: DraftWording) -> None:
    again = read(written(given))
    kept = tuple(each for each in given.objections if each.objection.strip() or each.answer.strip())
    assert again == DraftWording(given.texts, kept)
    assert list(written(given)) == list(Block)
    assert missing(again) == missing(given)


def test_every_block_has_to_be_written() -> None:
    assert missing(FULL) == ()
    assert missing(DraftWording()) == tuple(Block)
    assert missing(wording(greeting=" \n")) == (Block.GREETING,)


@pytest.mark.parametrize(
    "rows", [(), (Objection("", " "),), (Objection("Дорого", ""),), (Objection("", "Ответ"),)]
)
def test_objections_are_ready_when_each_has_its_answer(rows: tuple[Objection, ...]) -> None:
    assert missing(wording(rows)) == (Block.OBJECTIONS,)


def test_an_empty_row_between_others_does_not_matter() -> None:
    assert missing(wording((*FULL.objections, Objection("", "")))) == ()


def test_objections_read_as_a_text_with_their_answers() -> None:
    assert FULL.text(Block.OBJECTIONS).startswith("Дорого\nА с чем вы сравниваете?\n\nЯ подумаю")


@pytest.mark.parametrize(
    ("section", "blocks"),
    [
        ("greeting", [Block.GREETING]),
        ("goal", [Block.GOAL, Block.NEEDS]),
        ("presentation", [Block.PRESENTATION]),
        ("objections", [Block.OBJECTIONS]),
        ("close", [Block.CLOSING]),
        ("manners", []),
        ("", []),
    ],
)
def test_a_section_of_a_card_asks_about_blocks_of_a_script(section: str, blocks: list[Block]) -> None:
    assert list(blocks_of(section)) == blocks


def test_brackets_and_blocks_left_as_they_were_given_are_found() -> None:
    starter = wording(goal="Звоню, чтобы [цель].", closing="До [дня].")
    mine = wording(
        (Objection("Дорого", "С [чем] сравниваете?"),),
        goal="Звоню,\n чтобы [цель].",
        greeting="Здравствуйте!",
    )
    assert unfilled(mine) == (Block.GOAL, Block.OBJECTIONS)
    assert set(untouched(mine, starter)) == {Block.PREPARATION, Block.GOAL, Block.NEEDS, Block.PRESENTATION}
    assert untouched(DraftWording(), DraftWording()) == ()
    assert unfilled(wording(goal="Массив a[0, пустые []")) == ()
