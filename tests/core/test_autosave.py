"""What becomes of a save that arrives: news, no news, or a conflict of two windows."""

import re
from dataclasses import dataclass

import pytest
from flask import Flask

from qcapp.core.autosave import Conflict, Seen, demand_seen, is_news, note_save, seen_in
from qcapp.core.errors import Refused
from qcapp.settings import ROOT

TEMPLATES = ROOT / "qcapp" / "templates"


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


def test_a_window_removes_only_what_it_has_seen(app: Flask) -> None:
    stored = Save(4, "old", 7)
    demand_seen(stored, Seen(4, "new"))
    demand_seen(stored, Seen(3, "old"))  # it has saved last itself, and our answer is on its way
    with app.app_context():
        for sent in ({"revision": "3", "window": "new"}, {"revision": "²"}, {}):
            with pytest.raises(Refused, match="another window"):
                demand_seen(stored, seen_in(sent))


def test_every_form_that_removes_a_draft_says_what_it_has_seen() -> None:
    """Those that send to an address called discard, and those that ask for the draft to go as well."""
    removes = re.compile(r'\.discard"|"discard": "yes"|name="discard"')
    says = re.compile(rf"({removes.pattern}).{{0,400}}?\bseen\(", re.DOTALL)
    pages = {str(path): path.read_text() for path in TEMPLATES.rglob("*.html")}
    assert sum(len(removes.findall(page)) for page in pages.values()) > 5
    assert [
        name for name, page in pages.items() if len(removes.findall(page)) != len(says.findall(page))
    ] == []
