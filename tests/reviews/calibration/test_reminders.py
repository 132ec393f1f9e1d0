"""Reviewers hear of a deadline once when it is near and once when it has passed."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from qcapp.calls.models import Call
from qcapp.people.models import User
from qcapp.reviews.calibration import reminders, tasks
from qcapp.reviews.calibration import service as calibrating
from qcapp.reviews.calibration.models import Calibration
from tests.reviews.calibration.conftest import HandIn
from tests.reviews.calibration.test_service import notices_of

NEAR = "The calibration “October” is to be scored by tomorrow: please score its calls."
OVER = "The deadline of the calibration “October” has passed: please score its calls."


def told(session: Session, user: User) -> list[str]:
    return [each for each in notices_of(session, user) if each in (NEAR, OVER)]


def test_each_is_told_once_near_the_deadline_and_once_after_it(
    session: Session,
    calibration: Calibration,
    people: SimpleNamespace,
    pavel: User,
    calls: list[Call],
    hand_in: HandIn,
) -> None:
    for call in calls:
        hand_in(call, pavel)
    for left, expected in ((30, []), (20, [NEAR]), (1, [NEAR]), (-1, [NEAR, OVER]), (-99, [NEAR, OVER])):
        with time_machine.travel(calibration.due_at - timedelta(hours=left), tick=False):
            for calibration_id in reminders.due(session):
                reminders.remind(session, calibration_id)
                reminders.remind(session, calibration_id)
            assert told(session, people.kira) == expected
    assert told(session, people.lidia) == [NEAR, OVER]  # the facilitator scores as well
    assert told(session, pavel) == []  # is through


def test_who_was_asked_a_moment_ago_is_not_reminded(
    session: Session, calibration: Calibration, people: SimpleNamespace
) -> None:
    calibration.created_at = calibration.due_at - timedelta(hours=5)
    with time_machine.travel(calibration.due_at - timedelta(hours=4), tick=False):
        reminders.remind(session, calibration.id)
    assert told(session, people.kira) == []


@pytest.mark.parametrize("end", ["end_blind", "cancel"])
def test_nobody_is_reminded_of_what_is_over(
    session: Session, calibration: Calibration, people: SimpleNamespace, end: str
) -> None:
    getattr(calibrating, end)(session, calibration, by=people.lidia, reason="x")
    with time_machine.travel(calibration.due_at + timedelta(hours=1), tick=False):
        assert list(reminders.due(session)) == []
        reminders.remind(session, calibration.id)
    assert told(session, people.kira) == []


def test_a_worker_reminds(
    app: Flask, session: Session, calibration: Calibration, people: SimpleNamespace
) -> None:
    calibration_id = calibration.id
    session.commit()
    with time_machine.travel(calibration.due_at + timedelta(hours=1), tick=False), app.app_context():
        assert tasks.due() == [calibration_id]
        tasks.remind(calibration_id)
        tasks.remind(calibration_id)
    session.expire_all()
    assert told(session, people.kira) == [OVER]
