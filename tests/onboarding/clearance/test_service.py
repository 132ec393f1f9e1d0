"""Granting, refusing and revoking: never by the head, against the computed answer only with a reason."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.core import clock
from qcapp.core.audit import AuditEntry
from qcapp.core.errors import Forbidden, Refused
from qcapp.onboarding import stages
from qcapp.onboarding.clearance import service as clearance
from qcapp.onboarding.clearance.notices import READY
from qcapp.onboarding.models import ClearanceDecision, Trainee
from qcapp.onboarding.standing import stage_at
from qcapp.onboarding.states import Result, SaleState
from qcapp.onboarding.webhooks.models import WebhookDelivery
from qcapp.people import notice_words
from qcapp.people.models import Notice, User
from qcapp.terms import ClearanceVerdict, Stage
from tests.onboarding.on_the_way import make_sale, make_trainee

Service = Callable[..., ClearanceDecision]
SERVICES: dict[ClearanceVerdict, Service] = {
    ClearanceVerdict.GRANTED: clearance.grant_clearance,
    ClearanceVerdict.REFUSED: clearance.refuse_clearance,
    ClearanceVerdict.REVOKED: clearance.revoke_clearance,
    ClearanceVerdict.DECLARED: clearance.declare_staff,
}


@pytest.fixture
def trainee(session: Session, people: SimpleNamespace) -> Trainee:
    """An intern who lacks a sale, and nothing else."""
    return make_trainee(session, people.max)


@pytest.fixture
def sold(session: Session, people: SimpleNamespace, trainee: Trainee) -> None:
    make_sale(session, people.max, people.roman)


def told(session: Session) -> list[tuple[str, str]]:
    notices = session.scalars(select(Notice).where(Notice.kind.contains("clearance")).order_by(Notice.id))
    return [(notice.user.login, notice_words.sentence(notice)) for notice in notices]


@pytest.mark.usefixtures("sold")
def test_who_has_met_everything_is_cleared_without_a_word(
    session: Session, people: SimpleNamespace, trainee: Trainee
) -> None:
    decision = clearance.grant_clearance(session, trainee.manager, by=people.olga)
    assert (decision.computed, decision.reason) == (True, "")
    assert stage_at(session, people.max.id, clock.now()) is Stage.STAFF
    [condition] = decision.conditions
    assert (condition["key"], condition["stage"], condition["met"]) == ("sale", "internship", True)
    assert condition["sentence"] == "Confirmed sales: 1 of 1"
    assert [each["kind"] for each in condition["evidence"]] == ["sale"]
    assert trainee.stages[-2].result is Result.GRANTED


def test_with_something_missing_a_grant_needs_a_reason(
    session: Session, people: SimpleNamespace, trainee: Trainee
) -> None:
    for empty in ("", "  \n"):
        with pytest.raises(Refused, match="say why"):
            clearance.grant_clearance(session, trainee.manager, by=people.lidia, reason=empty)
    decision = clearance.grant_clearance(
        session, trainee.manager, by=people.lidia, reason=" Sold for years elsewhere "
    )
    assert (decision.computed, decision.reason) == (False, "Sold for years elsewhere")
    assert trainee.stages[-1].stage is Stage.STAFF
    assert trainee.stages[-2].why == "Sold for years elsewhere"


def test_what_was_said_of_a_sale_that_nobody_confirmed(
    session: Session, people: SimpleNamespace, trainee: Trainee
) -> None:
    make_sale(session, people.max, people.roman, state=SaleState.ENTERED)
    decision = clearance.refuse_clearance(session, trainee.manager, by=people.olga)
    assert decision.conditions[0]["met"] is False


@pytest.mark.usefixtures("sold")
def test_with_nothing_missing_a_refusal_needs_a_reason(
    session: Session, people: SimpleNamespace, trainee: Trainee
) -> None:
    with pytest.raises(Refused, match="say why"):
        clearance.refuse_clearance(session, trainee.manager, by=people.olga)
    decision = clearance.refuse_clearance(session, trainee.manager, by=people.olga, reason="Rude to a client")
    assert (decision.verdict, decision.computed) == (ClearanceVerdict.REFUSED, True)
    assert trainee.stages[-1].stage is Stage.INTERNSHIP


def test_a_refusal_that_agrees_with_the_computed_answer_needs_none(
    session: Session, people: SimpleNamespace, trainee: Trainee
) -> None:
    decision = clearance.refuse_clearance(session, trainee.manager, by=people.olga)
    assert (decision.computed, decision.reason) == (False, "")


@pytest.mark.usefixtures("sold")
def test_a_clearance_is_taken_away_with_a_reason_and_granted_again(
    session: Session, people: SimpleNamespace, trainee: Trainee
) -> None:
    with pytest.raises(Refused, match="nothing to take away"):
        clearance.revoke_clearance(session, trainee.manager, by=people.olga, reason="Late")
    clearance.grant_clearance(session, trainee.manager, by=people.olga)
    with pytest.raises(Refused, match="Say why"):
        clearance.revoke_clearance(session, trainee.manager, by=people.olga, reason=" ")
    with pytest.raises(Refused, match="cleared already"):
        clearance.grant_clearance(session, trainee.manager, by=people.lidia)
    clearance.revoke_clearance(session, trainee.manager, by=people.olga, reason="Sold air")
    assert [(stay.stage, stay.result) for stay in trainee.stages] == [
        (Stage.INTERNSHIP, Result.GRANTED),
        (Stage.STAFF, Result.REVOKED),
        (Stage.INTERNSHIP, None),
    ]
    clearance.grant_clearance(session, trainee.manager, by=people.lidia)
    assert trainee.stages[-1].stage is Stage.STAFF
    session.refresh(trainee)
    assert [each.verdict for each in trainee.decisions] == ["granted", "revoked", "granted"]


@pytest.mark.usefixtures("sold")
@pytest.mark.parametrize("who", ["roman", "oleg", "kira", "tanya", "hanna", "max", "anna"])
@pytest.mark.parametrize("verdict", ClearanceVerdict)
def test_nobody_else_decides_and_the_head_least_of_all(
    session: Session, people: SimpleNamespace, trainee: Trainee, who: str, verdict: ClearanceVerdict
) -> None:
    with pytest.raises(Forbidden):
        SERVICES[verdict](session, trainee.manager, by=getattr(people, who), reason="Because")
    assert trainee.decisions == []


@pytest.mark.usefixtures("sold")
def test_who_heads_the_team_decides_nothing_whatever_else_he_is(
    session: Session, people: SimpleNamespace, trainee: Trainee
) -> None:
    people.north.head = people.lidia
    session.flush()
    with pytest.raises(Forbidden, match="own team"):
        clearance.grant_clearance(session, trainee.manager, by=people.lidia)
    people.north.head = people.olga
    session.flush()
    assert clearance.grant_clearance(session, trainee.manager, by=people.olga)


def test_of_somebody_the_department_has_parted_with_nothing_is_decided(
    session: Session, people: SimpleNamespace, trainee: Trainee
) -> None:
    trainee.parted_at = trainee.stages[0].entered_at
    trainee.stages[0].result = Result.PARTED
    session.flush()
    for service in SERVICES.values():
        with pytest.raises(Refused, match="parted"):
            service(session, trainee.manager, by=people.olga, reason="Because")


@pytest.mark.usefixtures("sold")
def test_everybody_concerned_is_told_but_for_who_decided(
    session: Session, people: SimpleNamespace, trainee: Trainee, app: Flask
) -> None:
    trainee.coach = people.tanya
    clearance.grant_clearance(session, trainee.manager, by=people.lidia)
    others = "Lidia Lead has cleared Max Manager for hot leads: every condition is met."
    assert told(session) == [
        ("max", "You are cleared for hot leads."),
        ("tanya", others),
        ("roman", others),
        ("olga", others),
    ]


def test_why_it_was_decided_is_told_as_well(
    session: Session, people: SimpleNamespace, trainee: Trainee, app: Flask
) -> None:
    clearance.grant_clearance(session, trainee.manager, by=people.olga, reason="An old hand")
    assert told(session) == [
        ("max", "You are cleared for hot leads. Reason: An old hand"),
        (
            "roman",
            "Olga Owner has cleared Max Manager for hot leads although 1 condition is not met. "
            "Reason: An old hand",
        ),
        (
            "lidia",
            "Olga Owner has cleared Max Manager for hot leads although 1 condition is not met. "
            "Reason: An old hand",
        ),
    ]


@pytest.mark.usefixtures("sold")
def test_every_decision_is_in_the_audit_log_and_told_to_the_crm(
    session: Session, people: SimpleNamespace, trainee: Trainee, app: Flask
) -> None:
    app.extensions["qcapp_settings"].webhook_url = "https://crm.example/leads"
    clearance.refuse_clearance(session, trainee.manager, by=people.olga, reason="Not today")
    with pytest.raises(Refused, match="was refused: say why"):
        clearance.grant_clearance(session, trainee.manager, by=people.olga)
    clearance.grant_clearance(session, trainee.manager, by=people.olga, reason="Today")
    clearance.revoke_clearance(session, trainee.manager, by=people.olga, reason="Sold air")
    made = AuditEntry.action.like("clearance_%")
    entries = session.scalars(select(AuditEntry).where(made).order_by(AuditEntry.id)).all()
    assert [(entry.action, entry.by_id) for entry in entries] == [
        (f"clearance_{verdict}", people.olga.id) for verdict in ("refused", "granted", "revoked")
    ]
    assert {entry.thing for entry in entries} == {f"user:{people.max.id}"}
    assert entries[2].diff == {
        "computed": True,
        "missing": 0,
        "reason": "Sold air",
    }
    deliveries = select(WebhookDelivery.event).order_by(WebhookDelivery.id)
    assert session.scalars(deliveries).all() == ["clearance.granted", "clearance.revoked"]


DEEDS = st.tuples(
    st.sampled_from([*ClearanceVerdict, "sale", "no_sale"]), st.sampled_from(["", " ", "Because"])
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(DEEDS, max_size=8))
def test_nothing_clears_anybody_with_something_missing_and_no_reason_on_record(
    session: Session, people: SimpleNamespace, deeds: list[tuple[str, str]]
) -> None:
    """Whatever is decided, in whatever order: and of what was, nothing is ever forgotten."""
    session.rollback()  # what the example before has left
    trainee = make_trainee(session, people.max)
    sale = make_sale(session, people.max, people.roman, state=SaleState.REFUSED)
    past: list[tuple[int, object]] = []
    for deed, reason in deeds:
        if deed in ("sale", "no_sale"):
            sale.state = SaleState.CONFIRMED if deed == "sale" else SaleState.REFUSED
            session.flush()
            continue
        try:
            SERVICES[ClearanceVerdict(deed)](session, trainee.manager, by=people.olga, reason=reason)
        except Refused:
            continue
        now = history(session, trainee)
        assert now[: len(past)] == past
        past = now
    cleared = trainee.stages[-1].stage is Stage.STAFF
    made = session.scalars(select(ClearanceDecision).order_by(ClearanceDecision.id)).all()
    grants = [each for each in made if each.verdict is ClearanceVerdict.GRANTED]
    assert all(each.computed or each.reason for each in grants)
    assert all(each.computed == all(one["met"] for one in each.conditions) for each in made)
    weighty = [each.verdict for each in made if each.verdict is not ClearanceVerdict.REFUSED]
    assert (
        weighty
        == [ClearanceVerdict.GRANTED, ClearanceVerdict.REVOKED] * (len(weighty) // 2)
        + [ClearanceVerdict.GRANTED] * cleared
    )


def history(session: Session, trainee: Trainee) -> list[tuple[int, object]]:
    """What is over: decisions, and stays with how they were left."""
    mine = select(ClearanceDecision).where(ClearanceDecision.trainee_id == trainee.id)
    return [
        (each.id, (each.verdict, each.reason, each.computed))
        for each in session.scalars(mine.order_by(ClearanceDecision.id))
    ]


@pytest.mark.usefixtures("sold")
def test_whoever_decides_is_told_once_when_nothing_is_missing(
    session: Session, people: SimpleNamespace, trainee: Trainee
) -> None:
    for _again in range(2):
        stages.progress(session, trainee.id)
    ready = select(Notice).where(Notice.kind == "trainee_ready").order_by(Notice.user_id)
    assert {notice.user_id for notice in session.scalars(ready)} == {people.olga.id, people.lidia.id}
    assert {notice.path for notice in session.scalars(ready)} == {f"/clearance/{people.max.id}"}


@pytest.mark.usefixtures("sold")
def test_whoever_has_taken_the_clearance_away_is_not_asked_at_once_to_grant_it(
    session: Session, people: SimpleNamespace, trainee: Trainee, login: Callable[[User], FlaskClient]
) -> None:
    clearance.grant_clearance(session, people.max, by=people.olga)
    clearance.revoke_clearance(session, people.max, by=people.olga, reason="Sold air")
    ready = select(Notice.kind).where(Notice.kind.in_(READY)).distinct()
    assert session.scalars(ready).all() == []
    session.commit()
    page = login(people.olga).get(f"/clearance/{people.max.id}").text
    assert "The clearance was taken away on" in page
    assert "Your clearance was taken away on" in login(people.max).get("/").text
    stages.progress(session, trainee.id)
    assert session.scalars(ready).all() == ["trainee_ready_again"]


def test_nobody_is_told_while_something_is_missing(session: Session, trainee: Trainee) -> None:
    stages.progress(session, trainee.id)
    assert session.scalars(select(Notice).where(Notice.kind == "trainee_ready")).all() == []
