"""A reviewer who leaves keeps no calibration from its end."""

from collections.abc import Callable
from types import SimpleNamespace

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.people import service as people_service
from qcapp.people.models import User
from qcapp.reviews.calibration import service as calibrations
from qcapp.reviews.calibration.models import Calibration, CalibrationState
from qcapp.reviews.models import Review
from tests.reviews.calibration.conftest import HandIn
from tests.reviews.left import left, told


def test_who_leaves_after_the_others_are_through_ends_the_calibration(
    session: Session,
    people: SimpleNamespace,
    pavel: User,
    calibration: Calibration,
    hand_in: HandIn,
) -> None:
    calibrations.begin(session, calibration, calibration.calls[0].call, by=people.kira)
    for reviewer in (pavel, people.lidia):
        for part in calibration.calls:
            hand_in(part.call, reviewer)
    people_service.deactivate_user(session, people.kira, by=people.anna)
    left(session)
    assert calibration.state is CalibrationState.REFERENCE
    assert session.scalars(select(Review).filter_by(reviewer_id=people.kira.id)).all() == []
    facts = {"title": "October", "reviewer": people.kira.name}
    assert told(session, people.lidia, "calibration_without") == [facts]
    assert told(session, people.lidia, "calibration_all_through") == [{"title": "October"}]


def test_the_last_one_who_hands_in_waits_for_nobody_who_has_left(
    session: Session,
    people: SimpleNamespace,
    pavel: User,
    calibration: Calibration,
    hand_in: HandIn,
    login: Callable[[User], FlaskClient],
) -> None:
    people_service.deactivate_user(session, people.kira, by=people.anna)
    left(session)
    assert calibration.state is CalibrationState.BLIND
    assert "does not score any more" in login(people.lidia).get(f"/calibrations/{calibration.id}").text
    for reviewer in (pavel, people.lidia):
        for part in calibration.calls:
            hand_in(part.call, reviewer)
    assert calibration.state is CalibrationState.REFERENCE


def test_who_comes_back_takes_part_again(
    session: Session,
    people: SimpleNamespace,
    calibration: Calibration,
    hand_in: HandIn,
) -> None:
    kira = people.kira
    people_service.deactivate_user(session, kira, by=people.anna)
    left(session)
    people_service.reactivate_user(session, kira, by=people.anna)
    kira.confirmed_at = kira.created_at
    hand_in(calibration.calls[0].call, kira)
    assert [each.left_at for each in calibration.reviewers] == [None, None, None]
