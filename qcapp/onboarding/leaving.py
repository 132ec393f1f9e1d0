"""What follows when the coach of a trainee cannot train any more, and when the account of a trainee is closed."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from qcapp.core.jobs import JobQueue, wake
from qcapp.core.web import database
from qcapp.onboarding import news, stages
from qcapp.onboarding.current import current_trainee
from qcapp.onboarding.models import StageRecord, Trainee
from qcapp.onboarding.states import WorkState
from qcapp.onboarding.work import deliverables
from qcapp.onboarding.work.models import Deliverable
from qcapp.people.at_work import at_work
from qcapp.people.holding import hold
from qcapp.people.models import User
from qcapp.people.notices import notify_each
from qcapp.people.permissions import Permission, may_train, only_to_confirm
from qcapp.people.queries import holders_of
from qcapp.people.teams import head_of
from qcapp.terms import Role, Stage

LEFT = "onboarding.coach_left"
EVERY_MINUTES = 10


def register(jobs: JobQueue) -> None:
    """Tell a worker what the names of these jobs mean."""

    def all_left() -> None:
        for trainee_id in left_alone():
            jobs.run(LEFT, trainee_id)  # one that fails stops no other

    jobs.job(LEFT, coach_left)
    jobs.periodic("onboarding.all_coaches_left", all_left, minutes=EVERY_MINUTES)


def note_change(session: Session, user_id: int) -> None:
    """The person may have been a coach. A lent role that ends is noticed by the periodic job."""
    for trainee_id in session.scalars(
        _trained().with_only_columns(Trainee.id).where(User.coach_id == user_id)
    ):
        wake(session, LEFT, trainee_id)


def left_alone() -> list[int]:
    """The ids of the trainees on the way whose coach cannot train them any more."""
    with database().reading() as session:
        return [trainee.id for trainee in session.scalars(_trained()) if _has_left(session, trainee)]


def coach_left(trainee_id: int) -> None:
    """Nobody is the coach from now on. HR and the head of the team are told, and whoever decides in the meantime.

    Twice is once, and a coach who has come back stays.
    """
    with database().transaction() as session:
        hold(session, User.id == session.get_one(Trainee, trainee_id).manager_id)
        trainee = stages.lock(session, trainee_id)
        coach = trainee.coach
        if coach is None or not _has_left(session, trainee):
            return
        stages.give_coach(session, trainee, None, by=None)
        told = [
            *_in_charge(session, trainee),
            *holders_of(session, Permission.TRAIN, over=trainee.manager_id),
        ]
        facts = {"manager": trainee.manager.name, "coach": coach.name}
        notify_each(session, told, "trainee_coach_left", news.path(trainee), **facts)
        handed_in = select(Deliverable.id).where(
            Deliverable.trainee_id == trainee.id, Deliverable.state == WorkState.SUBMITTED
        )
        for deliverable_id in session.scalars(handed_in.order_by(Deliverable.id)):
            deliverables.tell_coach(session, deliverable_id)


def tell_of_departure(session: Session, manager_id: int) -> None:
    """The account of somebody on the way was closed, or has another role: HR, the head and the coach are told."""
    trainee = current_trainee(session, manager_id)
    if trainee is None or trainee.parted_at is not None or trainee.stages[-1].stage is Stage.STAFF:
        return
    told = _in_charge(session, trainee)
    if trainee.coach is not None and trainee.coach.active:
        told.append(trainee.coach)
    facts = {"manager": trainee.manager.name, "stage": trainee.stages[-1].stage.value}
    notify_each(session, told, "trainee_interrupted", news.path(trainee), **facts)


def _trained() -> Select[Trainee]:
    """Who is on the way and has a coach."""
    on_the_way = select(StageRecord.trainee_id).where(
        StageRecord.left_at.is_(None), StageRecord.stage != Stage.STAFF
    )
    return (
        select(Trainee)
        .join(Trainee.manager)
        .where(
            at_work(), Trainee.parted_at.is_(None), Trainee.coach_id.is_not(None), Trainee.id.in_(on_the_way)
        )
        .order_by(Trainee.id)
    )


def _has_left(session: Session, trainee: Trainee) -> bool:
    coach = trainee.coach
    if coach is None or may_train(session, coach, trainee.manager_id):
        return False
    return not only_to_confirm(coach, Permission.TRAIN)


def _in_charge(session: Session, trainee: Trainee) -> list[User]:
    """HR and the head of the team; without HR, whoever else runs onboardings."""
    able = holders_of(session, Permission.RUN_ONBOARDING)
    head = head_of(trainee.manager)
    return [*([each for each in able if each.role is Role.HR] or able), *([head] if head else [])]
