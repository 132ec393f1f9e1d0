"""A trainee before the exam, a small card for it, and what the page of a coach sends."""

from sqlalchemy.orm import Session

from qcapp.checklists.card import AppliesTo, Card, Critical
from qcapp.checklists.scoring import Answer
from qcapp.checklists.service import load_card
from qcapp.onboarding.models import Trainee
from qcapp.people.models import User
from qcapp.reviews.rules import ReviewDraft
from qcapp.terms import Stage
from tests.checklists.cards import card, scale, section
from tests.onboarding.on_the_way import PROGRAM, make_trainee, program_version

EXAMINED = PROGRAM | {
    "key": "examined",
    "stages": [
        PROGRAM["stages"][0] | {"conditions": [{"kind": "spve", "count": 3}]},
        PROGRAM["stages"][1] | {"conditions": [{"kind": "script"}]},
        PROGRAM["stages"][2] | {"exam_card": "card", "conditions": [{"kind": "exam", "mark": 3}]},
        PROGRAM["stages"][3] | {"conditions": [{"kind": "scored_calls", "count": 3}]},
        PROGRAM["stages"][4],
    ],
}
PASSED = {"questions": "4", "heard": "3", "step": "3"}
FAILED = {"questions": "3", "heard": "2", "step": "3"}  # no critical error, but below a 3
CRITICAL = {"questions": "5", "heard": "5", "step": "2"}


def exam_card() -> Card:
    return card(
        section("goal", scale("questions", 2, 5), scale("heard", 2, 5, na=True)),
        section("close", scale("step", 2, 5, critical=Critical.CALL)),
        purpose={"ru": "Экзамен"},
        applies_to=AppliesTo(stage=("exam",)),
    )


def make_examinee(session: Session, manager: User, stage: Stage = Stage.EXAM) -> Trainee:
    """A trainee in the stage of the exam, whose card is in force."""
    load_card(session, exam_card(), by=None)
    trainee = make_trainee(session, manager, stage)
    trainee.program = program_version(session, EXAMINED)
    session.flush()
    return trainee


def marks(
    given: dict[str, str],
    *,
    revision: int = 0,
    window: str = "one",
    turn: int = 1,
    comment: str = "Разобрали",
) -> ReviewDraft:
    """All that the page holds, every 2 and 3 with a comment."""
    answers = {
        key: Answer(value, "" if value in {"4", "5", "na"} else "Почему") for key, value in given.items()
    }
    return ReviewDraft(revision=revision, window=window, turn=turn, answers=answers, summary=comment)
