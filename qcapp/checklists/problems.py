"""Sentences for what is wrong with a checklist, errors of form and faults, for whoever writes the card."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError

from qcapp.checklists import form_errors
from qcapp.checklists.faults import CardFault, CardFaultKind, Path
from qcapp.checklists.schema import (
    AppliesToForm,
    CardForm,
    ExampleForm,
    GuideForm,
    ItemForm,
    OptionForm,
    ReasonForm,
    ScaleForm,
    SectionForm,
)
from qcapp.core.i18n import _

Placed = tuple[Path, str]


def of_form(error: ValidationError) -> list[Placed]:
    """Each error of form as the path it concerns and a sentence."""
    return [(_clean(detail["loc"]), _form_sentence(detail)) for detail in error.errors(include_url=False)]


def of_faults(found: Iterable[CardFault], names: Mapping[str, str] | None = None) -> list[Placed]:
    """Each fault as the path it concerns and a sentence; ``names``: what the reader knows fields as."""
    return [(fault.path, _fault_sentences()[fault.kind] % _named(fault, names or {})) for fault in found]


def _named(fault: CardFault, names: Mapping[str, str]) -> dict[str, str]:
    field = fault.values.get("field", "")
    return fault.values | {"field": names.get(field, field)}


def place(path: Path, data: Any) -> str:
    """Where a path leads, in words a reader of the file knows: “section greeting, item hello, weight”."""
    words: list[str] = []
    names = {
        "sections": _("section"),
        "items": _("item"),
        "options": _("option"),
        "reasons": _("reason"),
        "examples": _("example"),
    }
    for depth, step in enumerate(path):
        data = _step(data, step)
        if isinstance(step, str):
            followed = depth + 1 < len(path) and isinstance(path[depth + 1], int)
            if not (followed and step in names):
                words.append(step)
        else:
            name = names.get(str(path[depth - 1]) if depth else "")
            key = data.get("key") if isinstance(data, Mapping) else None
            words.append(f"{name} {key or step + 1}" if name else str(step + 1))
    return ", ".join(words)


def _step(data: Any, step: str | int) -> Any:
    try:
        return data[step]
    except (KeyError, IndexError, TypeError):
        return None


def _clean(path: tuple[int | str, ...]) -> Path:
    """Without what pydantic adds for keys of a mapping."""
    return tuple(step for step in path if step != "[key]")


def _form_sentence(detail: Mapping[str, Any]) -> str:
    kind, path = detail["type"], detail["loc"]
    if kind == "extra_forbidden":
        return _unknown_field(path)
    if "[key]" in path:
        return form_errors.unknown_language()
    return form_errors.sentence(kind, {"value": detail["input"], **detail.get("ctx", {})}, detail["msg"])


def _unknown_field(path: tuple[int | str, ...]) -> str:
    near = get_close_matches(str(path[-1]), _form_at(path[:-1]).model_fields, n=1)
    if near:
        return _("unknown field “%(field)s”; perhaps “%(near)s” is meant.", field=path[-1], near=near[0])
    return form_errors.unknown_field(path[-1])


def _form_at(path: tuple[int | str, ...]) -> type[BaseModel]:
    forms: dict[str, type[BaseModel]] = {
        "sections": SectionForm,
        "items": ItemForm,
        "options": OptionForm,
        "reasons": ReasonForm,
        "examples": ExampleForm,
        "guide": GuideForm,
        "scale": ScaleForm,
        "applies_to": AppliesToForm,
    }
    names = [step for step in path if isinstance(step, str)]
    return forms.get(names[-1], CardForm) if names else CardForm


def _fault_sentences() -> dict[CardFaultKind, str]:
    """Looked up when needed, because the language is the reader's."""
    return {
        CardFaultKind.NO_SECTIONS: _("a checklist needs at least one section."),
        CardFaultKind.NO_ITEMS: _("a section needs at least one item."),
        CardFaultKind.DOUBLE_SECTION: _("another section has the key “%(key)s” too; keys must differ."),
        CardFaultKind.DOUBLE_ITEM: _(
            "another item of this checklist has the key “%(key)s” too; keys must differ."
        ),
        CardFaultKind.DOUBLE_OPTION: _(
            "another option of this item has the key “%(key)s” too; keys must differ."
        ),
        CardFaultKind.DOUBLE_REASON: _(
            "another reason of this item has the key “%(key)s” too; keys must differ."
        ),
        CardFaultKind.SECTIONS_WEIGH_NOTHING: _(
            "the weights of the sections add up to 0; give one of them a weight."
        ),
        CardFaultKind.ITEMS_WEIGH_NOTHING: _(
            "the weights of the items that count add up to 0; give one a weight, or the section weight 0."
        ),
        CardFaultKind.NO_SCALE: _("an item of kind scale needs scale: {min: …, max: …}."),
        CardFaultKind.SCALE_UPSIDE_DOWN: _("the scale's min must be less than its max."),
        CardFaultKind.SCALE_TOO_LONG: _("the scale has more than %(most)s values."),
        CardFaultKind.TOO_FEW_OPTIONS: _("an item of kind choice needs at least two options."),
        CardFaultKind.OPTIONS_EARN_NOTHING: _("all options have 0 points; give at least the best one some."),
        CardFaultKind.RESERVED_KEY: _("the key “%(key)s” is reserved for “not applicable”; choose another."),
        CardFaultKind.NOT_FOR_THIS_KIND: _(
            "“%(field)s” means nothing for an item of kind %(kind)s; remove it."
        ),
        CardFaultKind.BONUS_AND_CRITICAL: _("a bonus item cannot be critical; choose one of the two."),
        CardFaultKind.NOT_CRITICAL: _(
            "“critical_below” is set, but the item is not critical; set critical: section or call."
        ),
        CardFaultKind.BELOW_NEVER: _(
            "no answer is below this, so the item can never fail; it must be above %(low)s."
        ),
        CardFaultKind.BELOW_OUT_OF_RANGE: _(
            "“%(field)s” must lie between %(low)s and %(high)s, the item's lowest and highest answer."
        ),
        CardFaultKind.NO_SUCH_ANSWER: _("“%(answer)s” is no answer of this item."),
        CardFaultKind.NEVER_ASKED: _(
            "the checklist itself excludes these values, so the item would never be asked."
        ),
    }
