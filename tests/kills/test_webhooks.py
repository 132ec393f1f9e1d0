"""A worker is killed while it tells the CRM: at least once under one number, never an old answer after a newer."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from flask import Flask
from pydantic import SecretStr
from sqlalchemy import func, select

from qcapp.core.db import Database
from qcapp.onboarding.clearance import service as clearance
from qcapp.onboarding.webhooks.models import WebhookDelivery
from qcapp.onboarding.webhooks.service import CLAIM, SEND
from qcapp.people.models import User
from qcapp.settings import Settings
from tests.kills.fate import Fate
from tests.onboarding.crm import Crm, serving
from tests.onboarding.on_the_way import make_trainee

SOON, WHEN_THE_CLAIM_IS_OVER = 1, int(CLAIM.total_seconds()) + 1


@pytest.fixture
def crm(monkeypatch: pytest.MonkeyPatch) -> Iterator[Crm]:
    monkeypatch.setenv("no_proxy", "*")
    with serving() as crm:
        yield crm


@pytest.fixture
def settings(settings: Settings, crm: Crm) -> Settings:
    settings.webhook_url, settings.webhook_secret = crm.url, SecretStr("between us")
    return settings


def test_telling_the_crm(
    crm: Crm, app: Flask, committed: Database, cast: SimpleNamespace, run: Callable[..., bool], fate: Fate
) -> None:
    with committed.transaction() as session:
        make_trainee(session, session.get_one(User, cast.max.id))

    def decide(number: int) -> bool:
        """Grant or revoke, and have the CRM told."""
        decision = (clearance.grant_clearance, clearance.revoke_clearance)[number % 2]
        with committed.transaction() as session:
            max_manager, olga = (session.get_one(User, each.id) for each in (cast.max, cast.olga))
            decision(session, max_manager, by=olga, reason="Because")
        return run(SEND, SOON)

    def untold() -> int:
        with committed.reading() as session:
            waiting = select(func.count(WebhookDelivery.id)).where(WebhookDelivery.delivered_at.is_(None))
            return session.scalar(waiting) or 0

    moments = []
    for number in fate.deaths(decide):
        arrived = {int(each.headers["X-Qcapp-Delivery"]) for each in crm.received}
        moments.append((len(arrived) > number, untold()))
        assert run(SEND, WHEN_THE_CLAIM_IS_OVER)
        assert untold() == 0
    # claimed or not: not sent; sent and not noted; sent and noted
    assert moments == [(False, 1), (False, 1), (True, 1), (True, 0)]
    messages = defaultdict(set)
    for each in crm.received:
        messages[each.headers["X-Qcapp-Delivery"]].add(each.body)
    assert [len(bodies) for bodies in messages.values()] == [1] * 5
    assert len(crm.received) == 6  # the one that was sent and not noted, twice
    numbers = [each.told["sequence"] for each in crm.received]
    assert numbers == sorted(numbers)
    assert len(set(numbers)) == 5
