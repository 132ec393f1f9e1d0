"""What coaches do with exams: begin one, score it while it goes on, finish it, throw it away.

Whoever began an exam scores it. A finished one is never changed: passed leads to the next stage, failed back to the
first one.
"""

from dataclasses import asdict

from sqlalchemy.orm import Session

from qcapp.checklists import queries as checklists
from qcapp.checklists import scoring
from qcapp.checklists.models import ChecklistVersion, VersionState
from qcapp.checklists.service import locked_version
from qcapp.core import audit, clock, events, row_locks
from qcapp.core.autosave import Seen, demand_seen, is_news, note_save
from qcapp.core.errors import Forbidden, Missing, Refused
from qcapp.core.i18n import _
from qcapp.onboarding import stages
from qcapp.onboarding.audited import OnboardingAction
from qcapp.onboarding.events import TraineeProgressed
from qcapp.onboarding.exams import queries, rules
from qcapp.onboarding.exams.models import Exam
from qcapp.onboarding.models import Trainee
from qcapp.onboarding.program.plan import StagePlan
from qcapp.onboarding.record import program_of, record_of
from qcapp.onboarding.rules import Happening, exam_due
from qcapp.people.at_work import demand_works_here
from qcapp.people.models import User
from qcapp.people.notices import notify
from qcapp.people.permissions import Permission, demand
from qcapp.people.teams import head_of
from qcapp.reviews.rules import ReviewDraft
from qcapp.reviews.service import Incomplete


def begin_exam(session: Session, trainee: Trainee, *, by: User) -> Exam:
    """An exam of the trainee's in the stage for it: the one this coach has begun before, or a new one."""
    demand_examiner(session, trainee, by)
    stages.lock(session, trainee.id)
    plan = _demand_stage(session, trainee)
    held = queries.exams_of(session, trainee)
    if held and held[-1].finished_at is None:
        if held[-1].coach_id != by.id:
            raise Refused(_("%(coach)s is holding an exam of this trainee.", coach=held[-1].coach.name))
        return held[-1]
    version = _card_in_force(session, plan)
    now = clock.now()
    version.used_at = version.used_at or now
    exam = Exam(
        trainee=trainee,
        number=len(held) + 1,
        attempt=trainee.stages[-1].attempt,
        version=version,
        coach=by,
        answers={},
        comment="",
        failed_items=[],
        started_at=now,
        updated_at=now,
        revision=0,
        window="",
        turn=0,
    )
    session.add(exam)
    session.flush()
    _record(session, OnboardingAction.EXAM_BEGUN, exam, by)
    return exam


def save_exam(session: Session, exam: Exam, draft: ReviewDraft, *, by: User) -> Exam:
    """Store all that the page holds. ``Conflict`` if another window has saved since this one loaded the exam."""
    lock(session, exam)
    demand_own(session, exam, by)
    known = {item.key for item in checklists.card_of(exam.version).items()}
    if unknown := draft.answers.keys() - known:
        raise Refused(_("This checklist has no item “%(item)s”. Reload the page.", item=min(unknown)))
    answers = {key: asdict(answer) for key, answer in draft.answers.items()}
    if not is_news(exam, draft, differs=(exam.answers, exam.comment) != (answers, draft.summary)):
        return exam
    exam.answers, exam.comment, exam.updated_at = answers, draft.summary, clock.now()
    note_save(exam, draft)
    session.flush()
    return exam


def finish_exam(session: Session, exam: Exam, *, by: User) -> Exam:
    """Settle the mark. ``Incomplete`` says which items lack what."""
    stages.lock(session, exam.trainee_id)
    lock(session, exam)
    demand_own(session, exam, by)
    _demand_stage(session, exam.trainee)
    if missing := scoring.missing(checklists.card_of(exam.version), queries.answers_of(exam)):
        raise Incomplete(missing, _("The exam is not complete yet."))
    came_to = queries.result_of(exam)
    if came_to.mark is None:
        raise Refused(_("Everything is not applicable, so there is no mark. Answer at least one item."))
    exam.mark, exam.failed_items, exam.passed = came_to.mark, list(came_to.failed), came_to.passed
    exam.finished_at = clock.now()
    session.flush()
    _record(
        session,
        OnboardingAction.EXAM_FINISHED,
        exam,
        by,
        mark=exam.mark,
        passed=exam.passed,
        failed_items=list(came_to.failed),
    )
    _tell(session, exam, came_to.mark, by)
    if exam.passed:
        events.emit(session, TraineeProgressed(exam.trainee_id))
    else:
        stages.move(session, exam.trainee, Happening.EXAM_FAILED, why=_why(exam), by=by)
    return exam


def discard_exam(session: Session, exam: Exam, *, by: User, seen: Seen | None = None) -> None:
    """Throw an unfinished exam away, unless there is more in it than the page has shown.

    Its recording, if there is one, stays among the calls as a role-play.
    """
    lock(session, exam)
    demand_examiner(session, exam.trainee, by)
    _demand_unfinished(exam)
    demand_seen(exam, seen)
    _record(session, OnboardingAction.EXAM_DISCARDED, exam, by)
    session.delete(exam)
    session.flush()


def demand_examiner(session: Session, trainee: Trainee, by: User) -> None:
    """Raise Forbidden unless the person trains this manager, never himself; Refused of who has left."""
    demand(by, Permission.TRAIN, session=session, manager_id=trainee.manager_id)
    if trainee.manager_id == by.id:
        raise Forbidden(_("Nobody examines himself. The attempt has been recorded."))
    demand_works_here(trainee.manager)


def demand_own(session: Session, exam: Exam, by: User) -> None:
    """Raise unless this person holds the exam, and it goes on."""
    demand_examiner(session, exam.trainee, by)
    if exam.coach_id != by.id:
        raise Forbidden(_("Only the coach who holds an exam scores it. The attempt has been recorded."))
    _demand_unfinished(exam)


def lock(session: Session, exam: Exam) -> None:
    """Two saves that arrive at once take turns; the later one sees what the earlier one wrote."""
    row_locks.lock(session, exam, _("There is no such exam."))


def _demand_unfinished(exam: Exam) -> None:
    if exam.finished_at is not None:
        raise Refused(_("This exam is finished and is not changed any more."))


def plan_now(session: Session, trainee: Trainee) -> StagePlan | None:
    """The stage whose exam may be held now, if there is one."""
    return exam_due(program_of(trainee), record_of(session, trainee))


def _demand_stage(session: Session, trainee: Trainee) -> StagePlan:
    plan = plan_now(session, trainee)
    if plan is None:
        raise Refused(_("An exam is held in the stage for it, and the trainee is in another one."))
    return plan


def _card_in_force(session: Session, plan: StagePlan) -> ChecklistVersion:
    """Locked against being replaced in place while the first exam begins on it."""
    try:
        checklist = checklists.checklist_by_key(session, plan.exam_card or "")
    except Missing:
        found = None
    else:
        found = locked_version(session, checklist, VersionState.PUBLISHED)
    if found is None:
        raise Refused(
            _("The card of the exam, “%(key)s”, is not in force. Ask the QC lead.", key=plan.exam_card)
        )
    return found


def _tell(session: Session, exam: Exam, mark: float, by: User) -> None:
    """The trainee, and the head of the team."""
    trainee, kind = exam.trainee, "exam_passed" if exam.passed else "exam_failed"
    facts = {"number": exam.number, "mark": float(rules.rounded(mark))}
    notify(session, trainee.manager, kind, path(exam), **facts)
    head = head_of(trainee.manager)
    if head is not None and head.id != by.id:
        notify(session, head, f"trainee_{kind}", path(exam), manager=trainee.manager.name, **facts)


def _why(exam: Exam) -> str:
    return _("Exam %(number)d was not passed.", number=exam.number)


def path(exam: Exam) -> str:
    """The page of the exam, from the root of the product."""
    return f"/exams/{exam.id}"


def _record(session: Session, action: audit.Action, exam: Exam, by: User, **facts: object) -> None:
    audit.record(
        session,
        action,
        f"exam:{exam.id}",
        by_id=by.id,
        manager=exam.trainee.manager_id,
        number=exam.number,
        **facts,
    )
