"""The sentences of notices: subject of the e-mail and text in the product, filled with the notice's facts.

Facts are plain JSON: days and moments are kept in ISO format and shown as the reader writes them, ``score`` is per
cent or None, and ``num`` chooses between one and many.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from babel.support import LazyProxy

from qcapp.core.formats import decimal, iso_time, percent
from qcapp.core.i18n import _, label
from qcapp.people.models import Notice
from qcapp.terms import ConditionKind, Role, ScoredFact, Stage

Facts = Mapping[str, Any]
Sentence = LazyProxy | Callable[[Facts], str]
"""A sentence to be filled, or what chooses and fills one: ``lambda facts: ngettext("…", "…", **facts)``."""


@dataclass(frozen=True)
class NoticeWords:
    """What one feature tells people; ``personal``: about the person himself, or for him alone to answer, so that
    whoever stands in for him is not told."""

    sentences: Mapping[str, Sentence]
    personal: frozenset[str] = frozenset()


SENTENCES: dict[str, Sentence] = {}
PERSONAL: set[str] = set()


def register(words: NoticeWords) -> None:
    """From now on notices may say this."""
    SENTENCES.update(words.sentences)
    PERSONAL.update(words.personal)


def sentence(notice: Notice) -> str:
    """The notice in the language of the moment."""
    words = SENTENCES[notice.kind]
    facts = {name: _shown(name, value) for name, value in notice.facts.items()}
    return words(facts) if callable(words) else str(words) % facts


_NAMED: dict[str, Callable[[Any], Any]] = {
    "stage": lambda value: label(Stage(value)) if value is not None else "–",
    "role": lambda value: label(Role(value)),
    "unmet": lambda value: ", ".join(str(label(ConditionKind(each))) for each in value),
    "corrected": lambda value: ", ".join(str(label(ScoredFact(each))) for each in value),
    "by": lambda value: value or _("the command line of the server"),
}


def _shown(name: str, value: Any) -> Any:
    if name == "score":
        return _("no score") if value is None else percent(value, 0 if value == round(value) else 1)
    if name == "mark":
        return decimal(value, 2)
    if name in _NAMED:
        return _NAMED[name](value)
    if name == "call" and value is None:
        return _("an unknown time")
    if isinstance(value, str):
        return iso_time(value) or value
    return "–" if value is None else value
