import ast
from pathlib import Path

import qcapp
from qcapp.people.audit_words import ACTIONS


def recorded_actions():
    """The texts that the code hands to ``audit.record`` as the action, with the place."""
    for path in sorted(Path(qcapp.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record":
                action = node.args[1]
                if isinstance(action, ast.Constant):
                    yield action.value, f"{path.name}:{node.lineno}"


def test_every_action_of_the_log_has_words():
    assert [(action, place) for action, place in recorded_actions() if action not in ACTIONS] == []


def test_the_code_is_really_searched():
    assert {"user_added", "refused"} <= {action for action, _place in recorded_actions()}
