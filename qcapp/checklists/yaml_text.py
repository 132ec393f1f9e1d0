"""YAML as people mean it: no surprises of YAML 1.1, no doubles, no anchors, and the line of everything.

``yes`` and ``no`` stay words, ``1:30`` stays a text, and a key written twice is a mistake, not a silent loss.
"""

import re
from dataclasses import dataclass
from typing import Any

import yaml

from qcapp.checklists.faults import Path
from qcapp.core.i18n import _

DEEPEST = 30  # levels; a card has about ten
MOST_PIECES = 10_000  # fields, lists and values; the longest card that ships has fourteen hundred
LONGEST_NUMBER = 25  # signs
LARGEST_NUMBER = 1e15
LARGEST_FILE = 250_000  # bytes; the longest card that ships has thirty thousand


@dataclass(frozen=True, slots=True)
class YamlProblem:
    """A sentence about one place of a file; ``line`` counts from 1, 0 when the place is unknown."""

    sentence: str
    line: int = 0


class _Words(yaml.SafeLoader):
    """Reads scalars by YAML 1.2's short list: null, true/false, decimal numbers; everything else is text."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012


class _Dumper(yaml.SafeDumper):
    """Writes what ``_Words`` reads back unchanged, with lists indented under their key."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        super().increase_indent(flow, indentless=False)


for _reader in (_Words, _Dumper):
    for tag, pattern, first in (
        ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
        ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", list("tTfF")),
        ("int", r"^[-+]?[0-9]+$", list("-+0123456789")),
        ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", list("-+.0123456789")),
    ):
        _reader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), first)


class UnreadableYamlError(Exception):
    """The text is not YAML of the kind we accept."""

    def __init__(self, *problems: YamlProblem) -> None:
        super().__init__("; ".join(problem.sentence for problem in problems))
        self.problems = problems


def decode(content: bytes) -> str:
    """The text of a file, or ``UnreadableYamlError`` when it is empty, too large, or not UTF-8."""
    if len(content) > LARGEST_FILE:
        sentence = _(
            "the file is larger than 250 kB, which no checklist is. Check that it is the right file."
        )
        raise UnreadableYamlError(YamlProblem(sentence))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        sentence = _("the file is not in UTF-8 (perhaps windows-1251). Save it again in the encoding UTF-8.")
        raise UnreadableYamlError(YamlProblem(sentence, line)) from error
    if not text.strip():
        raise UnreadableYamlError(YamlProblem(_("the file is empty.")))
    return text


def read(text: str) -> tuple[Any, dict[Path, int]]:
    """The data and, for each path in it, its line (of the key, for a mapping's entry)."""
    try:
        _refuse_tricks(text)
        root = yaml.compose(text, Loader=_Words)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise UnreadableYamlError(YamlProblem(_syntax(error), mark.line + 1 if mark else 0)) from error
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1 if isinstance(error.position, int) else 0
        raise UnreadableYamlError(
            YamlProblem(_("the file holds a character that YAML does not allow."), line)
        ) from error
    if root is None:
        raise UnreadableYamlError(YamlProblem(_("the file is empty.")))
    builder = _Builder()
    data = builder.build(root, ())
    if builder.problems:
        raise UnreadableYamlError(*builder.problems)
    return data, builder.lines


def write(data: Any) -> str:
    """The data as YAML that ``read`` gives back unchanged."""
    return yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110, indent=2)


class _Builder:
    """Turns nodes into plain data, noting lines, doubles and foreign tags on the way."""

    def __init__(self) -> None:
        self.lines: dict[Path, int] = {}
        self.problems: list[YamlProblem] = []

    def build(self, node: yaml.Node, path: Path) -> Any:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(child, (*path, number)) for number, child in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self.problems.append(YamlProblem(_("a name of a field was expected here."), line))
                continue
            key = key_node.value  # as written: 5 and yes are names here, not a number and a truth value
            if key in data:
                sentence = _("“%(key)s” is written twice here; keep one of the two.", key=key)
                self.problems.append(YamlProblem(sentence, line))
                continue
            self.lines[(*path, key)] = line
            data[key] = self.build(value_node, (*path, key))
        return data

    def _scalar(self, node: yaml.Node) -> Any:
        match node.tag.removeprefix("tag:yaml.org,2002:"):
            case "str":
                return node.value
            case "null":
                return None
            case "bool":
                return node.value.lower() == "true"
            case "int" | "float" as kind:
                if len(node.value) <= LONGEST_NUMBER and abs(float(node.value)) < LARGEST_NUMBER:
                    return int(node.value) if kind == "int" else float(node.value)
                sentence = _("this number is too long or too large.")
                self.problems.append(YamlProblem(sentence, node.start_mark.line + 1))
                return None
        sentence = _("“%(tag)s” is not allowed here; write plain text and numbers.", tag=node.tag)
        self.problems.append(YamlProblem(sentence, node.start_mark.line + 1))
        return None


def _refuse_tricks(text: str) -> None:
    """Anchors can blow a small file up to gigabytes, deep nesting the stack, and many pieces take long to read; no card
    needs any of it.
    """
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=_Words)):
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            sentence = _("anchors and references (& and *) are not supported; write the text out.")
            raise UnreadableYamlError(YamlProblem(sentence, line))
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise UnreadableYamlError(YamlProblem(_("the file is nested too deeply."), line))
        if count > MOST_PIECES:
            raise UnreadableYamlError(
                YamlProblem(_("the file has too many fields and values for a checklist."), line)
            )


def _syntax(error: yaml.MarkedYAMLError) -> str:
    detail = error.problem or error.context or ""
    if "character '\\t'" in detail:
        return _("a tab is used for indentation; use spaces.")
    if "expected a single document" in (error.context or ""):
        return _("the file holds several documents (---); keep one checklist a file.")
    return _("this is not valid YAML (%(detail)s). Check indentation, colons and quotes.", detail=detail)
