"""Answers of generated reviews: some filled-in cards for each kind of call, scored by the product's rule."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.random import Generator

from qcapp.checklists import applicability, scoring
from qcapp.checklists.applicability import CallFacts
from qcapp.checklists.card import NOT_APPLICABLE, Card, Item, ItemKind
from qcapp.checklists.models import ChecklistVersion
from qcapp.checklists.rows import card_of
from qcapp.checklists.scoring import Answer
from qcapp.reviews.cards import per_cent

PATTERNS = 16  # filled-in cards for each kind of call
_COMMENTS = (
    "Не назвал компанию, клиент переспросил.",
    "Перебил клиента на возражении о цене.",
    "Следующий шаг без даты: «созвонимся».",
    "Не выяснил, кто принимает решение.",
    "Говорил о продукте раньше, чем узнал задачу.",
)


@dataclass(frozen=True)
class Filled:
    """A card with all its answers: rows by item id, and the score they give."""

    answers: tuple[tuple[int, str, str, str | None], ...]  # item id, value, comment, reason
    score: float | None
    sections: dict[str, float | None]


@dataclass(frozen=True)
class FilledCard:
    """A version in force with its filled-in cards for one kind of call, the worst first."""

    checklist_id: int
    version_id: int
    filled: tuple[Filled, ...]


class Forms:
    """Chooses the card of a call as a reviewer is offered it."""

    def __init__(self, random: Generator, versions: list[ChecklistVersion]) -> None:
        self._random = random
        self._versions = {version.checklist.key: version for version in versions}
        self._made: dict[CallFacts, FilledCard] = {}

    @cached_property
    def _cards(self) -> list[Card]:
        return [card_of(version) for version in self._versions.values()]

    def form_for(self, facts: CallFacts) -> FilledCard:
        """The form of the closest card; of the first one, as a reviewer may choose, where none applies."""
        if facts not in self._made:
            card = (applicability.best_first(self._cards, facts) or self._cards)[0]
            asked = applicability.for_call(card, facts)
            version = self._versions[card.key]
            ids = {item.key: item.id for section in version.sections for item in section.items}
            made = [self._fill(asked, ids, skill) for skill in np.linspace(0.35, 0.98, PATTERNS)]
            made.sort(key=lambda filled: filled.score or 0.0)
            self._made[facts] = FilledCard(version.checklist_id, version.id, tuple(made))
        return self._made[facts]

    def _fill(self, card: Card, ids: dict[str, int], skill: float) -> Filled:
        answers = {item.key: self._answer(item, skill) for item in card.items()}
        score = scoring.score(card, answers)
        return Filled(
            tuple((ids[key], each.value, each.comment, each.reason or None) for key, each in answers.items()),
            per_cent(score.total),
            {section.key: per_cent(section.share) for section in score.sections},
        )

    def _answer(self, item: Item, skill: float) -> Answer:
        chance = float(self._random.random())
        comment = _COMMENTS[int(chance * 997) % len(_COMMENTS)]
        if item.kind is ItemKind.TEXT:
            return Answer(comment)
        if item.na and chance < 0.07:
            return Answer(NOT_APPLICABLE)
        choices = item.choices()
        # Good managers mostly get the best answer; what they miss, they rarely miss altogether.
        missed = int(len(choices) * self._random.random() ** 2) if self._random.random() > skill else 0
        value = choices[len(choices) - 1 - min(missed, len(choices) - 1)]
        if not scoring.is_bad(item, value):
            return Answer(value)
        return Answer(
            value, comment, item.reasons[int(chance * 991) % len(item.reasons)].key if item.reasons else ""
        )
