"""The order of the board: who is overdue, then who waits for a decision, then everybody on the way."""

from datetime import UTC, date, datetime, timedelta

import pytest

from qcapp.onboarding.board.rules import BoardPlace, asked_by, order, place_of, time_left
from qcapp.onboarding.history import Record, Stay
from qcapp.onboarding.program import plan as program
from qcapp.onboarding.rules import State
from qcapp.terms import Stage
from tests.onboarding.on_the_way import PROGRAM

START = datetime(2026, 10, 5, 7, tzinfo=UTC)
DAY_ONE = START.date()
SEVEN_DAYS = program.read(PROGRAM)


def at(stage: Stage, *, parted: bool = False, entered: date = DAY_ONE) -> Record:
    return Record(stays=(Stay(1, stage, 1, START, entered),), parted=parted)


def place(record: Record, today: date, *, missing: int = 1, active: bool = True) -> BoardPlace:
    return place_of(record, time_left(SEVEN_DAYS, record, today), missing=missing, active=active)


@pytest.mark.parametrize(
    ("days", "missing", "expected"),
    [
        (0, 1, BoardPlace.ON_THE_WAY),
        (6, 1, BoardPlace.ON_THE_WAY),
        (7, 1, BoardPlace.OVERDUE),
        (6, 0, BoardPlace.READY),
        (7, 0, BoardPlace.OVERDUE),
    ],
)
def test_the_last_day_is_still_in_time(days: int, missing: int, expected: BoardPlace) -> None:
    assert place(at(Stage.INTERNSHIP), DAY_ONE + timedelta(days=days), missing=missing) is expected


def test_staff_and_those_who_left_are_never_overdue() -> None:
    late = DAY_ONE + timedelta(days=100)
    assert place(at(Stage.STAFF), late, missing=0) is BoardPlace.CLEARED
    assert place(at(Stage.INTERNSHIP, parted=True), late) is BoardPlace.GONE
    assert place(at(Stage.INTERNSHIP), late, active=False) is BoardPlace.GONE
    assert time_left(SEVEN_DAYS, at(Stage.COLD_PRACTICE), late) is None


def test_the_longest_overdue_stands_on_top() -> None:
    today = DAY_ONE + timedelta(days=30)
    found = [
        (at(Stage.PRODUCT), 1),
        (at(Stage.INTERNSHIP, entered=today), 1),
        (at(Stage.COLD_PRACTICE), 0),
        (at(Stage.INTERNSHIP, entered=DAY_ONE + timedelta(days=1)), 1),
        (at(Stage.INTERNSHIP), 1),
    ]

    def key(one: tuple[Record, int]) -> tuple[int, date, int, date]:
        record, missing = one
        return order(place(record, today, missing=missing), record, time_left(SEVEN_DAYS, record, today))

    assert sorted(found, key=key) == [found[4], found[3], found[2], found[1], found[0]]


def test_what_later_stages_ask_for_comes_later() -> None:
    condition = program.Condition(kind=program.ConditionKind.SALE, count=1)
    stages = (Stage.PRODUCT, Stage.EXAM, Stage.INTERNSHIP, None)
    states = [State(condition, stage, False, 0, 1) for stage in stages]
    assert asked_by(Stage.PRODUCT, states) == tuple(states[:1])
    assert asked_by(Stage.COLD_PRACTICE, states) == tuple(states[:2])
    assert asked_by(Stage.INTERNSHIP, states) == tuple(states)
    assert asked_by(Stage.STAFF, states) == tuple(states)
