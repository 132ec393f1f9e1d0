"""Refused attempts cannot flood the audit log, and none of them is lost without a number."""

from datetime import timedelta

import time_machine
from sqlalchemy import select

from qcapp.core import audit, clock
from qcapp.core.audit import AuditEntry, LeftOut
from qcapp.ops import audit_watch


def entries(session, action):
    found = select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)
    return session.scalars(found).all()


def test_a_flood_of_refused_deeds_leaves_a_few_entries_and_a_number(session, people, login):
    with time_machine.travel(clock.now(), tick=False) as moment:
        client = login(people.max)
        for _try in range(audit.RECORDED.capacity + 25):
            assert client.get("/audit").status_code == 403
        assert len(entries(session, "refused")) == audit.RECORDED.capacity
        audit_watch.record_left_out()
        (left,) = entries(session, "attempts_left_out")
        assert left.thing == f"user:{people.max.id}"
        assert left.diff == {"attempt": "refused", "many": 25, "since": clock.now().isoformat()}
        assert session.scalars(select(LeftOut)).all() == []
        moment.shift(timedelta(minutes=1))
        client.get("/audit")
        assert len(entries(session, "refused")) == audit.RECORDED.capacity + 1
        audit_watch.record_left_out()
        assert len(entries(session, "attempts_left_out")) == 1
    told = login(people.olga).get("/audit").text
    assert "Refused attempts left out of the log" in told
    assert audit.check(session).faults == []


def test_one_persons_flood_hides_nobody_elses_attempts(session, people, login):
    with time_machine.travel(clock.now(), tick=False):
        for _try in range(audit.RECORDED.capacity):
            audit.RECORDED.take(session, f"refused:user:{people.max.id}")
        session.commit()
        login(people.max).get("/audit")
        login(people.sveta).get("/audit")
    assert [entry.by_id for entry in entries(session, "refused")] == [people.sveta.id]


def test_failed_sign_ins_from_everywhere_are_bounded_too(client, session, people):
    with time_machine.travel(clock.now(), tick=False):
        for number in range(audit.RECORDED.capacity + 5):
            client.post(
                "/login",
                data={"login": f"nobody{number}", "password": "x"},
                environ_overrides={"REMOTE_ADDR": f"203.0.113.{number}"},
            )
    assert len(entries(session, "sign_in_failed")) == audit.RECORDED.capacity
    (left,) = session.scalars(select(LeftOut)).all()
    assert (left.person, left.many) == ("user:unknown", 5)
