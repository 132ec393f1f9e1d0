"""The same CDR again: whatever was corrected meanwhile and whatever is wrong with one row, the others come in."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls import tasks
from qcapp.calls.facts import correct_facts, facts_of
from qcapp.calls.import_run import open_batch
from qcapp.calls.models import Call, ImportBatch, ImportRow
from qcapp.calls.states import BatchState, RowKind
from qcapp.core import clock
from tests.calls.importing import CDR, FIRST, MOSCOW, Exchange

SIXTEEN = [row.rsplit(",", 2)[0] for row in CDR.splitlines()]  # as Asterisk writes it by default: no ids


@pytest.fixture
def exchange(app: Flask, session: Session, people: SimpleNamespace, tmp_path: Path) -> Exchange:
    (tmp_path / "exchange").mkdir()
    return Exchange(app, tmp_path / "exchange")


def test_a_corrected_call_is_known_again_and_holds_up_no_new_row(
    exchange: Exchange, session: Session, people: SimpleNamespace
) -> None:
    exchange.take(cdrs=(exchange.cdr("\n".join(SIXTEEN[:3])),))
    for number, call in enumerate(session.scalars(select(Call).order_by(Call.id)).all()):
        moved = replace(facts_of(call), start=call.started_at - timedelta(days=number + 1))
        correct_facts(session, call, replace(moved, phone="+74970140232"), by=people.kira)
    session.commit()
    corrected = {call.id: call.started_at for call in session.scalars(select(Call))}
    report = exchange.take(cdrs=(exchange.cdr("\n".join(SIXTEEN)),))
    assert report.refused == []
    session.expire_all()
    after = {call.id: call.started_at for call in session.scalars(select(Call))}
    assert corrected.items() < after.items()
    assert len(after) == 4


def test_a_call_whose_recording_told_its_id_is_known_again_after_a_correction(
    exchange: Exchange, session: Session, people: SimpleNamespace
) -> None:
    cdr = exchange.cdr("\n".join(SIXTEEN))
    exchange.take(exchange.file(FIRST), cdrs=(cdr,))
    call = session.scalars(select(Call).where(Call.external_id == "1791270724.126")).one()
    moved = replace(facts_of(call), start=call.started_at - timedelta(days=1), phone="+74970140232")
    correct_facts(session, call, moved, by=people.kira)
    session.commit()
    for _twice in range(2):
        assert exchange.take(exchange.file(FIRST), cdrs=(cdr,)).refused == []
        assert len(session.scalars(select(Call)).all()) == 4


def test_a_row_the_database_does_not_take_is_refused_and_the_others_come_in(
    exchange: Exchange, session: Session
) -> None:
    too_long = SIXTEEN[0].replace("79460114420", "7" * 70)
    report = exchange.take(cdrs=(exchange.cdr("\n".join([too_long, *SIXTEEN[1:]])),))
    takes_all = session.get_bind().dialect.name == "sqlite"
    assert len(report.refused) == (0 if takes_all else 1)
    assert len(session.scalars(select(Call)).all()) == (4 if takes_all else 3)
    assert session.scalars(select(ImportBatch.state)).one() is BatchState.DONE


def test_an_import_that_cannot_be_compared_is_ended_and_holds_up_no_other(
    exchange: Exchange, session: Session
) -> None:
    lost, left = (open_batch(exchange.database, exchange.storage, [exchange.cdr()], MOSCOW) for _n in "ab")
    (kept,) = session.get_one(ImportBatch, lost.batch_id).cdr_files
    exchange.storage.delete(kept["key"])
    with time_machine.travel(clock.now() + timedelta(hours=13), tick=False):
        tasks.finish_abandoned()
    session.expire_all()
    assert set(session.scalars(select(ImportBatch.state))) == {BatchState.DONE}
    told = select(ImportRow.kind, ImportRow.batch_id)
    found = {tuple(row) for row in session.execute(told).all()}
    assert (RowKind.CDR_WITHOUT_AUDIO, left.batch_id) in found
    assert (RowKind.NOTICE, lost.batch_id) in found
