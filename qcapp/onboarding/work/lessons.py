"""Lessons of a stage: the trainee says of each that it has been learnt, once an attempt."""

from sqlalchemy.orm import Session

from qcapp.core import audit, clock, events
from qcapp.core.errors import Missing, Refused
from qcapp.core.i18n import _
from qcapp.onboarding.events import TraineeProgressed
from qcapp.onboarding.models import Trainee
from qcapp.onboarding.stages import lock
from qcapp.onboarding.work import queries
from qcapp.onboarding.work.models import LessonDone
from qcapp.people.models import User
from qcapp.people.permissions import Permission, demand
from qcapp.people.stages import Stage


def confirm_lesson(session: Session, trainee: Trainee, key: str, *, by: User) -> LessonDone:
    """The trainee has learnt a lesson of a stage come to; saying it twice changes nothing."""
    demand(by, Permission.LEARN, session=session, manager_id=trainee.manager_id)
    lock(session, trainee.id)
    if trainee.parted_at is not None or trainee.stages[-1].stage is Stage.STAFF:
        raise Refused(_("This onboarding is over."))
    attempt = queries.attempt_of(trainee)
    if known := queries.lessons_done(session, trainee).get(key):
        return known
    if key not in {lesson.key for lesson in queries.lessons_of(session, trainee)}:
        raise Missing(_("This stage has no such lesson."))
    done = LessonDone(trainee_id=trainee.id, attempt=attempt, lesson=key, at=clock.now())
    session.add(done)
    session.flush()
    audit.record(session, "lesson_confirmed", f"user:{trainee.manager_id}", by_id=by.id, lesson=key)
    events.emit(session, TraineeProgressed(trainee.id))
    return done
