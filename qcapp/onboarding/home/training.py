"""What waits for somebody who trains: exams to hold, work and scripts to judge; as the board says."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from qcapp.callscripts import queries as scripts
from qcapp.callscripts.models import ScriptDraft
from qcapp.onboarding.models import StageRecord, Trainee
from qcapp.onboarding.work import queries as work
from qcapp.onboarding.work.models import Deliverable
from qcapp.people.at_work import at_work
from qcapp.people.models import User
from qcapp.people.permissions import Permission, waits_for
from qcapp.terms import Stage


@dataclass(frozen=True, slots=True)
class ToTrain:
    """The longest waiting first."""

    exams: Sequence[StageRecord]
    works: Sequence[Deliverable]
    drafts: Sequence[ScriptDraft]

    def __bool__(self) -> bool:
        return any((self.exams, self.works, self.drafts))


def to_train(session: Session, user: User) -> ToTrain:
    """Of the trainees whose coach the person is, and of those who have none."""
    return ToTrain(
        exams=_exams(session, user), works=work.waiting(session, user), drafts=scripts.waiting(session, user)
    )


def _exams(session: Session, user: User) -> Sequence[StageRecord]:
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
            waits_for(user, Permission.TRAIN, Trainee.manager_id),
        )
        .options(joinedload(StageRecord.trainee).joinedload(Trainee.manager))
    )
    return session.scalars(found.order_by(StageRecord.entered_at, StageRecord.id)).all()
