"""The editor's document: a program in the form of its file, kept as it was typed, sound or not. Pure."""

import re
from collections.abc import Mapping
from typing import Any

from qcapp.checklists.card import LANGUAGES
from qcapp.checklists.keys import key_of

DEEPEST = 8  # levels; a program has six
KEPT = frozenset({"title", "what", "key", "kind", "stage", "stages"})
"""What must be there, so that an empty one is a problem told."""
NUMBERS = frozenset({"count", "mark", "score", "last", "days"})


def tidy(document: Mapping[str, Any]) -> dict[str, Any]:
    """Without what was left empty and may be; numbers as numbers; lessons with keys. The order never changes."""
    tidied: dict[str, Any] = _tidy(document, "", 0)
    stages = [each for each in _list(tidied.get("stages")) if isinstance(each, dict)]
    lessons = [each for stage in stages for each in _list(stage.get("lessons")) if isinstance(each, dict)]
    taken = {str(each["key"]) for each in lessons if each.get("key")}
    for lesson in lessons:
        if not lesson.get("key"):  # written in the editor
            title = lesson.get("title", {})
            said = next((title[each] for each in LANGUAGES if title.get(each)), "")
            lesson["key"] = key_of(said, taken, otherwise="lesson")
            taken.add(lesson["key"])
    return tidied


def _tidy(value: Any, name: str, depth: int) -> Any:
    if depth > DEEPEST:
        return None
    if isinstance(value, Mapping):
        inside = {str(key): _tidy(each, str(key), depth + 1) for key, each in value.items()}
        if name in {"title", "what"}:
            said = {each: inside[each] for each in LANGUAGES if inside.get(each)}
            return said or {LANGUAGES[0]: ""}
        return {key: each for key, each in inside.items() if key in KEPT or not _is_empty(each)}
    if isinstance(value, list):
        inside_list = [_tidy(each, "", depth + 1) for each in value]
        return [each for each in inside_list if each != ""] if name == "holidays" else inside_list
    if isinstance(value, str):
        text = value.replace("\x00", "").strip()
        return _number(text) if name in NUMBERS else text
    return value


def _is_empty(value: Any) -> bool:
    return value is None or value is False or value in ("", [])


def _number(text: str) -> int | float | str:
    """What can be read as a number; anything else stays as typed and is told as a problem."""
    plain = text.replace(",", ".").replace("\xa0", "")
    if not re.fullmatch(r"-?\d{1,9}(\.\d{1,9})?", plain):
        return text
    return float(plain) if "." in plain else int(plain)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
