"""YAML files that people write, as bytes: everything wrong with one is told with its name and the line."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from qcapp.checklists import faults, yaml_text
from qcapp.core.errors import Refused
from qcapp.core.i18n import _, ngettext

MOST_TOLD = 20
Lines = dict[faults.Path, int]


def content_of(file: Path) -> bytes:
    """What is in the file; ``Refused`` when it cannot be read."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise Refused(
            _("%(file)s: the file cannot be read (%(why)s).", file=file, why=error.strerror)
        ) from error


def fields_of(content: bytes, *, name: str, beginning: str) -> tuple[Mapping[str, Any], Lines]:
    """The fields and the line of everything in them; ``beginning`` tells what a file that has none must begin with."""
    try:
        data, lines = yaml_text.read(yaml_text.decode(content))
    except yaml_text.UnreadableYamlError as error:
        raise _refused(_told(name, each.sentence, each.line) for each in error.problems) from error
    if not isinstance(data, Mapping):
        raise Refused(_told(name, beginning, 1))
    return data, lines


def refusal(name: str, found: Iterable[tuple[faults.Path, str]], lines: Lines) -> Refused:
    """What is wrong at these paths, in the order of the file's lines."""
    told = sorted(((_line(path, lines), sentence) for path, sentence in found), key=lambda each: each[0])
    return _refused(_told(name, sentence, line) for line, sentence in told)


def _refused(sentences: Iterable[str]) -> Refused:
    """The first of them, for a page that can be read."""
    told = list(sentences)
    more = len(told) - MOST_TOLD
    rest = [ngettext("and %(num)d more mistake.", "and %(num)d more mistakes.", num=more)] if more > 0 else []
    return Refused(*told[:MOST_TOLD], *rest)


def _line(path: faults.Path, lines: Lines) -> int:
    """The line of the path, or of the nearest thing around it that is in the file."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 0)


def _told(name: str, sentence: str, line: int) -> str:
    if not line:
        return f"{name}: {sentence}"
    return _("%(file)s, line %(line)d: %(what)s", file=name, line=line, what=sentence)
