"""From wherever decisions have led somebody, ordinary work leads to clearance: with the services, on both databases."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from sqlalchemy.orm import Session

from qcapp.calls.events import CallNoted
from qcapp.calls.models import Call
from qcapp.core import clock, events, local
from qcapp.onboarding import stages
from qcapp.onboarding.by_hand.service import move_by_hand
from qcapp.onboarding.clearance import service as clearance
from qcapp.onboarding.clearance.queries import standings_of
from qcapp.onboarding.models import Trainee
from qcapp.onboarding.rules import Happening
from qcapp.onboarding.sales import service as sales
from qcapp.onboarding.states import DeliverableKind
from qcapp.onboarding.work import answers, deliverables
from qcapp.terms import LeadSource, Stage
from tests.factories.calls import make_call
from tests.onboarding.on_the_way import PROGRAM, program_version
from tests.onboarding.working import typed
from tests.reviews.conftest import checklist, publish  # noqa: F401

ASKED = {
    "product": [{"kind": "reasons", "count": 1}],
    "cold_practice": [{"kind": "scored_calls", "count": 1}, {"kind": "score", "score": 60, "last": 1}],
    "internship": [{"kind": "sale", "count": 1}],
}
DOCUMENT = PROGRAM | {
    "key": "ways_back",
    "stages": [plan | {"conditions": ASKED.get(plan["stage"], [])} for plan in PROGRAM["stages"]],
    "clearance": [{"kind": "no_critical", "last": 2}],
}


@pytest.fixture
def trainee(session: Session, people: SimpleNamespace) -> Trainee:
    version = program_version(session, DOCUMENT)
    return stages.begin_onboarding(session, people.max, by=people.hanna, program=version)


def learn(session: Session, people: SimpleNamespace, trainee: Trainee) -> None:
    work = deliverables.open_deliverable(session, trainee, DeliverableKind.REASONS, by=people.max)
    deliverables.save(session, work, typed(["Растут продажи"]), by=people.max)
    submission = deliverables.submit(session, work, by=people.max)
    answers.accept_work(session, submission, by=people.tanya)


def call(session: Session, people: SimpleNamespace) -> Call:
    made = make_call(session, people.max, lead_source=LeadSource.COLD, started_at=clock.now())
    events.emit(session, CallNoted(made.id))
    return made


def sell(session: Session, people: SimpleNamespace) -> None:
    sale = sales.enter_sale(session, people.max, sold_on=local.today(), by=people.max)
    sales.confirm_sale(session, sale, by=people.roman)


@pytest.mark.parametrize(
    "decisions",
    [
        ["grant", "revoke"],
        ["learn", "grant", "revoke"],
        ["learn", "grant", "revoke", "grant", "call", "revoke", "repeat"],
        ["learn", "by_hand"],
        ["learn", "by_hand", "grant", "revoke"],
    ],
)
def test_ordinary_work_leads_to_clearance(
    session: Session,
    people: SimpleNamespace,
    trainee: Trainee,
    publish: Callable[..., object],  # noqa: F811
    decisions: list[str],
) -> None:
    def grant() -> None:
        clearance.grant_clearance(session, people.max, by=people.olga, reason="An old hand")

    def revoke() -> None:
        left = trainee.stages[-2].stage
        clearance.revoke_clearance(session, people.max, by=people.olga, reason="Sold air")
        assert trainee.stages[-1].stage is left

    def by_hand() -> None:
        move_by_hand(session, trainee, Stage.INTERNSHIP, by=people.olga, reason="Sold for years")

    deeds: dict[str, Callable[[], object]] = {
        "grant": grant,
        "revoke": revoke,
        "repeat": lambda: stages.move(session, trainee, Happening.REPEAT, why="Late", by=people.olga),
        "learn": lambda: learn(session, people, trainee),
        "call": lambda: publish(call(session, people), people.kira),
        "by_hand": by_hand,
    }
    for decision in decisions:
        deeds[decision]()
    if trainee.stages[-1].stage is Stage.PRODUCT:
        learn(session, people, trainee)
    for _call in range(2):
        publish(call(session, people), people.kira)
    sell(session, people)
    standing = standings_of(session, [people.max.id])[people.max.id]
    assert (standing.stage, standing.missing) == (Stage.INTERNSHIP, ())
    decision = clearance.grant_clearance(session, people.max, by=people.olga)
    assert decision.computed
