"""The start page of a coach: exams to hold, work and scripts to judge, late tasks, sessions nobody has read."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from qcapp.callscripts import queries as scripts
from qcapp.callscripts.models import ScriptDraft
from qcapp.coaching import queries as coaching
from qcapp.coaching.models import CoachingSession, CoachingTask
from qcapp.core import local
from qcapp.core.web import db
from qcapp.onboarding.models import StageRecord, Trainee
from qcapp.onboarding.work import queries as work
from qcapp.onboarding.work.models import Deliverable
from qcapp.people.at_work import at_work
from qcapp.people.models import User
from qcapp.people.permissions import Permission, within
from qcapp.reviews import queries as reviews
from qcapp.terms import Stage

READ = 5  # published reviews that are shown


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a coach, the longest waiting first."""

    exams: Sequence[StageRecord]
    works: Sequence[Deliverable]
    drafts: Sequence[ScriptDraft]
    late: Sequence[CoachingTask]
    unread: Sequence[CoachingSession]

    def __bool__(self) -> bool:
        return any((self.exams, self.works, self.drafts, self.late, self.unread))


def page(coach: User) -> str:
    """The page behind the product's address."""
    today = local.today()
    return render_template(
        "home/coach.html",
        found=Waiting(
            exams=_exams(db(), coach),
            works=work.waiting(db(), coach),
            drafts=scripts.waiting(db(), coach),
            late=coaching.overdue_tasks(db(), coach, today),
            unread=coaching.unread_talks_of(db(), coach),
        ),
        latest=reviews.published(db(), coach, size=READ),
        today=today,
    )


def _exams(session: Session, coach: User) -> Sequence[StageRecord]:
    """Trainees who are in the stage of the exam."""
    found = (
        select(StageRecord)
        .join(StageRecord.trainee)
        .join(Trainee.manager)
        .where(
            StageRecord.stage == Stage.EXAM,
            StageRecord.left_at.is_(None),
            Trainee.parted_at.is_(None),
            at_work(),
            within(coach, Permission.TRAIN, Trainee.manager_id),
        )
        .options(joinedload(StageRecord.trainee).joinedload(Trainee.manager))
    )
    return session.scalars(found.order_by(StageRecord.entered_at, StageRecord.id)).all()
