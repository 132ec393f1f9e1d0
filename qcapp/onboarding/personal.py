"""Which calls a clearance rests on: they are kept as long as it counts, or is still to be decided."""

from sqlalchemy import Select, select

from qcapp.calls.models import Call
from qcapp.core.i18n import lazy
from qcapp.core.personal import Hold
from qcapp.onboarding.models import Trainee
from qcapp.people.models import User
from qcapp.people.stages import Stage
from qcapp.reviews.models import Purpose, Review, ReviewState


def _of_clearances() -> Select[int]:
    """Scored calls of cold practice, whose scores are a condition, of those who were not dismissed since."""
    return (
        select(Call.id)
        .join(Review, Review.call_id == Call.id)
        .join(Trainee, Trainee.manager_id == Review.manager_id)
        .join(User, User.id == Trainee.manager_id)
        .where(
            Call.stage == Stage.COLD_PRACTICE,
            Review.state == ReviewState.PUBLISHED,
            Review.purpose == Purpose.COUNTED,
            Review.score.is_not(None),
            Trainee.parted_at.is_(None),
            User.active,
        )
    )


HOLDS = (Hold("clearance", lazy("a clearance rests on its score"), _of_clearances),)
