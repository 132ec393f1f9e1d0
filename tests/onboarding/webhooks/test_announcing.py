"""Every change of the answer is told, whatever it comes from; a new address is told of everybody once."""

from itertools import pairwise
from types import SimpleNamespace

import pytest
from flask import Flask
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.core.db import Database
from qcapp.onboarding import stages
from qcapp.onboarding.clearance import service as clearance
from qcapp.onboarding.clearance.changes import stale
from qcapp.onboarding.clearance.models import ManagerAnswer
from qcapp.onboarding.models import Trainee
from qcapp.onboarding.webhooks import announcing
from qcapp.onboarding.webhooks import service as webhooks
from qcapp.onboarding.webhooks.models import WebhookDelivery
from qcapp.people import service as persons
from qcapp.people.models import User
from qcapp.settings import Settings
from qcapp.terms import Role, Stage
from tests.onboarding.on_the_way import make_trainee, program_version


@pytest.fixture(autouse=True)
def _address(app: Flask, settings: Settings) -> None:
    settings.webhook_url, settings.webhook_secret = "https://crm.example/hook", SecretStr("s")


@pytest.fixture
def staff(session: Session, people: SimpleNamespace) -> list[Trainee]:
    """Max and Sveta, cleared."""
    found = [make_trainee(session, person, Stage.STAFF) for person in (people.max, people.sveta)]
    session.commit()
    return found


def told(session: Session, *, about: User | None = None) -> list[WebhookDelivery]:
    session.commit()
    found = select(WebhookDelivery).order_by(WebhookDelivery.id)
    return list(session.scalars(found.where(WebhookDelivery.manager_id == about.id) if about else found))


def change(session: Session, user: User, people: SimpleNamespace, **facts: object) -> None:
    known = {
        "name": user.name,
        "role": user.role,
        "team": user.team,
        "extensions": [each.number for each in user.extensions],
        "email": user.email,
        "locale": user.locale,
    }
    persons.change_user(session, user, by=people.anna, **{**known, **facts})


def test_the_decision_is_named_with_an_onboarding_and_without(
    session: Session, people: SimpleNamespace
) -> None:
    decisions = [
        decide(session, people.max, by=people.olga, reason="Because").id
        for decide in (clearance.declare_staff, clearance.revoke_clearance)
    ]
    assert [each.payload["decision"] for each in told(session, about=people.max)] == decisions


def test_whatever_changes_the_answer_is_told_in_the_same_transaction(
    session: Session, people: SimpleNamespace
) -> None:
    new, _password = persons.add_user(
        session, by=people.anna, login="nina", name="Nina New", role=Role.MANAGER
    )
    change(session, new, people, extensions=["205"], name="Nina Newer")
    change(session, new, people, email="nina@example.com")  # which no program is told
    stages.begin_onboarding(session, new, by=people.hanna, program=program_version(session))
    clearance.grant_clearance(session, new, by=people.olga, reason="An old hand")
    persons.deactivate_user(session, new, by=people.anna)
    persons.reactivate_user(session, new, by=people.anna)
    change(session, new, people, role=Role.COACH, extensions=[])
    payloads = [each.payload for each in told(session, about=new)]
    assert payloads[1]["manager"] == {
        "id": new.id,
        "name": "Nina Newer",
        "login": "nina",
        "extensions": ["205"],
    }
    assert [(each["cleared"], each["stage"]) for each in payloads[2:]] == [
        (False, "technique"),
        (False, "exam"),
        (False, "cold_practice"),
        (False, "internship"),
        (True, "staff"),
        (False, "staff"),
        (False, "internship"),
        (False, "internship"),
    ]
    for before, after in pairwise([{"cleared": False}, *payloads]):
        turned = webhooks.GRANTED if after["cleared"] else webhooks.REVOKED
        assert after["event"] == (webhooks.CHANGED if before["cleared"] == after["cleared"] else turned)
    assert payloads[5]["lead_sources"] == ["cold", "warm"]
    assert payloads[-1]["lead_sources"] == []
    numbers = [each["sequence"] for each in payloads]
    assert numbers == sorted(set(numbers))
    assert [each.sequence for each in told(session, about=new)] == numbers


def test_people_who_never_were_managers_are_nobodys_business(
    session: Session, people: SimpleNamespace
) -> None:
    change(session, people.kira, people, name="Kira Other")
    assert told(session) == []
    assert session.scalars(select(ManagerAnswer)).all() == []


def test_what_no_event_has_told_of_the_sweep_tells(
    session: Session, people: SimpleNamespace, staff: list[Trainee]
) -> None:
    announcing.sweep()
    staff[0].stages[0].stage = Stage.INTERNSHIP
    people.sveta.active = False
    session.commit()
    announcing.sweep()
    for manager in (people.max, people.sveta):
        assert [each.event for each in told(session, about=manager)][1:] == ["clearance.revoked"]
    assert told(session, about=people.max)[-1].payload["stage"] == Stage.INTERNSHIP
    announcing.sweep()
    assert len(told(session)) == 4
    assert stale(session) == []


@pytest.mark.usefixtures("staff")
def test_an_address_that_is_set_is_told_of_everybody_once(
    session: Session, people: SimpleNamespace, settings: Settings
) -> None:
    settings.webhook_url = ""
    persons.deactivate_user(session, people.sveta, by=people.anna)
    announcing.sweep()
    assert told(session) == []
    for address in ("https://crm.example/hook", "https://other.example/hook", "https://other.example/hook"):
        settings.webhook_url = address
        announcing.sweep()
    everybody = [
        ("clearance.granted", people.max.id),
        ("clearance.changed", people.sveta.id),
    ]
    assert [(each.event, each.manager_id) for each in told(session)] == everybody * 2
    assert "other.example" not in told(session)[-1].address


@pytest.mark.usefixtures("staff")
def test_a_clearance_lost_while_no_address_was_set_is_told_as_a_revocation(
    session: Session, people: SimpleNamespace, settings: Settings
) -> None:
    announcing.sweep()
    settings.webhook_url, address = "", settings.webhook_url
    persons.deactivate_user(session, people.max, by=people.anna)
    session.commit()
    settings.webhook_url = address
    announcing.sweep()
    assert [each.event for each in told(session, about=people.max)][1:] == ["clearance.revoked"]


def test_a_rollback_takes_the_message_back(
    session: Session, database: Database, people: SimpleNamespace
) -> None:
    persons.deactivate_user(session, people.max, by=people.anna)
    session.rollback()
    assert told(session) == []
