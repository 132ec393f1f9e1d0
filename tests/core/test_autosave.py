"""What becomes of a save that arrives: news, no news, or a conflict of two windows."""

from dataclasses import dataclass

import pytest
from flask import Flask

from qcapp.core.autosave import Conflict, is_news, note_save


@dataclass
class Save:
    revision: int
    window: str
    turn: int


@pytest.mark.parametrize(
    ("sent", "news"),
    [
        (Save(revision=4, window="new", turn=1), True),
        (Save(revision=3, window="old", turn=8), True),  # our answer to turn 7 got lost
        (Save(revision=4, window="old", turn=7), False),
        (Save(revision=4, window="old", turn=6), False),
    ],
)
def test_a_save_is_judged_by_its_window_and_order(sent: Save, news: bool) -> None:
    assert is_news(Save(4, "old", 7), sent, differs=True) is news


@pytest.mark.parametrize("revision", [3, 5])
def test_two_windows_conflict_where_they_differ(app: Flask, revision: int) -> None:
    sent = Save(revision, "new", 1)
    with app.app_context(), pytest.raises(Conflict) as refused:
        is_news(Save(4, "old", 7), sent, differs=True)
    assert refused.value.revision == 4
    assert is_news(Save(4, "old", 7), sent, differs=False)


def test_a_stored_save_is_remembered() -> None:
    stored = Save(4, "old", 7)
    note_save(stored, Save(4, "new", 1))
    assert stored == Save(5, "new", 1)
