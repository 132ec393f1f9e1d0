"""A sales call that nobody recorded: its answers, drawn by how well its manager does, with the words that earned them.

Pure: the same group gives the same calls every time. The words stand in month.yaml.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from qcapp.checklists.card import NOT_APPLICABLE, Card, Item, ItemKind
from qcapp.checklists.scoring import Answer
from qcapp.reviews.rules import DraftMark

OBJECTIONS = ("clarified", "argued", "checked")
SECONDS_A_WORD, BREATH_S = 0.42, 0.8
MARKS = 3


@dataclass(frozen=True)
class SpokenTurn:
    """Something said, at seconds of the call."""

    manager: bool
    start_s: float
    end_s: float
    text: str


@dataclass
class Talk:
    """What was said, and what a reviewer makes of it."""

    turns: list[SpokenTurn] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    marks: list[DraftMark] = field(default_factory=list)
    summary: str = ""

    @property
    def length_s(self) -> float:
        return self.turns[-1].end_s + BREATH_S

    def say(self, manager: bool, text: str) -> SpokenTurn:
        start = self.turns[-1].end_s + BREATH_S if self.turns else BREATH_S
        end = start + SECONDS_A_WORD * len(text.split())
        turn = SpokenTurn(manager, round(start, 2), round(end, 2), text[0].upper() + text[1:])
        self.turns.append(turn)
        return turn


class Writer:
    """Writes the talks of one group. ``words``: month.yaml; ``names``: what stands in its braces."""

    def __init__(
        self, words: Mapping[str, Any], group: Mapping[str, Any], names: Mapping[str, str], seed: str
    ) -> None:
        self._words, self._group, self._names = words, group, names
        self._random = Random(seed)  # noqa: S311 (an invented call is no secret)

    def write(self, card: Card, far: float) -> Talk:
        """The talk of a call; ``far``: how far its manager has come, from 0 to 1."""
        talk = Talk()
        talk.say(False, self._one_of(self._words["hello"]))
        names = {**self._names, "when": self._one_of(self._words["steps"])}
        objected = self._random.random() >= float(self._words["no_objection"])
        good, bad = [], []
        for item in card.items():
            words = self._words["items"][item.key]
            if item.key in OBJECTIONS and not objected:
                talk.answers[item.key] = Answer(NOT_APPLICABLE)
                continue
            if item.key == OBJECTIONS[0]:
                talk.say(False, self._one_of(self._words["objections"]))
            if "asked" in words:
                talk.say(False, words["asked"])
            if self._random.random() < self._chance(item.key, far):
                self._speak(talk, words, names)
                good.append(words.get("praise", ""))
                talk.answers[item.key] = Answer(_value(item, words))
            else:
                self._fail(talk, item, words, names)
                bad.append(words.get("advice", ""))
        talk.say(False, self._words["goodbye"]["client"])
        talk.say(True, self._words["goodbye"]["manager"])
        talk.summary = self._summary([each for each in good if each], [each for each in bad if each])
        return talk

    def _speak(self, talk: Talk, words: Mapping[str, Any], names: Mapping[str, str]) -> None:
        if "good" in words:
            talk.say(True, self._one_of(words["good"]).format(**names))
        if "answer" in words:
            talk.say(False, self._one_of(words["answer"]))

    def _fail(self, talk: Talk, item: Item, words: Mapping[str, Any], names: Mapping[str, str]) -> None:
        given = self._one_of(words["bad"])
        scale = item.kind is ItemKind.SCALE
        reason = given.get("scale_reason" if scale else "reason", "")
        talk.answers[item.key] = Answer(given["scale" if scale else "value"], given["comment"], reason)
        if "say" in given:
            turn = talk.say(True, given["say"].format(**names))
            if len(talk.marks) < MARKS:
                talk.marks.append(DraftMark(turn.start_s, turn.end_s, given["comment"], item.key))

    def _chance(self, key: str, far: float) -> float:
        """How likely the answer is good; ``respect: [1, 0.9]`` falls from the first call to the last."""
        if key in (own := self._group.get("items", {})):
            first, last = own[key]
        elif key in (usual := self._words["usual"]):
            return float(usual[key])
        else:
            first, last = self._group["well"]
        return float(first) + (float(last) - float(first)) * far

    def _summary(self, good: list[str], bad: list[str]) -> str:
        praised = f"Хорошо: {self._one_of(good)}. " if good else ""
        if not bad:
            return f"{praised}Звонок можно ставить в пример."
        return f"{praised}Что улучшить: {'; '.join(bad[:2])}."

    def _one_of(self, values: Any) -> Any:
        return values[int(self._random.random() * len(values))]


def _value(item: Item, words: Mapping[str, Any]) -> str:
    return str(words["scale"] if item.kind is ItemKind.SCALE else words["value"])
