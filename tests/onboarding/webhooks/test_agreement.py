"""Whatever happens, in whatever order: who only reads webhooks, and who only asks at night, know what the API says."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.events import CallNoted
from qcapp.core import clock, events
from qcapp.core.errors import Refused
from qcapp.onboarding import stages
from qcapp.onboarding.by_hand.service import move_by_hand, possible
from qcapp.onboarding.clearance import service as clearance
from qcapp.onboarding.clearance.answers import answers_of
from qcapp.onboarding.clearance.models import LeadFlag
from qcapp.onboarding.current import current_trainee
from qcapp.onboarding.models import Trainee
from qcapp.onboarding.rules import Happening
from qcapp.onboarding.webhooks import announcing
from qcapp.onboarding.webhooks import service as webhooks
from qcapp.onboarding.webhooks.models import WebhookDelivery
from qcapp.people import service as persons
from qcapp.people import tokens
from qcapp.people.models import TokenScope, User
from qcapp.settings import Settings
from qcapp.terms import LeadSource, Role, Stage
from tests.conftest import OneConnection
from tests.factories.calls import make_call
from tests.onboarding import crm as servers
from tests.onboarding.on_the_way import make_trainee, program_version
from tests.onboarding.ordinary_work import afresh, few

START = datetime(2026, 10, 6, 7, 12, tzinfo=UTC)
ADDRESS = "/api/v1/managers"


@dataclass
class Listener:
    """A program that keeps of each manager what it has heard with the greatest number."""

    known: dict[int, dict[str, Any]] = field(default_factory=dict)

    def hear(self, told: dict[str, Any]) -> None:
        number = told["manager"]["id"]
        if number not in self.known or told["sequence"] >= self.known[number]["sequence"]:
            self.known[number] = {
                key: told[key] for key in ("manager", "cleared", "stage", "lead_sources", "sequence")
            }


class World:
    """The services under test, a CRM that fails at times, and what its programs know."""

    def __init__(
        self,
        session: Session,
        people: SimpleNamespace,
        crm: servers.Crm,
        settings: Settings,
        now: time_machine.Coordinates,
        ask: Callable[[str], Any],
    ) -> None:
        self.session, self.people, self.crm, self.settings = session, people, crm, settings
        self.now, self.ask = now, ask
        self.managers: list[User] = [people.max, people.sveta]
        self.nightly, self.as_of = Listener(), ""

    def do(self, deed: str, number: int) -> None:
        """What services refuse has not happened."""
        who = self.managers[number % len(self.managers)]
        try:
            getattr(self, deed)(who, number)
            self.session.commit()
        except Refused:
            self.session.rollback()

    def add(self, _who: User, _number: int) -> None:
        login = f"new{len(self.managers)}"
        user, _password = persons.add_user(
            self.session, by=self.people.anna, login=login, name=login, role=Role.MANAGER
        )
        self.session.commit()
        self.managers.append(user)

    def rename(self, who: User, number: int) -> None:
        self._change(who, name=f"Somebody {number}", extensions=[f"9{number}"])

    def promote(self, who: User, _number: int) -> None:
        self._change(who, role=Role.COACH)

    def demote(self, who: User, _number: int) -> None:
        self._change(who, role=Role.MANAGER)

    def _change(self, who: User, **facts: object) -> None:
        known = {
            "name": who.name,
            "role": who.role,
            "team": who.team,
            "extensions": [each.number for each in who.extensions],
            "email": who.email,
            "locale": who.locale,
        }
        persons.change_user(self.session, who, by=self.people.anna, **{**known, **facts})

    def deactivate(self, who: User, _number: int) -> None:
        persons.deactivate_user(self.session, who, by=self.people.anna)

    def reactivate(self, who: User, _number: int) -> None:
        persons.reactivate_user(self.session, who, by=self.people.anna)

    def begin(self, who: User, _number: int) -> None:
        program = program_version(self.session)
        stages.begin_onboarding(self.session, who, by=self.people.hanna, program=program, reason="Away")

    def grant(self, who: User, _number: int) -> None:
        clearance.grant_clearance(self.session, who, by=self.people.olga, reason="An old hand")

    def refuse(self, who: User, _number: int) -> None:
        clearance.refuse_clearance(self.session, who, by=self.people.olga, reason="No")

    def declare(self, who: User, _number: int) -> None:
        clearance.declare_staff(self.session, who, by=self.people.olga, reason="An old hand")

    def revoke(self, who: User, _number: int) -> None:
        clearance.revoke_clearance(self.session, who, by=self.people.olga, reason="Sold air")

    def repeat(self, who: User, _number: int) -> None:
        stages.move(self.session, self._trainee(who), Happening.REPEAT, why="Late", by=self.people.olga)

    def part(self, who: User, _number: int) -> None:
        stages.move(self.session, self._trainee(who), Happening.PART, why="Late", by=self.people.olga)

    def on(self, who: User, _number: int) -> None:
        trainee = self._trainee(who)
        for stage in possible(self.session, trainee)[-1:]:
            move_by_hand(self.session, trainee, stage, by=self.people.olga, reason="Sold for years")

    def _trainee(self, who: User) -> Trainee:
        found = current_trainee(self.session, who.id)
        if found is None:
            raise Refused("no trainee")
        return found

    def fail(self, _who: User, number: int) -> None:
        """The CRM answers so many of the next messages with an error, and may have understood them all the same."""
        self.crm.answers += [500] * (number + 1)

    def send(self, _who: User, _number: int) -> None:
        webhooks.send_due()

    def kill(self, _who: User, _number: int) -> None:
        """A worker takes a message and is gone."""
        due = select(WebhookDelivery.id).where(WebhookDelivery.next_at <= clock.now())
        if (delivery_id := self.session.scalar(due.limit(1))) is not None:
            webhooks.claimed(self.session, delivery_id)

    def resend(self, _who: User, number: int) -> None:
        newest = self.session.scalars(select(WebhookDelivery.id).order_by(WebhookDelivery.id.desc())).all()
        if newest:
            webhooks.resend(self.session, newest[number % len(newest)], by=self.people.olga)

    def wait(self, _who: User, number: int) -> None:
        self.now.shift(timedelta(minutes=7**number))

    def set_back(self, _who: User, number: int) -> None:
        """Somebody has put the server's clock right, or wrong: by minutes or by days."""
        self.now.shift(timedelta(minutes=-(7**number)))

    def night(self, _who: User, _number: int) -> None:
        """The nightly run of a program that hears no webhooks."""
        address, first = f"{ADDRESS}?changed_since={self.as_of}", None
        while address:
            answer = self.ask(address)
            first, address = first or answer["as_of"], answer["next"]
            for each in answer["managers"]:
                self.nightly.hear(each)
        self.as_of = first or ""

    # What no service does, so that no event tells of it
    def smuggle(self, who: User, _number: int) -> None:
        who.active = not who.active

    def restage(self, who: User, number: int) -> None:
        self._trainee(who).stages[-1].stage = [Stage.STAFF, *Stage][number]

    def sweep(self, _who: User, _number: int) -> None:
        announcing.sweep()

    def silence(self, _who: User, number: int) -> None:
        """No address is set, or one of several."""
        self.settings.webhook_url = f"{self.crm.url}?{number}" if number else ""

    def heard(self, *, failed_too: bool) -> Listener:
        """What a program knows that has understood what it took, or whatever has reached it."""
        listener = Listener()
        for each in self.crm.received:
            if each.status == 200 or failed_too:
                listener.hear(each.told)
        return listener

    def deliver_all(self) -> None:
        """The CRM is in order again, and time passes until nothing is waiting."""
        self.crm.answers = []
        waiting = select(WebhookDelivery.next_at).where(WebhookDelivery.next_at.is_not(None))
        while (due := self.session.scalar(waiting.order_by(WebhookDelivery.next_at))) is not None:
            self.now.move_to(max(due, clock.now() + timedelta(minutes=1)), tick=False)
            webhooks.send_due()
            self.session.expire_all()


@pytest.fixture
def crm(monkeypatch: pytest.MonkeyPatch) -> Iterator[servers.Crm]:
    monkeypatch.setenv("no_proxy", "*")
    with servers.serving() as crm:
        yield crm


@pytest.fixture
def ask(session: Session, client: FlaskClient, people: SimpleNamespace) -> Callable[[str], Any]:
    scope = TokenScope.READ_CLEARANCE
    _token, text = tokens.issue_token(session, by=people.anna, user=people.olga, name="CRM", scope=scope)
    session.commit()
    return lambda address: client.get(address, headers={"Authorization": f"Bearer {text}"}).json


def numbered(*deeds: str) -> st.SearchStrategy[list[tuple[str, int]]]:
    return st.lists(st.tuples(st.sampled_from(deeds), st.integers(0, 4)), max_size=14)


BY_SERVICES = ("add", "rename", "promote", "demote", "deactivate", "reactivate", "begin", "grant", "refuse")
BY_SERVICES += (
    "declare",
    "revoke",
    "repeat",
    "part",
    "fail",
    "send",
    "kill",
    "resend",
    "wait",
    "set_back",
    "night",
    "on",
)
UNTOLD = ("smuggle", "restage", "sweep", "silence")


@pytest.fixture
def play(
    database: OneConnection,
    people: SimpleNamespace,
    crm: servers.Crm,
    settings: Settings,
    ask: Callable[[str], Any],
) -> Callable[..., None]:
    def play(deeds: list[tuple[str, int]], *, sweep: bool) -> None:
        with time_machine.travel(START, tick=False) as now, afresh(database, people) as (session, cast):
            crm.received, crm.answers = [], []
            settings.webhook_url, settings.webhook_secret = crm.url, SecretStr("s")
            make_trainee(session, cast.max)
            session.commit()
            announcing.sweep()  # everybody is told once
            world = World(session, cast, crm, settings, now, ask)
            for deed, number in deeds:
                world.do(deed, number)
            settings.webhook_url = settings.webhook_url or crm.url
            if sweep:
                announcing.sweep()
            world.deliver_all()
            world.night(cast.max, 0)
            truth = Listener()
            for each in ask(ADDRESS)["managers"]:
                truth.hear(each)
            assert set(truth.known) == {each.id for each in world.managers}
            assert world.heard(failed_too=False) == truth
            assert world.heard(failed_too=True) == truth
            assert world.nightly == truth
            arrived: dict[int, int] = {}
            for told in (each.told for each in crm.received):
                assert told["sequence"] >= arrived.get(told["manager"]["id"], 0)
                arrived[told["manager"]["id"]] = told["sequence"]

    return play


@few
@given(deeds=numbered(*BY_SERVICES))
def test_events_alone_keep_the_crm_informed(play, deeds: list[tuple[str, int]]) -> None:
    play(deeds, sweep=False)


@few
@given(deeds=numbered(*BY_SERVICES, *UNTOLD))
def test_the_sweep_makes_good_what_no_event_told(play, deeds: list[tuple[str, int]]) -> None:
    play(deeds, sweep=True)


MOVING = (
    "add",
    "promote",
    "demote",
    "deactivate",
    "reactivate",
    "begin",
    "grant",
    "declare",
    "revoke",
    "part",
    "on",
)


@few
@given(deeds=numbered(*MOVING))
def test_a_call_is_flagged_as_the_answer_of_its_moment_says_then_and_later(
    database: OneConnection,
    people: SimpleNamespace,
    crm: servers.Crm,
    settings: Settings,
    ask: Callable[[str], Any],
    deeds: list[tuple[str, int]],
) -> None:
    with time_machine.travel(START, tick=False) as now, afresh(database, people) as (session, cast):
        world = World(session, cast, crm, settings, now, ask)
        cast.max.created_at = cast.sveta.created_at = START
        make_trainee(session, cast.max, Stage.COLD_PRACTICE)
        allowed: dict[int, bool] = {}
        for deed, number in [("wait", 0), *deeds]:
            world.do(deed, number)
            now.shift(60)
            who = world.managers[number % len(world.managers)]
            sources = answers_of(session, [who.id])[who.id].lead_sources
            for lead in (LeadSource.COLD, LeadSource.HOT):
                call = make_call(session, who, lead_source=lead, started_at=clock.now())
                events.emit(session, CallNoted(call.id))
                allowed[call.id] = lead in sources
            session.commit()
            now.shift(60)
        for _twice in range(2):
            flagged = set(session.scalars(select(LeadFlag.call_id)))
            assert {key: key not in flagged for key in allowed} == allowed
            for key in allowed:
                events.emit(session, CallNoted(key))
