"""Reads calibrations for pages: those a person takes part in, or all for whoever runs them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from qcapp.calls.listing import call_page
from qcapp.calls.models import Call
from qcapp.calls.queries import CallFilter, Listed, visible_calls
from qcapp.core.errors import Forbidden, Missing
from qcapp.core.i18n import _
from qcapp.people.models import User
from qcapp.people.permissions import Permission, holds
from qcapp.people.queries import holders_of
from qcapp.reviews.calibration.models import (
    Calibration,
    CalibrationCall,
    CalibrationReviewer,
    CalibrationState,
    ReferenceAnswer,
)
from qcapp.reviews.models import Purpose, Review, ReviewState
from qcapp.reviews.queue.models import Assignment
from qcapp.reviews.queue.states import OPEN

CANDIDATES = 30
PAGES = 10  # of the list of calls that are looked through for them
LISTED = 100


def calibrations_of(session: Session, user: User) -> Sequence[Calibration]:
    """The calibrations the person runs or takes part in: running ones first, then the latest."""
    found = select(Calibration)
    if not holds(user, Permission.CALIBRATE):
        mine = select(CalibrationReviewer.calibration_id).where(CalibrationReviewer.reviewer_id == user.id)
        found = found.where(Calibration.id.in_(mine))
    found = found.options(
        joinedload(Calibration.version),
        selectinload(Calibration.calls),
        selectinload(Calibration.reviewers).joinedload(CalibrationReviewer.reviewer),
    )
    over = Calibration.state.in_((CalibrationState.CLOSED, CalibrationState.CANCELLED))
    return session.scalars(found.order_by(over, Calibration.id.desc()).limit(LISTED)).all()


def get_calibration(session: Session, calibration_id: int, user: User) -> Calibration:
    """A calibration the person runs or takes part in; ``Missing`` if there is none."""
    calibration = session.get(
        Calibration,
        calibration_id,
        options=[
            joinedload(Calibration.version),
            selectinload(Calibration.reviewers).joinedload(CalibrationReviewer.reviewer),
            selectinload(Calibration.calls).options(
                joinedload(CalibrationCall.call).joinedload(Call.manager),
                selectinload(CalibrationCall.reference).joinedload(ReferenceAnswer.item),
            ),
        ],
    )
    if calibration is None:
        raise Missing(_("There is no such calibration."))
    if not (holds(user, Permission.CALIBRATE) or takes_part(calibration, user)):
        raise Forbidden(
            _("This calibration is for those who take part in it. The attempt has been recorded.")
        )
    return calibration


def who_runs(session: Session, calibration: Calibration) -> Sequence[User]:
    """Its facilitator; if that one cannot any more, everybody who runs calibrations."""
    facilitator = calibration.facilitator
    return (
        [facilitator]
        if holds(facilitator, Permission.CALIBRATE)
        else holders_of(session, Permission.CALIBRATE)
    )


def takes_part(calibration: Calibration, user: User) -> bool:
    """Whether the person scores in this calibration."""
    return any(each.reviewer_id == user.id for each in calibration.reviewers)


def part_of(calibration: Calibration, call_id: int) -> CalibrationCall:
    """The place of a call in the calibration; ``Missing`` if it has none."""
    for part in calibration.calls:
        if part.call_id == call_id:
            return part
    raise Missing(_("This call is not part of the calibration."))


def handed_in(session: Session, calibration: Calibration) -> dict[int, int]:
    """How many calls each reviewer has handed in, by his id; never which answers."""
    counts = (
        select(Review.reviewer_id, func.count())
        .where(Review.calibration_id == calibration.id, Review.state == ReviewState.PUBLISHED)
        .group_by(Review.reviewer_id)
    )
    return dict(session.execute(counts).all())


def own_reviews(session: Session, calibration: Calibration, user: User) -> dict[int, Review]:
    """The person's own reviews in the calibration, by call."""
    mine = select(Review).where(Review.calibration_id == calibration.id, Review.reviewer_id == user.id)
    return {review.call_id: review for review in session.scalars(mine)}


@dataclass(frozen=True, slots=True)
class OfferFilter:
    """Which calls are offered; numbers win over everything else. ``reviewers``: the ids of those who are to score."""

    numbers: tuple[int, ...] = ()
    reviewers: tuple[int, ...] = ()
    manager_id: int | None = None
    shortest_s: int | None = None
    longest_s: int | None = None
    unscored: bool = False


def candidates(session: Session, wanted: OfferFilter, *, by: User) -> Sequence[Call | Listed]:
    """Recorded calls to choose from, the latest first: none that a reviewer knows already or the queue waits for."""
    if wanted.numbers:
        return visible_calls(session, wanted.numbers, by=by)
    chosen = CallFilter(
        manager_id=wanted.manager_id,
        shortest_s=wanted.shortest_s,
        longest_s=wanted.longest_s,
        recorded=True,
        scored=False if wanted.unscored else None,
    )
    found: list[Listed] = []
    page = call_page(session, chosen, by=by)
    for _page in range(PAGES):
        ids = [call.id for call in page.calls]
        known = {call_id for call_id, _reviewer in scored_by(session, ids, wanted.reviewers)}
        queued = set(
            session.scalars(
                select(Assignment.call_id).where(Assignment.call_id.in_(ids), Assignment.state.in_(OPEN))
            )
        )
        found += [call for call in page.calls if call.id not in known | queued]
        if len(found) >= CANDIDATES or page.older is None:
            break
        page = call_page(session, chosen, page.older, by=by)
    return found[:CANDIDATES]


def scored_by(
    session: Session, call_ids: Collection[int], reviewer_ids: Collection[int]
) -> Sequence[tuple[int, int]]:
    """Call and reviewer wherever one of these has begun to score one of these calls outside of calibrations."""
    found = select(Review.call_id, Review.reviewer_id).where(
        Review.call_id.in_(call_ids),
        Review.reviewer_id.in_(reviewer_ids),
        Review.purpose != Purpose.CALIBRATION,
    )
    return [(call_id, reviewer_id) for call_id, reviewer_id in session.execute(found.distinct())]
