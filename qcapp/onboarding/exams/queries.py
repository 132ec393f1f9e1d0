"""Reading exams: whose they are, who may see them, and what an exam comes to."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from qcapp.checklists import queries as checklists
from qcapp.checklists.scoring import Answer
from qcapp.core.errors import Missing
from qcapp.core.i18n import _
from qcapp.onboarding.current import current_trainee
from qcapp.onboarding.exams import rules
from qcapp.onboarding.exams.models import Exam
from qcapp.onboarding.exams.rules import ExamResult
from qcapp.onboarding.models import Trainee
from qcapp.onboarding.program.plan import Condition
from qcapp.onboarding.record import program_of
from qcapp.people.models import User
from qcapp.people.permissions import Permission, demand


def get_trainee(session: Session, manager_id: int, user: User) -> Trainee:
    """The trainee this manager is, or was last, within the person's reach."""
    manager = session.get(User, manager_id)
    if manager is None:
        raise Missing(_("There is no such person."))
    demand(user, Permission.VIEW_ONBOARDING, session=session, manager_id=manager_id)
    trainee = current_trainee(session, manager_id)
    if trainee is None:
        raise Missing(_("The onboarding of this person has not begun."))
    return trainee


def get_exam(session: Session, exam_id: int, user: User) -> Exam:
    """An exam of somebody within the person's reach. What is written in one that goes on, its coach alone sees."""
    exam = session.get(Exam, exam_id)
    if exam is None:
        raise Missing(_("There is no such exam."))
    demand(user, Permission.VIEW_ONBOARDING, session=session, manager_id=exam.trainee.manager_id)
    return exam


def exams_of(session: Session, trainee: Trainee) -> Sequence[Exam]:
    """All exams of the trainee, the first one first."""
    mine = select(Exam).where(Exam.trainee_id == trainee.id)
    return session.scalars(mine.options(joinedload(Exam.coach)).order_by(Exam.number)).all()


def answers_of(exam: Exam) -> dict[str, Answer]:
    """The answers by item key, as the scoring rule reads them."""
    return {key: Answer(**given) for key, given in exam.answers.items()}


def wanted_of(exam: Exam) -> Condition:
    """What the program asks of its exam."""
    plan = program_of(exam.trainee).exam_plan()
    return rules.wanted_of(plan) if plan else rules.USUAL


def result_of(exam: Exam) -> ExamResult:
    """What the answers come to now."""
    return rules.result(checklists.card_of(exam.version), answers_of(exam), wanted_of(exam))
