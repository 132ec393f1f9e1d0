"""The newest entry of the audit log is noted by a worker, and left to the owners by e-mail."""

import pytest
import time_machine
from pydantic import SecretStr
from sqlalchemy import delete, select

from qcapp.core import audit
from qcapp.core.audit import AuditEntry
from qcapp.ops import audit_watch
from qcapp.people.audited import PeopleAction
from qcapp.people.models import Notice
from qcapp.people.notice_words import sentence


@pytest.fixture
def entry(session, people):
    people.olga.email = "olga@example.com"
    entry = audit.record(session, PeopleAction.SIGNED_OUT, "user:1", by_id=None)
    session.commit()
    return entry


def left(session):
    notices = session.scalars(select(Notice).order_by(Notice.id)).all()
    return [(notice.user.login, notice.kind, notice.facts) for notice in notices]


def test_who_watches_a_cut_log_is_told_once_a_day(session, entry):
    with time_machine.travel("2026-11-02T09:00Z", tick=False):
        audit_watch.watch()
        assert left(session) == []
        session.execute(delete(AuditEntry).where(AuditEntry.id == entry.id))
        session.commit()
        audit_watch.watch()
        audit_watch.watch()
    told = [("olga", "audit_cut", {"entry": entry.id}), ("anna", "audit_cut", {"entry": entry.id})]
    assert left(session) == told
    with time_machine.travel("2026-11-02T21:00Z", tick=False):  # midnight in Moscow
        audit_watch.watch()
    assert left(session) == told * 2


def test_the_newest_entry_goes_to_owners_once_a_day_where_there_is_e_mail(session, entry, settings):
    with time_machine.travel("2026-11-02T09:00Z", tick=False):
        audit_watch.send_head()
        assert left(session) == []
        settings.smtp_url = SecretStr("smtp://127.0.0.1:1")
        audit_watch.send_head()
        audit_watch.send_head()
    notice = session.scalars(select(Notice)).one()
    assert (notice.user.login, notice.facts["hash"]) == ("olga", entry.hash)
    assert f"entry {entry.id} of " in sentence(notice)
    assert entry.hash in sentence(notice)
    assert notice.read_at is not None
    with time_machine.travel("2026-11-03T09:00Z", tick=False):
        audit_watch.send_head()
    assert len(left(session)) == 2
