"""When a manager may dispute, what may be proposed and decided, and what it does to the score: pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from statistics import median

from qcapp.checklists.card import Card, Item, ItemKind
from qcapp.checklists.scoring import Answer, Answers, Score, is_valid, score, share


class Obstacle(StrEnum):
    """Why a review cannot be disputed."""

    NOT_PUBLISHED = "not_published"
    NEVER = "never"
    TOO_LATE = "too_late"
    ALREADY = "already"


def window_ends(published_at: datetime, hours: int) -> datetime:
    """Until when a review may be disputed. That the manager has acknowledged it changes nothing."""
    return published_at + timedelta(hours=hours)


def may_open(now: datetime, published_at: datetime | None, hours: int, *, disputed: bool) -> Obstacle | None:
    """None: the manager may dispute. ``hours`` after publishing, 0: never; ``disputed``: once is all."""
    if published_at is None:
        return Obstacle.NOT_PUBLISHED
    if disputed:
        return Obstacle.ALREADY
    if not hours:
        return Obstacle.NEVER
    return Obstacle.TOO_LATE if now > window_ends(published_at, hours) else None


class Decision(StrEnum):
    """What was decided on one answer, or on all of them together."""

    ACCEPTED = "accepted"
    PARTLY = "partly"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class ContestedAnswer:
    """One answer a manager contests, and what he says it should have been."""

    item: str
    proposed: str
    comment: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """What somebody decided on one answer; ``value`` is what it becomes when accepted in part."""

    decision: Decision
    reason: str
    value: str = ""


def decision_of(decisions: Iterable[Decision]) -> Decision:
    """Of all answers together: accepted or rejected where they agree, partly otherwise."""
    found = set(decisions)
    return found.pop() if len(found) == 1 else Decision.PARTLY


def proposable(item: Item, given: str) -> tuple[str, ...]:
    """The answers that may be asked for instead of the given one; none for a text."""
    if item.kind is ItemKind.TEXT:
        return ()
    return tuple(value for value in item.answers() if value != given)


def between(item: Item, given: str, proposed: str) -> tuple[str, ...]:
    """The answers that accept a dispute in part: neither what was given nor what was asked for."""
    return tuple(value for value in proposable(item, given) if value != proposed)


def becomes(decision: Decision, item: Item, given: str, proposed: str, chosen: str) -> str | None:
    """The answer after the decision; None: ``chosen`` is no answer that accepts it in part."""
    match decision:
        case Decision.ACCEPTED:
            return proposed
        case Decision.REJECTED:
            return given
        case Decision.PARTLY:
            return chosen if is_valid(item, chosen) and chosen in between(item, given, proposed) else None


@dataclass(frozen=True, slots=True)
class ScoreStep:
    """One answer changed: its value, and the score of the call, before and after."""

    item: str
    before: str
    after: str
    score_before: Score
    score_after: Score


def steps(card: Card, answers: Answers, values: Mapping[str, str]) -> list[ScoreStep]:
    """What putting new values in does, one after the other in the order of the card; the same value is no step."""
    found = []
    now = dict(answers)
    for item in card.items():
        given = now.get(item.key, Answer())
        wanted = values.get(item.key, given.value)
        if wanted == given.value:
            continue
        before = score(card, now)
        now[item.key] = replace(given, value=wanted)
        found.append(ScoreStep(item.key, given.value, wanted, before, score(card, now)))
    return found


def counted(card: Card, answers: Answers, values: Mapping[str, str]) -> dict[str, str]:
    """Those of the decided values that count: none that lowers the score of its item, its section or the call.

    A dispute never costs points. An error found in it is told: the answer stays as it was given.
    """
    kept: dict[str, str] = {}
    first, now, left = score(card, answers), dict(answers), dict(values)
    while True:  # what lowers a score alone may not do so once another answer is put right
        better = next((key for key in left if not _lowers(card, first, now, key, left[key])), None)
        if better is None:
            return kept
        kept[better] = left.pop(better)
        now[better] = replace(now.get(better, Answer()), value=kept[better])


def _lowers(card: Card, first: Score, answers: Answers, key: str, value: str) -> bool:
    """Compared with the score so far, and with the first one: a section may have dropped out in between."""
    given = answers.get(key, Answer())
    item = next(each for each in card.items() if each.key == key)
    before, after = score(card, answers), score(card, {**answers, key: replace(given, value=value)})
    return _less(share(item, given.value), share(item, value)) or any(
        _costs(earlier, after) for earlier in (first, before)
    )


def _costs(before: Score, after: Score) -> bool:
    """Whether a section or the whole became less."""
    sections = zip(before.sections, after.sections, strict=True)
    return _less(before.total, after.total) or any(
        _less(earlier.share, later.share) for earlier, later in sections
    )


def _less(before: Fraction | None, after: Fraction | None) -> bool:
    """Whether it became less. Where nothing had applied, so that there was no score, full marks alone are not less."""
    return after is not None and after < (1 if before is None else before)


@dataclass(frozen=True, slots=True)
class Settled:
    """One decided answer, as the statistics count it."""

    decision: Decision
    took: timedelta


@dataclass(frozen=True, slots=True)
class Summary:
    """How disputes went: numbers of answers, and the median of the time to the decision."""

    n: int
    accepted: int
    partly: int
    took: timedelta

    @property
    def share(self) -> float:
        """Per cent of the answers that were changed, in full or in part."""
        return 100 * (self.accepted + self.partly) / self.n


def summarise(settled: Sequence[Settled]) -> Summary:
    """Of one answer at least."""
    decisions = [each.decision for each in settled]
    return Summary(
        n=len(settled),
        accepted=decisions.count(Decision.ACCEPTED),
        partly=decisions.count(Decision.PARTLY),
        took=timedelta(seconds=median(each.took.total_seconds() for each in settled)),
    )
