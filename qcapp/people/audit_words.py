"""The audit log in words: what actions, things, fields and their values are called, as each feature has registered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from babel.support import LazyProxy

from qcapp.core.audit import Action
from qcapp.core.i18n import label
from qcapp.terms import Term


@dataclass(frozen=True)
class AuditWords:
    """What one feature records: its actions, the kinds of things they are done to (``review`` of ``review:7``), the
    fields of entries, and the values of fields."""

    actions: Iterable[Action]
    kinds: Mapping[str, LazyProxy] = field(default_factory=dict)
    fields: Mapping[str, LazyProxy] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, LazyProxy]] = field(default_factory=dict)


ACTIONS: dict[str, LazyProxy] = {}
KINDS: dict[str, LazyProxy] = {}
FIELDS: dict[str, LazyProxy] = {}
VALUES: dict[str, Mapping[str, Any]] = {"attempt": ACTIONS, "changed": FIELDS}


def register(words: AuditWords) -> None:
    """From now on the log speaks of this feature."""
    ACTIONS.update(labels_of(words.actions))
    KINDS.update(words.kinds)
    FIELDS.update(words.fields)
    VALUES.update(words.values)


def labels_of(terms: Iterable[Term]) -> dict[str, LazyProxy]:
    """What terms are called, by their values."""
    return {term.value: label(term) for term in terms}
