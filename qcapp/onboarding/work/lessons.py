"""Lessons of a stage: the trainee says of each that it has been learnt, once an attempt."""

from sqlalchemy.orm import Session

from qcapp.core import audit, clock, events
from qcapp.core.errors import Missing, Refused
from qcapp.core.i18n import _
from qcapp.knowledge.events import ArticleRead
from qcapp.knowledge.models import Article
from qcapp.onboarding.audited import OnboardingAction
from qcapp.onboarding.current import current_trainee
from qcapp.onboarding.events import TraineeProgressed
from qcapp.onboarding.models import Trainee
from qcapp.onboarding.stages import lock
from qcapp.onboarding.work import queries
from qcapp.onboarding.work.models import LessonDone
from qcapp.people.models import User
from qcapp.people.permissions import Permission, demand
from qcapp.terms import Stage


def confirm_lesson(session: Session, trainee: Trainee, key: str, *, by: User) -> LessonDone:
    """The trainee has learnt a lesson that has no article to read; saying it twice changes nothing."""
    demand(by, Permission.LEARN, session=session, manager_id=trainee.manager_id)
    lesson = next((each for each in queries.lessons_of(session, trainee) if each.key == key), None)
    if lesson is not None and queries.article_of(session, lesson) is not None:
        raise Refused(_("Open the article of this lesson and confirm it there."))
    return _confirm(session, trainee, key, by=by)


def follow_reading(session: Session, event: ArticleRead) -> None:
    """Whoever says that he has read an article has learnt the open lessons about it."""
    trainee = current_trainee(session, event.user_id)
    article = session.get_one(Article, event.article_id)
    if trainee is None or article.key is None or trainee.parted_at is not None:
        return
    for lesson in queries.lessons_of(session, trainee):
        if lesson.article == article.key:
            _confirm(session, trainee, lesson.key, by=trainee.manager)


def _confirm(session: Session, trainee: Trainee, key: str, *, by: User) -> LessonDone:
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
    audit.record(
        session, OnboardingAction.LESSON_CONFIRMED, f"user:{trainee.manager_id}", by_id=by.id, lesson=key
    )
    events.emit(session, TraineeProgressed(trainee.id))
    return done
