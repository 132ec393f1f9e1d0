"""A trainee in the first stage of a program that asks for work and lessons, and what a window sends."""

from typing import Any

from sqlalchemy.orm import Session

from qcapp.onboarding.models import Trainee
from qcapp.onboarding.states import Result
from qcapp.onboarding.work.deliverables import Typed
from qcapp.people.models import User
from qcapp.people.stages import Stage
from tests.onboarding.on_the_way import PROGRAM, make_trainee, move, program_version

LEARNING = PROGRAM | {
    "key": "learning",
    "stages": [
        PROGRAM["stages"][0]
        | {
            "lessons": [
                {"key": "rules", "title": {"en": "The rules", "ru": "Регламент"}, "article": "rules"}
            ],
            "conditions": [{"kind": "spve", "count": 2}, {"kind": "reasons", "count": 3}],
        },
        PROGRAM["stages"][1]
        | {"lessons": [{"key": "greeting", "title": "Приветствие"}, {"key": "goal", "title": "Цель звонка"}]},
        *PROGRAM["stages"][2:],
    ],
}
FULL = [["Быстрый", "Сразу открыт", "Больше заявок", "Покой"], ["Свой", "Правите сами", "Дешевле", "Свобода"]]
REASONS = ["Растут продажи", "Видно в поиске", "Работает ночью"]


def make_learner(session: Session, manager: User, stage: Stage = Stage.PRODUCT) -> Trainee:
    """A trainee on the first attempt of a program with two rows, three reasons and three lessons."""
    trainee = make_trainee(session, manager, stage)
    trainee.program = program_version(session, LEARNING)
    session.flush()
    return trainee


def begin_again(session: Session, trainee: Trainee) -> None:
    """The exam was failed: everything from the first stage."""
    move(session, trainee, Stage.PRODUCT, trainee.stages[-1].entered_at)
    trainee.stages[-2].result = Result.FAILED
    trainee.stages[-1].attempt += 1
    session.flush()


def typed(rows: list[Any], *, revision: int = 0, window: str = "one", turn: int = 1) -> Typed:
    return Typed(rows, revision, window, turn)
