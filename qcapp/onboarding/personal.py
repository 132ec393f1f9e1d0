"""Which calls a clearance rests on: they are kept as long as it counts, or is still to be decided."""

from sqlalchemy import Select, exists, or_, select

from qcapp.calls.models import Call
from qcapp.core.i18n import lazy
from qcapp.core.personal import Hold
from qcapp.onboarding.models import StageRecord, Trainee
from qcapp.people.models import User
from qcapp.reviews.models import Purpose, Review, ReviewState
from qcapp.terms import Stage


def _of_clearances() -> Select[int]:
    """Scored calls that count, from the beginning of the onboarding until its manager became staff.

    Conditions look at those of every stage. Nothing is held of those who were dismissed since, and of an earlier
    onboarding neither.
    """
    begun = exists().where(StageRecord.trainee_id == Trainee.id, StageRecord.entered_at <= Call.started_at)
    staff = exists().where(
        StageRecord.trainee_id == Trainee.id,
        StageRecord.stage == Stage.STAFF,
        StageRecord.left_at.is_(None),
        StageRecord.entered_at < Call.started_at,
    )
    return (
        select(Call.id)
        .join(Review, Review.call_id == Call.id)
        .join(Trainee, Trainee.manager_id == Review.manager_id)
        .join(User, User.id == Trainee.manager_id)
        .where(
            begun,
            or_(Call.stage == Stage.COLD_PRACTICE, ~staff),
            Review.state == ReviewState.PUBLISHED,
            Review.purpose == Purpose.COUNTED,
            Review.score.is_not(None),
            Trainee.parted_at.is_(None),
            User.active,
        )
    )


HOLDS = (Hold("clearance", lazy("a clearance rests on its score"), _of_clearances),)
