"""Who may score whose call, when a saved draft is taken, and what to improve: pure comparisons of values."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from fractions import Fraction
from statistics import fmean

from qcapp.checklists.card import NOT_APPLICABLE, Card, Item
from qcapp.checklists.scoring import Answer, Answers, Score, is_bad, score, share

WORTH_NAMING = 3  # more than three things to improve at once are none


class Relation(StrEnum):
    """Why a reviewer is too close to a manager to score his calls."""

    HIMSELF = "himself"
    OWN_TEAM = "own_team"


def relation(
    reviewer_id: int, reviewer_teams: Iterable[int], manager_id: int | None, manager_team: int | None
) -> Relation | None:
    """``reviewer_teams`` are the teams the reviewer belongs to or heads; None: nothing speaks against it."""
    if manager_id is not None and manager_id == reviewer_id:
        return Relation.HIMSELF
    if manager_team is not None and manager_team in set(reviewer_teams):
        return Relation.OWN_TEAM
    return None


@dataclass(frozen=True, slots=True)
class DraftMark:
    """A remark at a moment: seconds of the recording, its item, and the block of the script it is pinned to."""

    start_s: float
    end_s: float | None
    text: str
    item: str | None = None
    block: str | None = None


@dataclass(frozen=True, slots=True)
class ReviewDraft:
    """Everything the workspace holds, whole: what is not in it has been removed by the reviewer.

    ``revision`` is the one the window had loaded; ``window`` and ``turn`` tell its saves apart and in
    order, because the last one of a closing page may overtake the one before.
    """

    revision: int
    window: str
    turn: int
    answers: Answers = field(default_factory=dict)
    marks: tuple[DraftMark, ...] = ()
    summary: str = ""
    spent_s: int = 0
    outcome: str | None = None


def honest_seconds(stored: int, claimed: int, since_begun: float) -> int:
    """Seconds spent on a review: they never shrink, and never exceed the time since it was begun."""
    return max(stored, min(claimed, int(since_begun)))


EVENING, MORNING = time(18), time(9)


def publishing_times(now: datetime) -> dict[str, datetime]:
    """The moments offered for publishing later, from ``now`` as the wall clock here shows it."""
    evening = datetime.combine(now.date(), EVENING, now.tzinfo)
    morning = datetime.combine(now.date() + timedelta(days=1), MORNING, now.tzinfo)
    return {"evening": evening, "morning": morning} if now < evening else {"morning": morning}


@dataclass(frozen=True, slots=True)
class Loss:
    """What one item cost: ``points`` are the per cent of the total that a full mark would have brought."""

    item: Item
    answer: Answer
    points: Fraction
    critical: bool


def losses(card: Card, answers: Answers) -> list[Loss]:
    """Every item that cost something: critical errors first, then the dearest, then the card's order."""
    now = score(card, answers)
    zeroed = set(now.zeroed_by).union(*(section.zeroed_by for section in now.sections))
    found = []
    for item in card.items():
        answer = answers.get(item.key, Answer())
        points = _points_lost(card, now, item, answer)
        if item.key in zeroed or points > 0:
            found.append(Loss(item, answer, points, item.key in zeroed))
    return sorted(found, key=lambda loss: (not loss.critical, -loss.points))


def to_improve(card: Card, answers: Answers) -> list[Loss]:
    """The few things worth naming on top of a review: critical errors and bad answers that cost most."""
    worst = [loss for loss in losses(card, answers) if loss.critical or is_bad(loss.item, loss.answer.value)]
    return worst[:WORTH_NAMING]


def _points_lost(card: Card, now: Score, item: Item, answer: Answer) -> Fraction:
    """By weight alone, so that one critical error does not hide what everything else would have brought."""
    mark = None if item.bonus or answer.value == NOT_APPLICABLE else share(item, answer.value)
    section = next(each for each in card.sections if item in each.items)
    part = next(each for each in now.sections if each.key == section.key)
    if mark is None or not part.possible or not now.possible:
        return Fraction(0)
    return 100 * part.weight / now.possible * Fraction(item.weight) * (1 - mark) / part.possible


CLOSE = 10  # points by which two scores may differ and still mean the same


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two cards on the same calls: both averages in per cent, and how many calls came out close to each other."""

    n: int
    old: float
    new: float
    close: int


def compare(pairs: Iterable[tuple[float | None, float | None]]) -> Comparison | None:
    """Of all calls that have both an old and a new score; None: there is none."""
    both = [(old, new) for old, new in pairs if old is not None and new is not None]
    if not both:
        return None
    return Comparison(
        n=len(both),
        old=fmean(old for old, _new in both),
        new=fmean(new for _old, new in both),
        close=sum(abs(new - old) <= CLOSE for old, new in both),
    )
