"""Programs as YAML files: reading with every mistake named by file, line and field; writing without loss."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qcapp.checklists import yaml_text
from qcapp.core.errors import Refused
from qcapp.core.i18n import _
from qcapp.onboarding.program import plan as program
from qcapp.onboarding.program import words
from qcapp.onboarding.program.plan import Program, UnsoundError


def read_program(file: Path) -> Program:
    """The program in a file; ``Refused`` lists everything wrong with it."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise Refused(
            _("%(file)s: the file cannot be read (%(why)s).", file=file, why=error.strerror)
        ) from error
    return parse_program(content, name=str(file))


def parse_program(content: bytes, *, name: str) -> Program:
    """The program in these bytes; ``name`` is what refusals call the file."""
    try:
        data, lines = yaml_text.read(yaml_text.decode(content))
    except yaml_text.UnreadableError as error:
        raise Refused(*(_told(name, each.sentence, each.line) for each in error.problems)) from error
    if not isinstance(data, Mapping):
        raise Refused(_told(name, _("a program begins with fields such as key: and title:."), 1))
    try:
        return program.read(data)
    except UnsoundError as error:
        told = [(_line(each.path, lines), words.placed(each, data)) for each in error.problems]
        told.sort(key=lambda each: each[0])
        raise Refused(*(_told(name, sentence, line) for line, sentence in told)) from error


def write_program(written: Program) -> str:
    """The program as YAML; ``parse_program`` makes the same one of it."""
    return yaml_text.write(program.write(written))


def _line(path: tuple[Any, ...], lines: dict[tuple[Any, ...], int]) -> int:
    """The line of the path, or of the nearest thing around it that is in the file."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 0)


def _told(name: str, sentence: str, line: int) -> str:
    if not line:
        return f"{name}: {sentence}"
    return _("%(file)s, line %(line)d: %(what)s", file=name, line=line, what=sentence)
