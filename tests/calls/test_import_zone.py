"""In which zone an import is read: remembered once, doubted by the ids, and put right from the report."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.facts import correct_facts, facts_of
from qcapp.calls.models import Call, ImportBatch, ImportRow, Source
from qcapp.calls.states import RowKind
from qcapp.core import clock
from qcapp.core.audit import AuditEntry
from tests.calls.importing import FIRST, MOSCOW, SECOND, Exchange
from tests.reports.published import words

UTC_ZONE = replace(MOSCOW, timezone="UTC")
RIGHT = datetime(2026, 10, 6, 7, 12, 4, tzinfo=UTC)


@pytest.fixture
def exchange(app: Flask, session: Session, people: SimpleNamespace, tmp_path: Path) -> Exchange:
    (tmp_path / "exchange").mkdir()
    return Exchange(app, tmp_path / "exchange")


def zone_of(session: Session) -> str | None:
    session.expire_all()
    return session.scalars(select(Source.timezone)).one()


def test_the_zone_of_an_exchange_is_learnt_once_from_what_came_in(
    exchange: Exchange, session: Session
) -> None:
    exchange.take(exchange.file("page.mp3", b"<html></html>"), options=UTC_ZONE)
    assert zone_of(session) is None
    first = exchange.file(FIRST)
    exchange.take(first)
    assert zone_of(session) == "Europe/Moscow"
    exchange.take(first, options=UTC_ZONE)
    exchange.take(exchange.file(SECOND, seed=1), options=UTC_ZONE)
    assert zone_of(session) == "Europe/Moscow"


def test_a_recording_without_a_cdr_tells_a_wrong_zone_by_its_name(
    exchange: Exchange, session: Session
) -> None:
    (notice,) = exchange.take(exchange.file(FIRST), options=UTC_ZONE).notices
    assert "+3 h" in notice
    (notice,) = exchange.take(
        exchange.file(SECOND, seed=1), options=replace(MOSCOW, timezone="Asia/Omsk")
    ).notices
    assert "\u22123 h" in notice


def test_an_import_is_moved_to_the_right_zone_from_its_report(
    exchange: Exchange, session: Session, people: SimpleNamespace, login: Any
) -> None:
    exchange.take(exchange.file(FIRST), cdrs=(exchange.cdr(),), options=UTC_ZONE)
    scored, corrected, *others = session.scalars(select(Call).order_by(Call.id)).all()
    scored.scored_at = clock.now()
    moved = replace(facts_of(corrected), start=corrected.started_at - timedelta(minutes=5))
    correct_facts(session, corrected, moved, by=people.kira)
    session.commit()
    before = {call.id: call.started_at for call in (scored, corrected, *others)}
    batch = session.scalars(select(ImportBatch)).one()
    page, address = login(people.anna), f"/imports/{batch.id}"
    assert "Are the times in another zone?" in page.get(address).text
    done = page.post(address + "/zone", data={"timezone": "Europe/Moscow"}, follow_redirects=True)
    told = words(done.text)
    assert "2 calls have their new time" in told
    assert "Its score is published" in told
    assert "h away from the time" not in told
    session.expire_all()
    hours = [
        (before[call.id] - call.started_at) // timedelta(hours=1) for call in (scored, corrected, *others)
    ]
    assert hours == [0, 0, 3, 3]
    assert (batch.timezone, zone_of(session)) == ("Europe/Moscow", "Europe/Moscow")
    assert session.scalars(select(ImportRow.call_id).where(ImportRow.kind == RowKind.TIME_KEPT)).all() == [
        scored.id
    ]
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "import_moved")).one()
    assert (entry.by_id, entry.diff["calls"], entry.diff["time_kept"]) == (people.anna.id, 2, 1)
    assert page.post(address + "/zone", data={"timezone": "Europe/Moscow"}).status_code == 409
    known = exchange.take(exchange.file(FIRST), cdrs=(exchange.cdr(),))
    assert known.notices == []
    assert len(session.scalars(select(Call)).all()) == 4


def test_the_form_names_the_known_exchanges_and_their_zones(
    exchange: Exchange, people: SimpleNamespace, login: Any
) -> None:
    exchange.take(exchange.file(FIRST), options=replace(MOSCOW, source="Office"))
    page = login(people.lidia).get("/imports/new").text
    assert 'value="Office"' in page
    assert "Office \u2013 Europe/Moscow (UTC+3)" in words(page)
