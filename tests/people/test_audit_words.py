import ast
from datetime import UTC, datetime
from pathlib import Path

import qcapp
from qcapp.calls.states import RowKind
from qcapp.core.audit import AuditEntry
from qcapp.people import audit_words
from qcapp.people.audit_words import ACTIONS

NOT_SHOWN = {"by_id", "method", "path"}  # who and where, which an entry tells apart


def recorded_actions():
    """The texts that the code hands to ``audit.record`` as the action, with the place."""
    for path in sorted(Path(qcapp.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record":
                action = node.args[1]
                if isinstance(action, ast.Constant):
                    yield action.value, f"{path.name}:{node.lineno}"


def recorded_fields():
    """What the code names beside the action, with the place."""
    for path in sorted(Path(qcapp.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record":
                yield {word.arg for word in node.keywords if word.arg}, f"{path.name}:{node.lineno}"


def test_every_action_of_the_log_has_words():
    assert [(action, place) for action, place in recorded_actions() if action not in ACTIONS] == []


def test_the_code_is_really_searched():
    assert {"user_added", "refused"} <= {action for action, _place in recorded_actions()}


def test_days_and_known_values_are_told_in_words(session):
    moment = datetime(2026, 11, 22, tzinfo=UTC)
    diff = {
        "lead_source": ["cold", "warm"],
        "result": "passed",
        "due": "2026-11-27",
        "text": "2026-99-99 звонков",
        "score": [0.0, 98.33333333333333],
        "decision": "partly",
        "title": {"ru": "Холодный", "en": "Cold"},
    }
    entry = AuditEntry(id=1, at=moment, by_id=None, action="call_corrected", thing="call:7", diff=diff)
    (told,) = audit_words.told(session, [entry])
    words = {change.field: (change.before, change.after) for change in told.changes}
    assert ("cold lead", "warm lead") in words.values()
    assert (None, "stage passed") in words.values()
    assert (None, "27.11.2026") in words.values()
    assert (None, "2026-99-99 звонков") in words.values()
    assert ("0", "98.3") in words.values()
    assert (None, "accepted in part") in words.values()
    assert (None, "Холодный, Cold") in words.values()


def test_every_field_of_the_log_has_words():
    fields = {name for names, _place in recorded_fields() for name in names}
    assert {"manager", "sold_on"} <= fields
    assert fields - NOT_SHOWN - set(audit_words.FIELDS) == set()
    assert {kind.value for kind in RowKind} <= set(audit_words.FIELDS)  # of an import, how many of each
