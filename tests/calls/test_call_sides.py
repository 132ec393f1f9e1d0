"""On which channel the manager is, and all that follows from it."""

import pytest
from sqlalchemy import select

from qcapp.calls.lanes import lanes, side_of
from qcapp.calls.sides import place_manager, swap_sides
from qcapp.core.errors import Forbidden, Refused
from qcapp.transcripts import service
from qcapp.transcripts.models import Segment, SpeechMetrics
from tests.factories.calls import make_call
from tests.factories.transcripts import make_transcript

NAMES = {"manager": "Max", "client": "Shop", "unknown": "Speaker"}


def test_the_manager_is_above_the_client():
    assert [(lane.channel, lane.kind) for lane in lanes(2, 1, NAMES)] == [(1, "manager"), (0, "client")]


def test_unknown_sides_are_numbered():
    assert [lane.name for lane in lanes(2, None, NAMES)] == ["Speaker 1", "Speaker 2"]


def test_a_mixed_recording_has_one_lane_of_nobody():
    assert [(lane.kind, lane.name) for lane in lanes(1, None, NAMES)] == [("unknown", "Speaker")]
    assert side_of(0, 1, 0) == "unknown"


@pytest.fixture
def call(session, people):
    call = make_call(session, people.max, transcribed=False)
    make_transcript(session, call, (0, 0, 30, "Добрый день ну вот"), (1, 31, 41, "Сколько стоит?"))
    return call


def sides(session) -> dict[int, str]:
    return {segment.channel: segment.speaker for segment in session.scalars(select(Segment))}


def test_one_swap_turns_speakers_and_figures_round(session, people, call):
    figures = session.scalars(select(SpeechMetrics)).one()
    assert (figures.talk_share, figures.questions) == (pytest.approx(0.75), 0)
    swap_sides(session, call, by=people.kira)
    assert sides(session) == {0: "client", 1: "manager"}
    assert (figures.talk_share, figures.questions) == (pytest.approx(0.25), 1)
    swap_sides(session, call, by=people.kira)
    assert sides(session) == {0: "manager", 1: "client"}


def test_old_wordings_follow_the_swap(session, people, call):
    segment = session.scalars(select(Segment).where(Segment.channel == 0)).one()
    service.correct_segment(session, segment, "Добрый вечер", base=0, by=people.kira)
    swap_sides(session, call, by=people.kira)
    session.expire_all()
    assert {revision.speaker for revision in segment.revisions} == {"client"}


def test_an_unknown_side_can_be_said(session, people, call):
    call.recording.manager_channel = None
    place_manager(session, call, 1, by=people.kira)
    assert sides(session) == {0: "client", 1: "manager"}


def test_a_mixed_recording_has_no_sides_to_swap(session, people, call):
    call.recording.channels = 1
    with pytest.raises(Refused, match="one channel for each side"):
        swap_sides(session, call, by=people.kira)


@pytest.mark.parametrize("who", ["max", "roman", "tanya", "anna", "olga", "hanna"])
def test_who_is_judged_by_it_cannot_swap_sides(session, people, call, who):
    with pytest.raises(Forbidden):
        swap_sides(session, call, by=getattr(people, who))
