"""Programs as YAML files: reading with every mistake named by file, line and field; writing without loss."""

from pathlib import Path

from qcapp.checklists import yaml_files, yaml_text
from qcapp.core.i18n import _
from qcapp.onboarding.program import plan as program
from qcapp.onboarding.program import words
from qcapp.onboarding.program.plan import Program


def read_program(file: Path) -> Program:
    """The program in a file; ``Refused`` lists everything wrong with it."""
    return parse_program(yaml_files.content_of(file), name=str(file))


def parse_program(content: bytes, *, name: str) -> Program:
    """The program in these bytes; ``name`` is what refusals call the file."""
    beginning = _("a program begins with fields such as key: and title:.")
    data, lines = yaml_files.fields_of(content, name=name, beginning=beginning)
    if problems := program.problems(data):
        raise yaml_files.refusal(name, [(each.path, words.placed(each, data)) for each in problems], lines)
    return program.read(data)


def write_program(written: Program) -> str:
    """The program as YAML; ``parse_program`` makes the same one of it."""
    return yaml_text.write(program.write(written))
