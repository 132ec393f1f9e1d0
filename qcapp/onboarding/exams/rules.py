"""The mark of an exam: answers on a card become a school mark from 2 to 5, and passed or not.

Scored as calls are (checklists/scoring.py), with two differences: the share of what could be earned is told on the
school scale, and a critical error does not touch the mark but fails the exam. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction

from qcapp.checklists import scoring
from qcapp.checklists.card import Card, Critical
from qcapp.checklists.scoring import Answers
from qcapp.onboarding import rules
from qcapp.onboarding.program.plan import Condition, StagePlan
from qcapp.terms import ConditionKind

WORST, BEST = 2, 5
USUAL = Condition(kind=ConditionKind.EXAM, mark=3)
"""Asked for where the program says nothing."""


@dataclass(frozen=True, slots=True)
class ExamResult:
    """``mark``: the weighted average, None while nothing applicable is answered; ``sections``: likewise by key.

    ``failed``: keys of critical items that were failed, in the order of the card.
    """

    mark: float | None
    sections: Mapping[str, float | None]
    failed: tuple[str, ...]
    passed: bool


def result(card: Card, answers: Answers, wanted: Condition) -> ExamResult:
    """What the answers come to so far; unanswered and N/A items stay out."""
    score = scoring.score(_uncritical(card), answers)
    mark = on_school_scale(score.total)
    failed = tuple(
        item.key
        for item in card.items()
        if item.critical is not Critical.NONE and scoring.fails(item, answers)
    )
    return ExamResult(
        mark=mark,
        sections={section.key: on_school_scale(section.share) for section in score.sections},
        failed=failed,
        passed=rules.exam_passed(wanted, mark, bool(failed)),
    )


def wanted_of(plan: StagePlan) -> Condition:
    """What the stage asks of its exam."""
    asked = (each for each in plan.conditions if each.kind is ConditionKind.EXAM)
    return next(asked, USUAL)


def on_school_scale(share: Fraction | None) -> float | None:
    """All is 5, nothing is 2; bonus items lift nobody above 5."""
    return None if share is None else float(WORST + (BEST - WORST) * min(share, Fraction(1)))


def rounded(mark: float) -> Decimal:
    """For the eye, to two digits and never up: what reads 3.00 is a 3."""
    return Decimal(repr(mark)).quantize(Decimal("0.01"), rounding=ROUND_FLOOR)


def _uncritical(card: Card) -> Card:
    """The card without what zeroes: an exam is failed by a critical error, not marked down."""
    return replace(
        card,
        sections=tuple(
            replace(
                section,
                items=tuple(
                    replace(item, critical=Critical.NONE, critical_below=None) for item in section.items
                ),
            )
            for section in card.sections
        ),
    )
