from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete, func, insert, select, update

from qcapp.core import audit, clock
from qcapp.core.audit import GENESIS, AuditEntry
from qcapp.core.db import Base, Database


def record_three(session):
    return [audit.record(session, "tested", f"thing:{n}", by_id=None, n=n) for n in range(3)]


def broken(session):
    session.expire_all()
    return [entry.id for entry in audit.broken_links(session)]


def test_each_entry_carries_the_hash_of_the_one_before(session):
    first, second, third = record_three(session)
    assert [first.previous, second.previous, third.previous] == [GENESIS, first.hash, second.hash]
    assert broken(session) == []


def test_a_sound_chain_stays_sound_after_it_was_written_and_read(session):
    diff = {
        "score": [None, 87.5],
        "text": '«ё» " \\ \x00 end',
        "pair": (1, 2),
        7: True,
        10: "ten",
        "small": 1e-7,
    }
    audit.record(session, "tested", "thing:1", by_id=None, **{str(key): value for key, value in diff.items()})
    audit.record(session, "tested", "thing:1", by_id=None, nested={2: "two", 10: "ten"})
    session.commit()
    assert broken(session) == []


def test_a_changed_entry_is_named(session):
    _first, second, _third = record_three(session)
    session.execute(update(AuditEntry).where(AuditEntry.id == second.id).values(thing="thing:9"))
    assert broken(session) == [second.id]


@pytest.mark.parametrize("at_once", [1, 2, 3])
def test_the_chain_is_followed_from_piece_to_piece(session, monkeypatch, at_once):
    monkeypatch.setattr(audit, "AT_ONCE", at_once)
    _first, _second, third = record_three(session)
    assert broken(session) == []
    session.execute(update(AuditEntry).where(AuditEntry.id == third.id).values(thing="thing:9"))
    assert broken(session) == [third.id]


def test_a_changed_entry_with_a_fitting_hash_is_found_at_the_next_one(session):
    _first, second, third = record_three(session)
    second.thing = "thing:9"
    forged = second.digest()
    session.expire(second)
    session.execute(update(AuditEntry).where(AuditEntry.id == second.id).values(thing="thing:9", hash=forged))
    assert broken(session) == [third.id]


def test_the_entry_after_a_removed_one_is_named(session):
    _first, second, third = record_three(session)
    session.execute(delete(AuditEntry).where(AuditEntry.id == second.id))
    assert broken(session) == [third.id]


def test_an_entry_written_past_the_product_is_named(session):
    record_three(session)
    session.execute(
        insert(AuditEntry).values(
            at=clock.now(), action="forged", thing="thing:1", diff={}, previous="0" * 63 + "1", hash="1" * 64
        )
    )
    assert broken(session) == [session.scalar(select(func.max(AuditEntry.id)))]


def test_a_cut_off_end_shows_by_a_hash_kept_elsewhere(session):
    *_before, third = record_three(session)
    assert audit.holds_hash(session, third.hash)
    session.execute(delete(AuditEntry).where(AuditEntry.id == third.id))
    assert broken(session) == []
    assert not audit.holds_hash(session, third.hash)


@pytest.mark.parametrize("deed", ["change", "remove"])
def test_the_product_itself_cannot_change_or_remove_an_entry(session, deed):
    entry = record_three(session)[0]
    if deed == "change":
        entry.thing = "thing:9"
    else:
        session.delete(entry)
    with pytest.raises(RuntimeError, match="may not be changed"):
        session.flush()


def test_writers_at_the_same_moment_make_one_chain(database_url):
    database = Database(database_url)
    Base.metadata.create_all(database.engine)

    def write(number: int) -> None:
        with database.transaction() as session:
            audit.record(session, "tested", f"thing:{number}", by_id=None)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(30)))
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == 30
        assert list(audit.broken_links(session)) == []
    database.engine.dispose()
