"""A trainee in the first stage of a program that asks for work and lessons, and what windows send."""

from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy.orm import Session

from qcapp.onboarding.models import Trainee
from qcapp.onboarding.states import Result
from qcapp.onboarding.work.answers import CoachAnswer, save_answer
from qcapp.onboarding.work.deliverables import Typed
from qcapp.onboarding.work.models import Submission
from qcapp.onboarding.work.rules import DeliverableRow
from qcapp.people.models import User
from qcapp.terms import Stage
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


def row(said: Any, *, begun_as: Any = None) -> DeliverableRow:
    """A row with these cells, or a reason; its id comes from what it said when it was begun."""
    name = str(uuid5(NAMESPACE_OID, str(begun_as or said)))
    return DeliverableRow(id=name, cells=said if isinstance(said, list) else [said])


def plain(rows: list[DeliverableRow]) -> list[Any]:
    """Cells of a table, texts of reasons."""
    return [row["cells"] if len(row["cells"]) > 1 else row["cells"][0] for row in rows]


def typed(rows: list[Any], *, revision: int = 0, window: str = "one", turn: int = 1) -> Typed:
    """What the editor sends; rows are given as ``row`` makes them, or plainly."""
    return Typed([each if isinstance(each, dict) else row(each) for each in rows], revision, window, turn)


def answer(
    session: Session,
    submission: Submission,
    comment: str = "",
    rows: Mapping[str, str] | None = None,
    *,
    by: User,
    window: str = "coach",
) -> Submission:
    """The coach's page saves what was typed; ``rows`` by their texts."""
    ids = {str(each["cells"][0]): each["id"] for each in submission.rows}
    said = {ids[text]: words for text, words in (rows or {}).items()}
    turn = submission.turn + 1 if submission.window == window else 1
    return save_answer(
        session, submission, CoachAnswer(comment, said, submission.revision, window, turn), by=by
    )
