import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, func, insert, select, update

from qcapp.core import audit, clock
from qcapp.core.audit import AuditEntry, AuditFaultKind, AuditKeeper, LogAction, entries
from qcapp.core.audit.seal import GENESIS, Key, seal_facts, unkeyed_hash
from qcapp.core.db import Base
from qcapp.core.errors import Refused, Unavailable
from tests.databases import open_database


def record_three(session, by_id=None):
    return [audit.record(session, LogAction.REFUSED, f"thing:{n}", by_id=by_id, number=n) for n in range(3)]


def faults(session):
    session.expire_all()
    return [(fault.kind, fault.entry_id) for fault in audit.check(session).faults]


def broken(session):
    found = faults(session)
    assert {kind for kind, _number in found} <= {AuditFaultKind.BROKEN}
    return [number for _kind, number in found]


def change(session, entry, **values):
    """As somebody does who can write into the database, past the product."""
    session.execute(
        update(AuditEntry)
        .where(AuditEntry.id == entry.id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def keeper(session):
    return session.info["audit"]


def test_each_entry_carries_the_hash_of_the_one_before(session):
    first, second, third = record_three(session)
    assert [first.previous, second.previous, third.previous] == [GENESIS, first.hash, second.hash]
    assert broken(session) == []


def test_a_sound_chain_stays_sound_after_it_was_written_and_read(session):
    diff = {
        "score": audit.change(None, 87.5),
        "text": '«ё» " \\ \x00 end',
        "pair": (1, 2),
        7: True,
        10: "ten",
        "small": 1e-7,
    }
    audit.record(
        session, LogAction.REFUSED, "thing:1", by_id=None, **{str(key): value for key, value in diff.items()}
    )
    audit.record(session, LogAction.REFUSED, "thing:1", by_id=None, nested={2: "two", 10: "ten"})
    session.commit()
    assert broken(session) == []


TAMPERED = {
    "at": datetime(2020, 1, 1, tzinfo=UTC),
    "by_id": None,
    "action": "changed",
    "thing": "thing:9",
    "previous": "f" * 64,
    "hash": "f" * 64,
    "key_id": "f" * 16,
    "facts_digest": "f" * 64,
    "diff": {"number": 7},
    "salt": "f" * 32,
    "erasure": "erasure:1",
}
NAMED_AS = {"diff": AuditFaultKind.FACTS, "salt": AuditFaultKind.FACTS, "erasure": AuditFaultKind.ERASED}


def test_every_column_can_be_tampered_with():
    assert {"id", *TAMPERED} == set(AuditEntry.__table__.columns.keys())


@pytest.mark.parametrize("column", TAMPERED)
def test_an_entry_with_a_changed_column_is_named(session, people, column):
    _first, second, _third = record_three(session, by_id=people.anna.id)
    change(session, second, **{column: TAMPERED[column]})
    assert faults(session)[0] == (NAMED_AS.get(column, AuditFaultKind.BROKEN), second.id)


def test_an_entry_that_was_moved_to_the_end_is_named(session):
    _first, second, third = record_three(session)
    change(session, second, id=(last := third.id + 1))
    assert broken(session) == [third.id, last]


def test_facts_that_were_changed_as_if_erased_are_named(session):
    _first, second, _third = record_three(session)
    change(session, second, diff={"number": 7}, salt=None)
    assert faults(session) == [(AuditFaultKind.FACTS, second.id)]


@pytest.mark.parametrize("at_once", [1, 2, 3])
def test_the_chain_is_followed_from_piece_to_piece(session, monkeypatch, at_once):
    monkeypatch.setattr(entries, "AT_ONCE", at_once)
    _first, _second, third = record_three(session)
    assert broken(session) == []
    change(session, third, thing="thing:9")
    assert broken(session) == [third.id]


def test_who_can_write_into_the_database_but_has_no_key_cannot_forge_a_chain(session):
    """He changes the second entry and makes everything after it fit, as well as it can be done without the key."""
    _first, second, third = record_three(session)
    other, previous = Key(b"another"), second.previous
    for entry, thing in ((second, "thing:9"), (third, third.thing)):
        forged = AuditEntry(
            at=entry.at, action=entry.action, thing=thing, previous=previous, facts_digest=entry.facts_digest
        )
        change(session, entry, thing=thing, previous=previous, hash=(previous := forged.sealed(other)))
    assert broken(session) == [second.id, third.id]


def test_the_entry_after_a_removed_one_is_named(session):
    _first, second, third = record_three(session)
    session.execute(delete(AuditEntry).where(AuditEntry.id == second.id))
    assert broken(session) == [third.id]


def test_an_entry_written_past_the_product_is_named(session):
    first, *_others = record_three(session)
    values = {"at": clock.now(), "action": "forged", "thing": "thing:1", "diff": {}, "key_id": first.key_id}
    session.execute(insert(AuditEntry).values(previous="0" * 63 + "1", hash="1" * 64, **values))
    assert broken(session) == [session.scalar(select(func.max(AuditEntry.id)))]


def test_a_cut_off_end_shows_by_what_was_noted_outside(session):
    *_before, third = record_three(session)
    assert audit.note_head(session)
    noted = audit.noted_head(session)
    assert (noted.entry, noted.at, noted.hash) == (third.id, third.at, third.hash)
    session.execute(delete(AuditEntry).where(AuditEntry.id == third.id))
    assert broken(session) == []
    assert not audit.holds(session, noted)
    assert not audit.holds_hash(session, third.hash)
    assert not audit.note_head(session)
    record_three(session)  # the number may be given again, the hash is another one
    assert not audit.note_head(session)
    assert audit.noted_head(session) == noted


def test_an_emptied_log_shows_by_what_was_noted_outside(session):
    record_three(session)
    audit.note_head(session)
    session.execute(delete(AuditEntry))
    assert audit.check(session).last is None
    assert not audit.note_head(session)


@pytest.mark.parametrize("deed", ["change", "remove"])
def test_the_product_itself_cannot_change_or_remove_an_entry(session, deed):
    entry = record_three(session)[0]
    if deed == "change":
        entry.thing = "thing:9"
    else:
        session.delete(entry)
    with pytest.raises(RuntimeError, match="may not be changed"):
        session.flush()


def test_the_key_is_made_once_for_the_owner_alone_and_lies_in_no_row(session):
    record_three(session)
    path = keeper(session).key_file
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    rows = session.execute(select(AuditEntry.__table__)).all()
    assert path.read_text() not in repr(rows)


def test_without_the_key_nothing_is_recorded_and_no_new_one_is_made(session):
    record_three(session)
    path = keeper(session).key_file
    kept = path.read_bytes()
    path.unlink()
    for deed in (record_three, audit.check, audit.demand_key):
        with pytest.raises(Unavailable, match="key of the audit log is missing"):
            deed(session)
    assert not path.exists()
    path.write_text("another")
    for deed in (record_three, audit.check, audit.demand_key):
        with pytest.raises(Unavailable, match="another key"):
            deed(session)
    path.write_bytes(kept)
    record_three(session)
    assert broken(session) == []


def test_with_a_new_key_for_a_lost_one_the_log_says_so(session):
    record_three(session)
    audit.note_head(session)
    last_hash = audit.noted_head(session).hash
    with pytest.raises(Refused, match="nothing to do"):
        audit.seal_anew(session)
    keeper(session).key_file.unlink()
    entry = audit.seal_anew(session)
    assert (entry.action, entry.diff) == (
        "audit_rekeyed",
        {"entries": 3, "former_hash": last_hash, "sound": True, "noted_entry_found": True},
    )
    record_three(session)
    assert broken(session) == []


@pytest.fixture
def unkeyed(session, people):
    """Three entries as versions before the key wrote them."""
    previous = GENESIS
    for number in range(3):
        fields = {
            "at": clock.now() + timedelta(seconds=number),
            "action": "refused",
            "thing": f"thing:{number}",
        }
        values = fields | {"diff": {"number": [number, number + 1]}, "previous": previous}
        values["by_id"] = people.anna.id
        previous = unkeyed_hash(**values)
        session.execute(insert(AuditEntry).values(hash=previous, **values))
    session.commit()
    return previous


def rows(session):
    session.expire_all()
    return session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()


@pytest.mark.parametrize("tampered", [None, "at", "by_id", "action", "thing", "previous", "hash", "diff"])
def test_entries_of_before_the_key_are_sealed_once_and_the_log_says_what_they_were(
    session, unkeyed, tampered
):
    if tampered:
        change(session, rows(session)[1], **{tampered: TAMPERED[tampered]})
    with pytest.raises(Refused, match="qcapp db upgrade"):
        audit.check(session)
    audit.seal_former(session)
    assert audit.seal_former(session) is not None
    *_before, entry = rows(session)
    assert (entry.action, entry.diff) == (
        "audit_sealed",
        {"entries": 3, "former_hash": unkeyed, "sound": not tampered},
    )
    assert broken(session) == []
    assert len(rows(session)) == 4


def test_the_first_entry_after_an_upgrade_seals_those_of_before(session, unkeyed):
    audit.record(session, LogAction.REFUSED, "thing:9", by_id=None)
    assert [entry.action for entry in rows(session)] == ["refused"] * 3 + ["audit_sealed", "refused"]
    assert broken(session) == []


def test_entries_that_lose_their_seal_later_are_not_sealed_again(session):
    record_three(session)
    audit.note_head(session)
    session.execute(update(AuditEntry).values(key_id=None, salt=None, facts_digest=None))
    with pytest.raises(Refused, match="lost their seal"):
        audit.record(session, LogAction.REFUSED, "thing:9", by_id=None)


def erase_client(session, *ids, erasure="erasure:1"):
    return audit.erase_facts(session, ids, lambda name, _value: name == "client", erasure=erasure, by_id=None)


def record_clients(session):
    return [
        audit.record(session, LogAction.REFUSED, f"call:{n}", by_id=None, client=f"+7900000000{n}", number=n)
        for n in range(3)
    ]


def test_facts_are_erased_and_the_chain_stays_whole(session):
    first, second, third = record_clients(session)
    assert erase_client(session, first.id, third.id, 999) == 2
    assert erase_client(session, first.id) == 0
    session.commit()
    assert (first.diff, first.salt) == ({"client": audit.ERASED, "number": 0}, None)
    assert second.diff["client"] == "+79000000001"
    checked = audit.check(session)
    assert (checked.faults, checked.erased) == ([], {"erasure:1": 2})
    *_before, entry = rows(session)
    assert (entry.action, entry.thing) == ("audit_facts_erased", "erasure:1")
    assert set(entry.diff["rows"]) == {str(first.id), str(third.id)}
    assert "+7900" not in repr([each.diff for each in (first, third, entry)])


def test_an_entry_may_be_erased_from_twice(session):
    first, *_others = record_clients(session)
    erase_client(session, first.id)
    audit.erase_facts(
        session, [first.id], lambda name, _value: name == "number", erasure="erasure:2", by_id=None
    )
    assert first.diff == {"client": audit.ERASED, "number": audit.ERASED}
    assert faults(session) == []
    assert audit.check(session).erased == {"erasure:2": 1}


def test_an_erasure_that_nobody_recorded_is_a_fault(session):
    first, second, _third = record_clients(session)
    erase_client(session, first.id)
    change(session, second, diff={"client": audit.ERASED}, salt=None, erasure="erasure:1")
    assert faults(session) == [(AuditFaultKind.ERASED, second.id)]


def test_nothing_else_can_be_changed_under_the_cover_of_an_erasure(session):
    first, *_others = record_clients(session)
    erase_client(session, first.id)
    change(session, first, diff={"client": audit.ERASED, "number": 7})
    assert faults(session) == [(AuditFaultKind.ERASED, first.id)]


def test_a_record_of_an_erasure_is_not_believed_once_it_was_changed(session):
    first, second, _third = record_clients(session)
    erase_client(session, first.id)
    *_before, recorded = rows(session)
    change(session, second, diff={"client": audit.ERASED}, salt=None, erasure="erasure:1")
    forged = recorded.diff["rows"] | {str(second.id): "0" * 64}
    change(session, recorded, diff={"rows": forged})
    assert {number for _kind, number in faults(session)} == {first.id, second.id, recorded.id}


def test_erased_facts_survive_a_new_key(session):
    first, *_others = record_clients(session)
    erase_client(session, first.id)
    keeper(session).key_file.write_text("another")
    audit.seal_anew(session)
    assert faults(session) == []
    assert audit.check(session).erased == {"erasure:1": 1}


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.none()), st.text())
def test_the_digest_of_facts_needs_their_salt_and_the_key(facts, salt):
    digest = seal_facts(Key(b"one"), salt, facts)
    assert digest == seal_facts(Key(b"one"), salt, dict(reversed(facts.items())))
    assert digest != seal_facts(Key(b"two"), salt, facts)
    assert digest != seal_facts(Key(b"one"), salt + "0", facts)


def test_writers_at_the_same_moment_make_one_chain(database_url, tmp_path):
    """And one key: each of them may find none."""
    database = open_database(database_url)
    database.provide(audit=AuditKeeper(tmp_path))
    Base.metadata.create_all(database.engine)

    def write(number: int) -> None:
        with database.transaction() as session:
            audit.record(session, LogAction.REFUSED, f"thing:{number}", by_id=None)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(30)))
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == 30
        assert audit.check(session).faults == []
    database.engine.dispose()
