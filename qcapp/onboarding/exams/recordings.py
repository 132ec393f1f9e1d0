"""The recording of an exam: taken in as that of a call is, under a source of its own, and marked as a role-play."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.import_options import ImportFile
from qcapp.calls.import_service import CallDetails, source_named
from qcapp.calls.importers.facts import ImportedFacts
from qcapp.calls.ingest import Ingest, Intake, retried
from qcapp.calls.models import Call
from qcapp.core import audit
from qcapp.core.db import Database
from qcapp.core.errors import Forbidden, Refused
from qcapp.core.i18n import _
from qcapp.core.storage import Storage
from qcapp.onboarding.audited import OnboardingAction
from qcapp.onboarding.exams import queries
from qcapp.onboarding.exams import service as exams
from qcapp.onboarding.exams.models import Exam
from qcapp.people.models import User
from qcapp.terms import Direction, Disposition

SOURCE = "exams"
FACTS = ImportedFacts(direction=Direction.INTERNAL, disposition=Disposition.ANSWERED)


def demand_recordable(session: Session, exam: Exam, *, by: User) -> None:
    """Raise unless this person holds the exam, and it still takes a recording: a finished one takes its first."""
    exams.demand_examiner(session, exam.trainee, by)
    if exam.coach_id != by.id:
        raise Forbidden(_("Only the coach who holds an exam records it. The attempt has been recorded."))
    if exam.finished_at is not None and exam.call_id is not None:
        raise Refused(_("This exam is finished and has its recording."))


def take_in(database: Database, storage: Storage, exam: Exam, file: ImportFile, *, by: User) -> None:
    """Import the recording and make it this exam's, in transactions of its own. Raises Refused.

    The same bytes twice are the same call, so what was sent again after a lost answer does no harm.
    """

    def follow(session: Session, call: Call) -> None:
        person = session.get_one(User, by.id)
        attach(session, queries.get_exam(session, exam.id, person), call.id, by=person)

    source_id = retried(database, lambda session: source_named(session, SOURCE).id)
    details = CallDetails(
        started_at=exam.started_at, manager_id=exam.trainee.manager_id, role_play=True
    )  # in the stage of the exam, however late it is uploaded
    intake = Intake(file, FACTS, source_id, details=details, follow=follow)
    result = Ingest(database, storage).whole(intake, with_playback=True)
    if result.call_id is None:
        raise Refused(result.reason or file.name)
    known = result.call_id
    retried(database, lambda session: follow(session, session.get_one(Call, known)))


def attach(session: Session, exam: Exam, call_id: int, *, by: User) -> None:
    """Make a role-play that was taken in the recording of this exam; the latest one counts."""
    exams.lock(session, exam)
    if exam.call_id == call_id:
        return
    demand_recordable(session, exam, by=by)
    call = session.get_one(Call, call_id)
    elsewhere = session.scalar(select(Exam.id).where(Exam.call_id == call_id))
    if elsewhere or not call.role_play or call.manager_id != exam.trainee.manager_id:
        raise Refused(_("This recording belongs to another call. Choose the one of this exam."))
    exam.call = call
    session.flush()
    audit.record(
        session,
        OnboardingAction.EXAM_RECORDED,
        f"exam:{exam.id}",
        by_id=by.id,
        manager=exam.trainee.manager_id,
        call=call_id,
    )
