"""The editor's document: a card in the form of a checklist file, as JSON, kept as it was typed.

A document need not be a card yet: an empty title or a weight of “ten” is a problem told, not a loss.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from qcapp.checklists import faults, problems
from qcapp.checklists.card import CRM, FALLBACK_LANGUAGE, LANGUAGES, Card, Text, say
from qcapp.checklists.card_files import plain
from qcapp.checklists.faults import Path
from qcapp.checklists.problems import Placed
from qcapp.checklists.schema import CardForm
from qcapp.core.i18n import _

Document = dict[str, Any]
DEEPEST = 12  # levels; a card has eight
TEXTS = frozenset({"title", "purpose", "quote"})  # texts that must be there, so an empty one is told
NUMBERS = frozenset({"weight", "points", "min", "max", "critical_below", "comment_below"})
KEPT = TEXTS | {"key", "answer", "weight", "points", "min", "max", "sections", "items"}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a document says: the card, None where it is none, and everything that is wrong with it."""

    card: Card | None
    problems: list[Placed]


def document_of(card: Card) -> Document:
    """The card as the editor takes it up; ``read`` makes the same card of it."""
    return plain(card)


def blank(key: str, title: Text) -> Document:
    """A new card: one section with one item, for both of which only the titles are missing."""
    item = {"key": "item", "title": {FALLBACK_LANGUAGE: ""}, "na": True}
    section = {"key": "section", "title": {FALLBACK_LANGUAGE: ""}, "weight": 10, "items": [item]}
    return {
        "key": key,
        "title": dict(title),
        "purpose": {FALLBACK_LANGUAGE: ""},
        "sections": [section],
    }


def blank_crm() -> Document:
    """A section about the client's record in the CRM, which does not count in the score unless it is given a weight."""
    return {
        "key": CRM,
        "title": {"ru": "Карточка в CRM", "en": "Record in the CRM"},
        "weight": 0,
        "items": [{"key": "", "title": {FALLBACK_LANGUAGE: ""}, "na": True}],
    }


def read(document: Mapping[str, Any]) -> Reading:
    """The card of a document, judged by the same rules as a file."""
    try:
        card = CardForm.model_validate(tidy(document)).value()
    except ValidationError as error:
        return Reading(None, problems.of_form(error))
    return Reading(card, problems.of_faults(faults.faults(card), field_names()))


def shown(document: Mapping[str, Any]) -> Card | None:
    """The card as far as it can be seen: an empty text is an ellipsis, a number that is none counts as 0."""
    tidied = tidy(document)
    try:
        return CardForm.model_validate(tidied).value()
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            _mend(tidied, detail["loc"], "…" if detail["type"] == "string_too_short" else 0)
    try:
        return CardForm.model_validate(tidied).value()
    except ValidationError:
        return None


def tidy(document: Mapping[str, Any]) -> Document:
    """Without what was left empty and may be; numbers with a point. The order of lists never changes."""
    tidied = _tidy(document, "", 0)
    return tidied if isinstance(tidied, dict) else {}


def title_of(document: Mapping[str, Any]) -> dict[str, str]:
    """The title as far as there is one."""
    return _filled_text(_text_in(document, "title"))


def place(path: Path, document: Mapping[str, Any], language: str) -> str:
    """Where a path leads, by the titles a person sees: “Goal › Stated the purpose › Weight”."""
    names = {"sections": _("Section"), "items": _("Item"), "options": _("Answer"), "reasons": _("Reason")}
    words: list[str] = []
    here: Any = document
    for depth, step in enumerate(path):
        here = _step(here, step)
        name = names.get(str(path[depth - 1])) if depth else None
        if name and isinstance(step, int):
            words.append(say(_filled_text(_text_in(here, "title")), language) or f"{name} {step + 1}")
    fields = field_names()
    last = next((step for step in reversed(path) if isinstance(step, str) and step in fields), None)
    return " › ".join([*words, *([fields[last]] if last else [])])


def field_names() -> dict[str, str]:
    """What the editor calls the fields; looked up when needed, because the language is the reader's."""
    return {
        "title": _("Title"),
        "purpose": _("Purpose"),
        "weight": _("Weight"),
        "points": _("Points"),
        "scale": _("Scale"),
        "min": _("Scale from"),
        "max": _("Scale to"),
        "kind": _("Kind of answer"),
        "options": _("Answers"),
        "critical": _("Critical"),
        "critical_below": _("Fails below"),
        "comment_below": _("Comment below"),
        "bonus": _("Bonus"),
        "na": _("N/A allowed"),
        "required": _("Must be answered"),
        "reasons": _("Reasons of a bad answer"),
        "guide": _("What counts as which answer"),
        "examples": _("Examples"),
        "quote": _("Quotation"),
        "answer": _("Answer"),
        "hints": _("Phrases to look for in the transcript"),
        "applies_to": _("For which calls"),
        "direction": _("Direction"),
        "lead_source": _("Lead source"),
        "contact_no": _("Contact number"),
        "stage": _("Stage of the manager"),
        "role": _("Role of the caller"),
    }


def _tidy(value: Any, name: str, depth: int) -> Any:
    if depth > DEEPEST:
        return None
    if _is_text(value):
        filled = _filled_text(value)
        return filled or ({FALLBACK_LANGUAGE: ""} if name in TEXTS else {})
    if isinstance(value, Mapping):
        inside = {str(key): _tidy(each, str(key), depth + 1) for key, each in value.items()}
        return {key: each for key, each in inside.items() if key in KEPT or each not in (None, "", [], {})}
    if isinstance(value, list):
        inside_list = [_tidy(each, "", depth + 1) for each in value]
        return [each for each in inside_list if each != ""] if name == "hints" else inside_list
    if isinstance(value, str):
        text = value.replace("\x00", "").strip()
        return text.replace(",", ".").replace("\xa0", "") if name in NUMBERS else text
    return value


def _is_text(value: Any) -> bool:
    return (
        isinstance(value, Mapping)
        and bool(value)
        and all(key in LANGUAGES and isinstance(each, str) for key, each in value.items())
    )


def _text_in(data: Any, name: str) -> Mapping[str, str]:
    """The text under this name, empty where something else stands there."""
    text = data.get(name) if isinstance(data, Mapping) else None
    return text if isinstance(text, Mapping) and _is_text(text) else {}


def _filled_text(text: Mapping[str, str]) -> dict[str, str]:
    cleaned = {language: each.replace("\x00", "").strip() for language, each in text.items()}
    return {language: cleaned[language] for language in LANGUAGES if cleaned.get(language)}


def _mend(document: Document, path: Path, value: str | int) -> None:
    inside: Any = document
    for step in path[:-1]:
        inside = _step(inside, step)
    if isinstance(inside, dict) and path[-1] in inside:
        inside[path[-1]] = value


def _step(data: Any, step: str | int) -> Any:
    try:
        return data[step]
    except (KeyError, IndexError, TypeError):
        return None
