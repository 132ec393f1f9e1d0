"""What the calls of the demo show, heard without a mistake."""

import json
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from qcapp.callscripts.blocks import Block
from qcapp.checklists.card_files import read_card
from qcapp.checklists.service import load_card
from qcapp.demo.calendar import Calendar
from qcapp.demo.cast import add_cast
from qcapp.demo.command import RECORDINGS
from qcapp.demo.training import begin_training
from qcapp.evidence.adherence import Heard
from qcapp.evidence.queries import Hints, hints
from qcapp.settings import ROOT
from tests.factories.calls import make_call
from tests.factories.transcripts import make_transcript

BLOCKS = (Block.GREETING, Block.GOAL, Block.NEEDS, Block.PRESENTATION, Block.CLOSING)


def heard(session: Session, login: str, recording: str) -> Hints:
    """The hints of a recording, its truth taken for the transcript."""
    manager = add_cast(session)[login]
    [file] = RECORDINGS.glob(f"{recording}*.json")
    truth = json.loads(file.read_text(encoding="utf-8"))
    call = make_call(session, manager, transcribed=False)
    call.started_at = datetime.fromisoformat(truth["started_at"]) + Calendar.of(session).by
    turns = (
        (turn["speaker"] != "manager", turn["start"], turn["end"], turn["text"]) for turn in truth["turns"]
    )
    make_transcript(session, call, *((int(channel), *rest) for channel, *rest in turns))
    found = hints(session, call)
    assert found is not None
    return found


@pytest.fixture
def trained(session: Session) -> None:
    users = add_cast(session)
    load_card(session, read_card(ROOT / "checklists" / "exam.yaml"), by=users["qclead"])
    begin_training(session, users)


@pytest.mark.usefixtures("trained")
def test_a_good_call_follows_the_own_script(session: Session) -> None:
    found = heard(session, "manager", "out-74970140231-201")
    assert {found.marks[block][0].finding.heard for block in BLOCKS} == {Heard.SAID}
    assert [mark.objection for mark in found.marks[Block.OBJECTIONS]] == ["У нас уже есть подрядчик"]
    assert found.forbidden == []


@pytest.mark.usefixtures("trained")
def test_a_bad_call_has_little_of_the_script_and_a_forbidden_phrase(session: Session) -> None:
    found = heard(session, "rozhkova", "out-89460152207-205")
    assert [found.marks[block][0].finding.heard for block in BLOCKS] == [
        Heard.PARTLY,
        Heard.NOT_HEARD,
        Heard.NOT_HEARD,
        Heard.NOT_HEARD,
        Heard.NOT_HEARD,
    ]
    [said] = found.forbidden
    assert said.phrase.text == "много лет на рынке"
    assert [round(place.at) for place in said.places] == [40]


@pytest.mark.usefixtures("trained")
def test_forbidden_phrases_are_heard_where_no_script_was_in_force(session: Session) -> None:
    found = heard(session, "korablev", "out-79460114420-202")
    assert (found.scripted, found.marks) == (False, {})
    assert [said.phrase.text for said in found.forbidden] == ["гарантирую первое место"]
