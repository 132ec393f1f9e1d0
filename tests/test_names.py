"""A class name means one thing in the whole house."""

import ast
from collections import defaultdict
from pathlib import Path

import qcapp

CODE = Path(qcapp.__file__).parent
SHARED = {
    "Meta",  # what WTForms calls the settings of a form
    "Typed",  # what an editor's window sends, in four features that keep documents
    # A row beside the value that the rules read:
    "Answer",
    "Item",
    "Section",
}


def test_no_class_name_has_two_meanings():
    places = defaultdict(list)
    for path in sorted(CODE.rglob("*.py")):
        if "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(f"{path.relative_to(CODE)}:{node.lineno}")
    shared = {name: found for name, found in places.items() if len(found) > 1}
    assert {name: found for name, found in shared.items() if name not in SHARED} == {}
    assert set(shared) == SHARED  # what has one meaning by now leaves the list
