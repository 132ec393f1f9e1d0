"""Windows hold every stretch of speech exactly once, are never too long, and their times lead back."""

from hypothesis import given
from hypothesis import strategies as st

from qcapp.transcripts.engine.packing import Stretch, Window, pack

WANTED = 30
LONGEST = 60


@st.composite
def stretches(draw: st.DrawFn) -> list[Stretch]:
    place = 0
    found = []
    for gap, length in draw(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 400)), max_size=12)):
        found.append(Stretch(place + gap, place + gap + length))
        place += gap + length
    return found


def loudness_for(found: list[Stretch]) -> list[float]:
    end = found[-1].end if found else 0
    return [float(frame * 7919 % 101) for frame in range(end + 1)]


@given(stretches())
def test_every_frame_of_speech_is_heard_once_and_in_order(found: list[Stretch]) -> None:
    windows = pack(found, loudness_for(found), WANTED, LONGEST)
    heard = [n for window in windows for part in window.stretches for n in range(part.start, part.end)]
    assert heard == [n for part in found for n in range(part.start, part.end)]


@given(stretches())
def test_no_window_is_longer_than_allowed_and_none_is_empty(found: list[Stretch]) -> None:
    assert all(0 < window.length <= LONGEST for window in pack(found, loudness_for(found), WANTED, LONGEST))


@given(stretches(), st.data())
def test_a_place_in_a_window_leads_back_to_its_frame(found: list[Stretch], data: st.DataObject) -> None:
    for window in pack(found, loudness_for(found), WANTED, LONGEST):
        place = data.draw(st.integers(0, window.length - 1))
        heard = [n for part in window.stretches for n in range(part.start, part.end)]
        assert window.source(place, window.locate(place)) == heard[place]


@given(stretches(), st.data())
def test_a_part_of_a_window_holds_what_is_heard_there(found: list[Stretch], data: st.DataObject) -> None:
    for window in pack(found, loudness_for(found), WANTED, LONGEST):
        start, end = sorted(data.draw(st.tuples(*[st.integers(0, window.length)] * 2)))
        heard = [n for part in window.stretches for n in range(part.start, part.end)]
        parts = window.part(start, end).stretches
        assert [n for part in parts for n in range(part.start, part.end)] == heard[start:end]


@given(st.integers(1, 100), st.floats(-10, 1000))
def test_a_time_beyond_the_window_stays_within_the_stretch(length: int, place: float) -> None:
    window = Window((Stretch(500, 500 + length),))
    assert 500 <= window.source(place, window.locate(place)) <= 500 + length


def test_a_monologue_is_cut_where_it_is_quietest() -> None:
    loudness = [1.0] * 100
    loudness[44:47] = [0.0] * 3
    first, second = pack([Stretch(0, 100)], loudness, WANTED, LONGEST)
    assert first.stretches == (Stretch(0, 45),)
    assert second.stretches == (Stretch(45, 100),)


def test_windows_are_filled_evenly() -> None:
    windows = pack([Stretch(n * 20, n * 20 + 13) for n in range(5)], [0.0] * 120, WANTED, LONGEST)
    assert [window.length for window in windows] == [26, 26, 13]


def test_a_stretch_without_a_pause_is_not_cut_for_the_wanted_length() -> None:
    windows = pack([Stretch(0, 10), Stretch(20, 75), Stretch(80, 90)], [0.0] * 100, WANTED, LONGEST)
    assert [window.length for window in windows] == [10, 55, 10]


def test_nothing_said_gives_no_window() -> None:
    assert pack([], [], WANTED, LONGEST) == []


def test_the_middle_is_the_joint_nearest_to_it() -> None:
    assert Window((Stretch(0, 10), Stretch(50, 70), Stretch(80, 85))).middle() == 10
    assert Window((Stretch(0, 10),)).middle() is None
