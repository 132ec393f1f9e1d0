"""A trainee moved by hand: by whom, why, with what told to whom; and cleared by it never."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
import time_machine
from flask.testing import FlaskClient
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.core.audit import AuditEntry
from qcapp.core.errors import Forbidden, Refused
from qcapp.onboarding import stages
from qcapp.onboarding.by_hand.service import move_by_hand, possible
from qcapp.onboarding.states import Result
from qcapp.people.models import Notice, User
from qcapp.people.notice_words import sentence
from qcapp.terms import Stage
from tests.onboarding.ordinary_work import Labour
from tests.onboarding.shown import shown

Login = Callable[[User], FlaskClient]


@pytest.fixture
def labour(session: Session, people: SimpleNamespace) -> Iterator[Labour]:
    with time_machine.travel(datetime(2026, 10, 6, 7, 12, tzinfo=UTC), tick=False) as now:
        made = Labour(session, people, now)
        assert made.do("begin")
        yield made


def test_history_audit_and_notices_say_by_whom_why_and_what_was_not_met(
    labour: Labour, session: Session, people: SimpleNamespace
) -> None:
    stages.choose_coach(session, labour.trainee, people.tanya, by=people.hanna)
    assert labour.do("learn")
    move_by_hand(session, labour.trainee, Stage.TECHNIQUE, by=people.lidia, reason=" Продавал годами ")
    left, now = labour.trainee.stages
    assert (left.result, left.why, left.by, left.unmet) == (
        Result.MOVED,
        "Продавал годами",
        people.lidia,
        ["reasons"],
    )
    assert (now.stage, now.attempt) == (Stage.TECHNIQUE, 1)
    entry = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "stage_left").order_by(AuditEntry.id.desc())
    ).first()
    assert entry is not None
    assert entry.by_id == people.lidia.id
    assert (entry.diff["result"], entry.diff["unmet"], entry.diff["reason"]) == (
        "moved",
        ["reasons"],
        "Продавал годами",
    )
    told = session.scalars(select(Notice).where(Notice.kind.like("%moved_by_hand"))).all()
    assert {each.user_id for each in told} == {
        each.id for each in (people.max, people.tanya, people.roman, people.hanna)
    }
    for each in told:
        for part in (people.lidia.name, "Technique", "Продавал годами", "Reasons to buy"):
            assert part in sentence(each)


def test_a_wrong_move_is_taken_back_and_nothing_is_lost(labour: Labour) -> None:
    for deed in ("learn", "on", "on", "back"):
        assert labour.do(deed), deed
    assert (labour.standing.stage, labour.trainee.stages[-1].attempt) == (Stage.PRODUCT, 1)
    for deed in ("write", "accept"):
        assert labour.do(deed), deed
    assert labour.standing.stage is Stage.TECHNIQUE


def test_by_hand_nobody_comes_to_staff_or_out_of_it(labour: Labour) -> None:
    for _move in range(4):
        assert labour.do("on")
    assert labour.standing.stage is Stage.INTERNSHIP
    assert possible(labour.session, labour.trainee)[-1] is Stage.COLD_PRACTICE
    with pytest.raises(Refused, match="cannot be moved there"):
        move_by_hand(labour.session, labour.trainee, Stage.STAFF, by=labour.people.olga, reason="Пора")
    assert not labour.standing.cleared
    assert labour.do("grant")
    assert possible(labour.session, labour.trainee) == ()


def test_who_may_not_move_anybody(labour: Labour, people: SimpleNamespace) -> None:
    for person in (people.hanna, people.roman, people.tanya, people.kira, people.anna, people.max):
        with pytest.raises(Forbidden):
            move_by_hand(labour.session, labour.trainee, Stage.TECHNIQUE, by=person, reason="Пора")
    with pytest.raises(Refused, match="Say why"):
        move_by_hand(labour.session, labour.trainee, Stage.TECHNIQUE, by=people.olga, reason=" ")
    assert labour.do("close")
    with pytest.raises(Refused, match="cannot be moved there"):
        move_by_hand(labour.session, labour.trainee, Stage.TECHNIQUE, by=people.olga, reason="Пора")


def test_the_page(labour: Labour, session: Session, people: SimpleNamespace, login: Login) -> None:
    page, path = f"/onboarding/{people.max.id}", f"/onboarding/{people.max.id}/move"
    assert path not in login(people.hanna).get(page).text
    client = login(people.olga)
    assert path in client.get(page).text
    assert "Lessons confirmed: 0 of 1" in client.get(path).text
    known = shown(client, path)
    refused = client.post(path, data={"stage": "exam", "reason": "Пора"} | known)
    assert refused.status_code == 422
    assert client.post(path, data={"stage": "technique", "reason": ""} | known).status_code == 422
    said = {"stage": "technique", "reason": "Продавал годами"} | known
    assert client.post(path, data=said).status_code == 303
    late = client.post(path, data=said)
    assert late.status_code == 409
    assert "Somebody has decided meanwhile" in late.text
    assert "Продавал годами" in late.text
    read = client.get(page).text
    history = Markup(read[read.index("Stages, the newest first") :]).striptags()
    for part in ("moved by hand, Olga Owner", "Продавал годами", "Not met then: Reasons to buy, Lessons"):
        assert part in history
