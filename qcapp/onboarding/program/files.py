"""Programs as YAML files: reading with every mistake named by file, line and field; writing without loss."""

from pathlib import Path

from qcapp.checklists import yaml_files, yaml_text
from qcapp.core.i18n import _
from qcapp.onboarding.program import plan as program
from qcapp.onboarding.program import words
from qcapp.onboarding.program.plan import Program, UnsoundError


def read_program(file: Path) -> Program:
    """The program in a file; ``Refused`` lists everything wrong with it."""
    return parse_program(yaml_files.content_of(file), name=str(file))


def parse_program(content: bytes, *, name: str) -> Program:
    """The program in these bytes; ``name`` is what refusals call the file."""
    beginning = _("a program begins with fields such as key: and title:.")
    data, lines = yaml_files.fields_of(content, name=name, beginning=beginning)
    try:
        return program.read(data)
    except UnsoundError as error:
        found = [(each.path, words.placed(each, data)) for each in error.problems]
        raise yaml_files.refusal(name, found, lines) from error


def write_program(written: Program) -> str:
    """The program as YAML; ``parse_program`` makes the same one of it."""
    return yaml_text.write(program.write(written))
