"""The clock of the machine is set back, by an hour or by a year: what comes later wins, and nothing waits.

What a CRM hears then, tests/onboarding/webhooks/test_agreement.py tries over all sequences.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from flask.testing import FlaskClient
from pydantic import SecretStr
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from qcapp.callscripts.queries import draft_in_force
from qcapp.core import audit, clock
from qcapp.core.db_clock import db_now
from qcapp.core.storage import PARTS
from qcapp.core.throttle import Limit
from qcapp.onboarding.clearance import service as clearance
from qcapp.onboarding.clearance.answers import answers_of
from qcapp.onboarding.clearance.leads import check_lead
from qcapp.onboarding.clearance.models import LeadFlag
from qcapp.onboarding.standing import note_stage, stage_at
from qcapp.onboarding.webhooks import service as webhooks
from qcapp.onboarding.webhooks.models import WebhookDelivery
from qcapp.ops.files import service as files
from qcapp.ops.files.models import FileRound
from qcapp.people import notice_mail, notices
from qcapp.settings import Settings
from qcapp.terms import LeadSource, Stage
from qcapp.transcripts import queue
from qcapp.transcripts.models import Transcription
from tests.callscripts.scripts import approve
from tests.factories.calls import make_call
from tests.factories.people import PASSWORD
from tests.onboarding.on_the_way import make_trainee
from tests.transcripts.queue.calls import queue_calls

DAY_S = 86_400.0
NOW = datetime(2026, 10, 6, 7, 12, tzinfo=UTC)
YEAR = timedelta(days=365)
BACK = pytest.mark.parametrize("by", [timedelta(hours=1), YEAR])


@pytest.fixture
def machine() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(NOW, tick=False) as machine:
        yield machine


@BACK
def test_a_revocation_wins_over_the_grant_before_it(
    session: Session, people: SimpleNamespace, machine: time_machine.Coordinates, by: timedelta
) -> None:
    trainee = make_trainee(session, people.max, entered_at=NOW - 2 * by)
    clearance.grant_clearance(session, people.max, by=people.olga, reason="An old hand")
    machine.shift(-by)
    clearance.revoke_clearance(session, people.max, by=people.olga, reason="Sold air")
    for _then_and_when_it_has_caught_up in range(2):
        assert not answers_of(session, [people.max.id])[people.max.id].cleared
        assert stage_at(session, people.max.id, clock.now()) is Stage.INTERNSHIP
        machine.shift(2 * by)
    hot = make_call(session, people.max, lead_source=LeadSource.HOT, started_at=clock.now())
    note_stage(session, hot.id)
    check_lead(session, hot.id)
    assert session.scalars(select(LeadFlag.call_id)).all() == [hot.id]
    assert [stay.stage for stay in trainee.stages] == [Stage.INTERNSHIP, Stage.STAFF, Stage.INTERNSHIP]
    assert audit.check(session).faults == []


@BACK
def test_the_draft_approved_last_is_in_force(
    session: Session, people: SimpleNamespace, machine: time_machine.Coordinates, by: timedelta
) -> None:
    approve(session, people.max, people.tanya)
    machine.shift(-by)
    last = approve(session, people.max, people.tanya)
    for _then_and_when_it_has_caught_up in range(2):
        assert draft_in_force(session, people.max.id, clock.now()) is last
        machine.shift(2 * by)


@BACK
def test_whoever_is_signed_in_stays_so(
    people: SimpleNamespace, client: FlaskClient, machine: time_machine.Coordinates, by: timedelta
) -> None:
    client.post("/login", data={"login": "max", "password": PASSWORD})
    machine.shift(-by)
    assert "Max Manager" in client.get("/").text


@BACK
def test_whoever_has_used_up_his_tries_waits_no_longer_than_ever(
    session: Session, machine: time_machine.Coordinates, by: timedelta
) -> None:
    limit = Limit("tries", capacity=3, refill_s=10)
    tries = [limit.take(session, "max") for _try in range(4)]
    machine.shift(-by)
    assert tries == [True, True, True, False]
    assert [limit.take(session, "max") for _try in range(4)] == tries


def test_a_call_whose_worker_died_is_taken_by_another(session: Session, settings: Settings) -> None:
    """Leases go by the database's clock."""
    kept, left = queue_calls(session, 2)
    for row in (kept, left):
        assert queue.claim(session, settings, only=[row.call_id])
    session.execute(
        update(Transcription).where(Transcription.id == left.id).values(lease_until=db_now(2 * DAY_S))
    )
    taken = queue.claim(session, settings)
    assert taken is not None
    assert taken.call_id == left.call_id
    assert queue.claim(session, settings) is None


@BACK
def test_a_message_whose_worker_died_is_sent_by_another(
    session: Session,
    people: SimpleNamespace,
    settings: Settings,
    machine: time_machine.Coordinates,
    by: timedelta,
) -> None:
    settings.webhook_url, settings.webhook_secret = "http://crm.invalid", SecretStr("s")
    people.max.email = "max@example.com"
    notice = notices.notify(
        session, people.max, "review_published", "/reviews/7", call=NOW.isoformat(), score=71
    )
    make_trainee(session, people.max)
    clearance.grant_clearance(session, people.max, by=people.olga, reason="An old hand")
    delivery_id = session.scalars(select(WebhookDelivery.id)).one()
    session.commit()
    assert webhooks.claimed(session, delivery_id)
    assert notice_mail.claimed(session, notice.id)
    machine.shift(-by)
    assert webhooks.claimed(session, delivery_id)
    assert notice_mail.claimed(session, notice.id)
    assert webhooks.claimed(session, delivery_id) is None
    assert notice_mail.claimed(session, notice.id) is None


def test_stored_files_are_looked_at_by_turns_as_ever(
    session: Session, machine: time_machine.Coordinates
) -> None:
    long_ago = NOW - 2 * YEAR
    rounds = {part: FileRound(part=part, checked_at=long_ago) for part in PARTS}
    rounds["00"].checked_at = rounds["01"].begun_at = NOW
    session.add_all(rounds.values())
    machine.shift(-YEAR)
    assert [files.claim(session) for _worker in range(3)] == ["00", "01", "02"]
