"""Templates import what they use, from where it is, and no macro lies about unused."""

from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment, nodes

import qcapp

FOLDER = Path(qcapp.__path__[0]) / "templates"
TEMPLATES = {
    file.relative_to(FOLDER).as_posix(): Environment().parse(file.read_text())
    for file in sorted(FOLDER.rglob("*.*"))
}


def imported(template: nodes.Template) -> Iterator[tuple[str, str, str]]:
    """From which template, which macro, as what."""
    for found in template.find_all(nodes.FromImport):
        assert isinstance(found.template, nodes.Const)
        for name in found.names:
            macro, alias = name if isinstance(name, tuple) else (name, name)
            yield found.template.value, macro, alias


def used(template: nodes.Template) -> set[str]:
    return {found.name for found in template.find_all(nodes.Name) if found.ctx == "load"}


def made(template: nodes.Template) -> set[str]:
    """Its macros, and what it sets."""
    macros = {found.name for found in template.find_all(nodes.Macro)}
    return macros | {found.name for found in template.find_all(nodes.Name) if found.ctx == "store"}


def test_every_import_is_used_and_finds_something() -> None:
    wrong = [
        (name, macro)
        for name, template in TEMPLATES.items()
        for source, macro, alias in imported(template)
        if alias not in used(template) or macro not in made(TEMPLATES[source])
    ]
    assert wrong == []


def test_every_macro_is_used() -> None:
    wanted = {(source, macro) for template in TEMPLATES.values() for source, macro, _as in imported(template)}
    idle = [
        (name, macro.name)
        for name, template in TEMPLATES.items()
        for macro in template.find_all(nodes.Macro)
        if (name, macro.name) not in wanted and macro.name not in used(template)
    ]
    assert idle == []
