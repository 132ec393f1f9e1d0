"""For whom a trainee waits: what was handed in longest ago, else who examines or decides."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy.orm import Session

from qcapp.callscripts.blocks import DraftState
from qcapp.onboarding import rules
from qcapp.onboarding.board.deciders import Deciders
from qcapp.onboarding.board.rules import place_of, time_left
from qcapp.onboarding.board.waiting import Waits, Whom, waits_for
from qcapp.onboarding.history import MadeSale, QueuedCall, Record, ScriptDraftRecord, Stay, Work
from qcapp.onboarding.program import plan as program
from qcapp.onboarding.states import DeliverableKind, WorkState
from qcapp.people.models import User
from qcapp.terms import Stage
from tests.onboarding.on_the_way import PROGRAM, make_trainee

AT = datetime(2026, 10, 5, 7, tzinfo=UTC)
DAY = AT.date()
ASKED = {
    "product": [{"kind": "spve", "count": 1}, {"kind": "reasons", "count": 1}],
    "technique": [{"kind": "script"}],
    "exam": [{"kind": "exam", "mark": 3}],
    "cold_practice": [{"kind": "scored_calls", "count": 2}],
    "internship": [{"kind": "sale", "count": 1}],
}
ALL = program.read(
    PROGRAM
    | {
        "stages": [
            plan
            | {"conditions": ASKED.get(plan["stage"], [])}
            | ({"exam_card": "exam"} if plan["stage"] == "exam" else {})
            for plan in PROGRAM["stages"]
        ]
    }
)


def day(number: int) -> date:
    return DAY + timedelta(days=number)


def work(kind: DeliverableKind, state: WorkState, since: int) -> Work:
    return Work(1, kind, 1, state, 1, day(since))


def picked(source: str, since: int) -> QueuedCall:
    return QueuedCall(AT, source, Stage.COLD_PRACTICE, day(since))


DONE = (
    work(DeliverableKind.SPVE, WorkState.ACCEPTED, 0),
    work(DeliverableKind.REASONS, WorkState.ACCEPTED, 0),
)
SCRIPT = (ScriptDraftRecord(1, DraftState.APPROVED, AT, DAY),)


@pytest.mark.parametrize(
    ("stage", "made", "expected"),
    [
        (Stage.PRODUCT, {}, None),
        (Stage.PRODUCT, {"works": (work(DeliverableKind.SPVE, WorkState.RETURNED, 1),)}, None),
        (
            Stage.PRODUCT,
            {
                "works": (
                    work(DeliverableKind.SPVE, WorkState.SUBMITTED, 2),
                    work(DeliverableKind.REASONS, WorkState.SUBMITTED, 1),
                )
            },
            Waits(Whom.COACH, day(1)),
        ),
        (
            Stage.TECHNIQUE,
            {"works": DONE, "drafts": (ScriptDraftRecord(1, DraftState.SUBMITTED, AT, day(3)),)},
            Waits(Whom.COACH, day(3)),
        ),
        (Stage.EXAM, {"works": DONE, "drafts": SCRIPT}, Waits(Whom.COACH, DAY)),
        (Stage.EXAM, {"works": DONE}, None),
        (Stage.COLD_PRACTICE, {"queued": (picked("cold", 1), picked("hot", 2))}, None),
        (
            Stage.COLD_PRACTICE,
            {"queued": (picked("cold", 1), picked("hot", 2), picked("cold", 3), picked("cold", 4))},
            Waits(Whom.QUALITY, day(3)),
        ),
        (
            Stage.INTERNSHIP,
            {"sales": (MadeSale(1, day(1), confirmed=False, since=day(2)),)},
            Waits(Whom.SALE, day(2)),
        ),
    ],
)
def test_the_longest_wait_counts(
    stage: Stage, made: dict[str, tuple[object, ...]], expected: Waits | None
) -> None:
    record = Record(stays=(Stay(1, stage, 1, AT, DAY),), **made)  # type: ignore[arg-type]
    states = rules.all_conditions(ALL, record)
    time = time_left(ALL, record, DAY)
    missing = sum(not state.met for state in states)
    place = place_of(record, time, missing=missing, active=True)
    assert waits_for(place, ALL, record, states, time=time, told_on=None) == expected


def test_a_wait_since_today_has_no_days_yet() -> None:
    assert [Waits(Whom.COACH, DAY).days(day(number)) for number in (0, 2)] == [0, 2]


def test_whoever_may_decide_is_named(session: Session, people: SimpleNamespace) -> None:
    trainee = make_trainee(session, people.max)

    def named(whom: Whom, besides: User | None = None) -> list[str]:
        return [
            each.login for each in Deciders(session).of(trainee, Waits(whom, DAY, besides and besides.id))
        ]

    assert named(Whom.COACH) == ["lidia", "tanya"]
    trainee.coach = people.lidia
    assert named(Whom.COACH) == ["lidia"]
    people.lidia.active = False
    assert named(Whom.COACH) == ["tanya"]
    assert named(Whom.DECIDER) == ["olga"]
    assert named(Whom.QUALITY) == []
    assert named(Whom.SALE) == ["olga", "roman"]
    assert named(Whom.SALE, besides=people.roman) == ["olga"]
