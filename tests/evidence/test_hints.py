"""What the transcript of a call shows, in a fixed number of queries."""

from types import SimpleNamespace

from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.models import Call
from qcapp.callscripts.blocks import Block
from qcapp.evidence.adherence import Heard
from qcapp.evidence.queries import Hints, hints
from qcapp.evidence.service import add_phrase, retire_phrase
from qcapp.transcripts.engine.types import Speaker
from qcapp.transcripts.models import Segment
from tests.evidence.calls import SAID, scripted, spoken_call
from tests.factories.calls import make_call
from tests.statements import statements


def shown(session: Session, call: Call) -> Hints:
    found = hints(session, call)
    assert found is not None
    return found


def test_each_block_says_whether_and_where_it_was_heard(session: Session, people: SimpleNamespace) -> None:
    scripted(session, people.max, people.lidia)
    found = shown(session, spoken_call(session, people.max))
    [greeting] = found.marks[Block.GREETING]
    assert (greeting.finding.heard, greeting.finding.at) == (Heard.SAID, 2.0)
    [goal] = found.marks[Block.GOAL]
    assert (goal.finding.heard, goal.finding.at) == (Heard.NOT_HEARD, None)
    assert Block.PREPARATION not in found.marks
    [answer] = found.marks[Block.OBJECTIONS]  # to the objection that was made; nobody waits for the other
    assert (answer.objection, answer.finding.heard) == ("Дорого", Heard.SAID)
    assert 62 <= (answer.finding.at or 0) < 68
    [extra] = found.extras
    assert extra.text.startswith("У нас большая скидка,")


def test_forbidden_phrases_come_with_every_second_and_what_to_say_instead(
    session: Session, people: SimpleNamespace
) -> None:
    call = spoken_call(session, people.max)
    phrase = add_phrase(session, "большая скидка", "Скидки не обещаем.", by=people.lidia)
    add_phrase(session, "слушаю вас", "Это говорит клиент.", by=people.lidia)
    found = shown(session, call)
    [said] = found.forbidden
    assert said.phrase is phrase
    assert [round(place.at) for place in said.places] == [92, 121]
    assert (found.scripted, found.marks, found.extras) == (False, {}, ())
    retire_phrase(session, phrase, by=people.lidia)
    assert shown(session, call).forbidden == []


def test_a_call_without_words_of_the_manager_shows_nothing(session: Session, people: SimpleNamespace) -> None:
    scripted(session, people.max, people.lidia)
    assert hints(session, make_call(session, people.max, transcribed=False)) is None
    call = spoken_call(session, people.max)
    for segment in session.scalars(select(Segment)):
        segment.speaker = Speaker.UNKNOWN
    session.flush()
    assert hints(session, call) is None


def test_what_was_taken_out_of_the_transcript_was_not_said(session: Session, people: SimpleNamespace) -> None:
    scripted(session, people.max, people.lidia)
    call = spoken_call(session, people.max, *SAID, (0, 130.0, 150.0, SAID[-2][3]))
    session.scalars(select(Segment).where(Segment.start_s == 2.0)).one().removed = "by_hand"
    session.flush()
    assert shown(session, call).marks[Block.GREETING][0].finding.heard is Heard.NOT_HEARD


def test_more_blocks_and_phrases_are_no_more_queries(session: Session, people: SimpleNamespace) -> None:
    scripted(session, people.max, people.lidia)
    call = spoken_call(session, people.max)
    counts = []
    for text in ("большая скидка", "фурнитура", "кожа", "молния"):
        add_phrase(session, text, "Не говорим.", by=people.lidia)
        session.flush()
        session.expire_all()
        session.refresh(call)
        with statements(session) as asked:
            shown(session, call)
        counts.append(len(asked))
    assert set(counts) == {3}
