"""In which order trainees stand on the board: what somebody has to decide comes first. Pure."""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from qcapp.onboarding.countdown import Countdown, countdown
from qcapp.onboarding.history import Record, stretches
from qcapp.onboarding.program.plan import WAY, Program
from qcapp.onboarding.rules import State, refusal_stands
from qcapp.terms import Stage


class BoardPlace(StrEnum):
    """Where somebody stands, in the order of the board."""

    OVERDUE = "overdue"
    """The time of the stage is over: prolong, repeat or part."""
    READY = "ready"
    """Every condition is met: somebody may decide about clearance."""
    REFUSED = "refused"
    """Every condition is met, and clearance was refused all the same; nothing has happened since."""
    ON_THE_WAY = "on_the_way"
    CLEARED = "cleared"
    GONE = "gone"


def time_left(program: Program, record: Record, today: date) -> Countdown | None:
    """How far the time of today's stage has run; None: it has no limit, or is not a stage of the way."""
    stay = record.now
    if stay.stage not in WAY or record.parted:
        return None
    plan = program.plan(stay.stage)
    return countdown(plan, stretches(record.stays), today, program.holidays)


def place_of(record: Record, time: Countdown | None, *, missing: int, active: bool) -> BoardPlace:
    """What is to be done about this trainee."""
    if record.parted or not active:
        return BoardPlace.GONE
    if record.now.stage is Stage.STAFF:
        return BoardPlace.CLEARED
    if time is not None and time.overdue:
        return BoardPlace.OVERDUE
    if missing:
        return BoardPlace.ON_THE_WAY
    return BoardPlace.REFUSED if refusal_stands(record) else BoardPlace.READY


def asked_by(stage: Stage, states: Sequence[State]) -> tuple[State, ...]:
    """The conditions that a trainee in this stage has to do with already."""
    if stage not in WAY[:-1]:
        return tuple(states)
    reached = WAY[: WAY.index(stage) + 1]
    return tuple(state for state in states if state.stage in reached)


def order(place: BoardPlace, record: Record, time: Countdown | None) -> tuple[int, date, int, date]:
    """Sort by this: the longest overdue first, then by how far somebody has come, and who came first."""
    last_day = time.last_day if time is not None and place is BoardPlace.OVERDUE else date.max
    far = tuple(Stage).index(record.now.stage)
    return (tuple(BoardPlace).index(place), last_day, -far, record.now.entered_on)
