"""The scripts that ship, and what is wrong with one that somebody adds."""

import pytest

from qcapp.callscripts.blocks import Block
from qcapp.callscripts.starters import parse, starters
from qcapp.callscripts.wording import Objection, missing
from qcapp.settings import ROOT


def test_a_starter_ships_for_each_of_the_three_cards_and_is_whole() -> None:
    assert set(starters()) == {"cold_first_contact", "hot_site_lead", "repeat_contact"}
    for key, starter in starters().items():
        assert (ROOT / "checklists" / f"{key}.yaml").exists()
        assert starter.title
        assert starter.about
        assert missing(starter.wording) == ()
        assert len(starter.wording.objections) >= 5


def test_a_starter_is_read_block_by_block() -> None:
    head = "# Имя\n\nО чём.\n\n## Цель звонка\n\nЗвоню, чтобы…\n- раз\n\n"
    text = head + "## Возражения\n\n### Дорого\n\nС чем\nсравниваете?\n"
    starter = parse(text, key="mine")
    assert (starter.title, starter.about) == ("Имя", "О чём.")
    assert starter.wording.text(Block.GOAL) == "Звоню, чтобы…\n- раз"
    assert starter.wording.objections == (Objection("Дорого", "С чем\nсравниваете?"),)


def test_a_heading_that_is_no_block_is_named() -> None:
    with pytest.raises(ValueError, match=r"mine\.md: “Прощание” is no block"):
        parse("# Имя\n\n## Прощание\n\nПока", key="mine")
