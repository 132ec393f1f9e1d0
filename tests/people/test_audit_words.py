import ast
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, select

import qcapp
from qcapp import vocabulary
from qcapp.calls.states import RowKind
from qcapp.core import audit
from qcapp.core.audit import AuditEntry
from qcapp.core.audit.seal import GENESIS, unkeyed_hash
from qcapp.people import audit_entries, audit_words
from qcapp.people.audit_words import ACTIONS
from qcapp.reviews.audited import ReviewAction
from qcapp.transcripts.audited import TranscriptAction

NOT_SHOWN = {"by_id", "person", "method", "path"}  # who and where, which an entry tells apart
RECORDING = {"audit.record", "audit.record_attempt"}


def records():
    """Every call in the code that records, with its place."""
    for path in sorted(Path(qcapp.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in RECORDING:
                yield node, f"{path.name}:{node.lineno}"


def test_every_action_of_the_log_has_words_and_no_other_can_be_recorded(session):
    listed = [action for kind in audit.Action.__subclasses__() for action in kind]
    assert sorted(ACTIONS) == sorted(listed)
    assert len(set(listed)) == len(listed)
    with pytest.raises(ValueError, match="made_up"):
        audit.record(session, "made_up", "call:1", by_id=None)


def test_no_feature_takes_a_name_that_another_has_given():
    """A name registered twice would quietly mean what the later feature says."""
    for names in (
        [kind for words in vocabulary.AUDITED for kind in words.kinds],
        [field for words in vocabulary.AUDITED for field in words.fields],
        [field for words in vocabulary.AUDITED for field in words.values],
        [kind for words in vocabulary.NOTICES for kind in words.sentences],
    ):
        assert len(names) > 5
        assert [name for name, times in Counter(names).items() if times > 1] == []


def test_an_action_is_never_put_together_where_it_is_recorded():
    """mypy checks every other expression against the list of actions; of a text in pieces it knows nothing."""
    actions = [(node.args[1], place) for node, place in records()]
    assert len(actions) > 80
    assert [place for action, place in actions if isinstance(action, ast.JoinedStr | ast.BinOp)] == []


def test_what_is_replaced_is_recorded_as_a_change_and_not_as_a_list_of_two():
    pairs = [
        place
        for node, place in records()
        for fact in node.keywords
        if isinstance(fact.value, ast.List) and len(fact.value.elts) == 2
    ]
    assert pairs == []


def test_two_things_are_not_told_as_before_and_after(session):
    audit.record(
        session,
        ReviewAction.DISPUTE_OPENED,
        "dispute:1",
        by_id=None,
        items=["goal", "voice"],
        score=audit.change(70.0, 80.0),
        members=audit.change(["Max"], ["Max", "Sveta"]),
    )
    (told,) = audit_entries.told(session, session.scalars(select(AuditEntry)).all())
    assert {(change.before, change.after) for change in told.changes} == {
        (None, "goal, voice"),
        ("70", "80"),
        ("Max", "Max, Sveta"),
    }


def test_changes_of_before_the_key_are_still_told_as_such(session, people):
    moment = datetime(2026, 11, 22, tzinfo=UTC)
    facts = {
        "manager": [None, people.max.id],
        "members": [["Max"], ["Max", "Sveta"]],
        "extensions": ["1", "2"],
    }
    old = {"action": "call_corrected", "thing": "call:7", "diff": facts, "by_id": None, "at": moment}
    digest = unkeyed_hash(previous=GENESIS, **old)
    session.execute(insert(AuditEntry).values(previous=GENESIS, hash=digest, **old))
    audit.record(session, ReviewAction.DISPUTE_OPENED, "dispute:1", by_id=None, items=["goal", "voice"])
    told, _sealed, newer = audit_entries.told(
        session, session.scalars(select(AuditEntry).order_by("id")).all()
    )
    assert {(change.before, change.after) for change in told.changes} == {
        ("–", "Max Manager"),
        ("Max", "Max, Sveta"),
        (None, "1, 2"),
    }
    assert [(change.before, change.after) for change in newer.changes] == [(None, "goal, voice")]


def test_what_was_erased_is_told_as_such(session):
    entry = audit.record(session, TranscriptAction.RENAME_SPEAKERS, "call:1", by_id=None, client_name="Иван")
    audit.erase_facts(session, [entry.id], lambda _name, _value: True, erasure="erasure:1", by_id=None)
    erased, recorded = audit_entries.told(session, session.scalars(select(AuditEntry).order_by("id")).all())
    assert [change.after for change in erased.changes] == ["(erased)"]
    assert recorded.thing == "Erasure 1"
    assert [change.after for change in recorded.changes] == ["1"]


def test_days_and_known_values_are_told_in_words(session):
    moment = datetime(2026, 11, 22, tzinfo=UTC)
    diff = {
        "lead_source": audit.change("cold", "warm"),
        "result": "passed",
        "due": "2026-11-27",
        "text": "2026-99 звонков",
        "score": audit.change(0.0, 98.33333333333333),
        "decision": "partly",
        "title": {"ru": "Холодный", "en": "Cold"},
    }
    entry = AuditEntry(id=1, at=moment, by_id=None, action="call_corrected", thing="call:7", diff=diff)
    (told,) = audit_entries.told(session, [entry])
    words = {change.field: (change.before, change.after) for change in told.changes}
    assert ("cold lead", "warm lead") in words.values()
    assert (None, "stage passed") in words.values()
    assert (None, "27 Nov 2026") in words.values()
    assert (None, "2026-99 звонков") in words.values()
    assert ("0", "98.3") in words.values()
    assert (None, "accepted in part") in words.values()
    assert (None, "Холодный, Cold") in words.values()


def test_every_field_of_the_log_has_words():
    fields = {word.arg for node, _place in records() for word in node.keywords if word.arg}
    assert {"manager", "sold_on"} <= fields
    assert fields - NOT_SHOWN - set(audit_words.FIELDS) == set()
    assert {kind.value for kind in RowKind} <= set(audit_words.FIELDS)  # of an import, how many of each


def test_people_and_teams_are_told_by_name_where_the_log_keeps_their_ids(session, people):
    moment = datetime(2026, 11, 22, tzinfo=UTC)
    diff = {
        "head": audit.change(None, people.roman.id),
        "members": audit.change([people.max.id], [people.max.id, people.sveta.id]),
        "reviewers": [people.kira.id, people.lidia.id],
        "team": audit.change(people.north.id, people.south.id),
        "coach": "Tanya before her marriage",  # as older versions wrote it
        "changed": ["name", "email"],
        "owner": 10**6,
    }
    entry = AuditEntry(id=1, at=moment, by_id=None, action="team_changed", thing="team:7", diff=diff)
    (told,) = audit_entries.told(session, [entry])
    assert {change.field: (change.before, change.after) for change in told.changes} == {
        "Head of sales": ("–", "Roman Head"),
        "Members": ("Max Manager", "Max Manager, Sveta South"),
        "Reviewers": (None, "Kira Control, Lidia Lead"),
        "Team": ("North", "South"),
        "Coach": (None, "Tanya before her marriage"),
        "Changed, but not kept here": (None, "Name, E-mail"),
        "Card owner": (None, "1000000"),
    }


def test_numbers_that_older_versions_wrote_are_masked(session):
    moment = datetime(2026, 11, 22, tzinfo=UTC)
    diff = {"file": "out-79990001122-201-20261006-101204-1791270724.126.wav"}
    entry = AuditEntry(id=1, at=moment, by_id=None, action="export_recording", thing="call:7", diff=diff)
    (told,) = audit_entries.told(session, [entry])
    assert told.changes[0].after == "out-•••••••••22-201-20261006-101204-1791270724.126.wav"


def test_what_names_somebody_is_not_handed_to_the_log():
    """Ids are: what they stand for can then be corrected and erased."""
    personal = {"name", "login", "email", "phone", "filename", "client_number", "company", "text"}
    known = {"plan.name", "token.name", "batch.source.name", "phrase.text"}
    handed = [
        (f"{path.name}:{node.lineno}", part)
        for path in sorted(Path(qcapp.__file__).parent.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("record")
        for word in node.keywords
        for part in ast.walk(word.value)
        if isinstance(part, ast.Attribute) and part.attr in personal and ast.unparse(part) not in known
    ]
    assert [(place, ast.unparse(part)) for place, part in handed] == []
