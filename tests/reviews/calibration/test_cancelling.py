"""A calibration that is given up: nothing of it is left but what the audit log says."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.models import Call
from qcapp.core import clock
from qcapp.core.audit import AuditEntry
from qcapp.core.errors import Forbidden, Refused
from qcapp.people.models import User
from qcapp.reviews import my_work, queries, service
from qcapp.reviews.calibration import service as calibrating
from qcapp.reviews.calibration.models import Calibration, CalibrationState
from qcapp.reviews.models import Purpose, Review
from qcapp.reviews.queue import assignments, claims
from tests.factories.people import make_user
from tests.reviews.calibration.conftest import HandIn
from tests.reviews.calibration.test_service import REFERENCE, notices_of, set_all

Login = Callable[[User], FlaskClient]


def test_cancelling_removes_drafts_tells_why_and_keeps_what_was_handed_in_uncounted(
    session: Session,
    calibration: Calibration,
    people: SimpleNamespace,
    pavel: User,
    calls: list[Call],
    hand_in: HandIn,
) -> None:
    handed = hand_in(calls[0], people.kira)
    calibrating.begin(session, calibration, calls[0], by=pavel)
    with pytest.raises(Refused, match="Say why"):
        calibrating.cancel(session, calibration, by=people.lidia, reason=" ")
    calibrating.cancel(session, calibration, by=people.lidia, reason="Запись не та")
    assert calibration.state is CalibrationState.CANCELLED
    assert session.scalars(select(Review)).all() == [handed]
    assert handed.purpose is Purpose.CALIBRATION
    for reviewer in (people.kira, pavel):
        told = notices_of(session, reviewer)
        assert told[-1] == "The calibration “October” was cancelled: Запись не та"
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry is not None
    assert (entry.action, entry.diff["reason"]) == ("calibration_cancelled", "Запись не та")
    assert my_work.to_calibrate(session, pavel) == []


def test_after_cancelling_nothing_goes_on(
    session: Session,
    calibration: Calibration,
    people: SimpleNamespace,
    pavel: User,
    calls: list[Call],
    all_through: object,
) -> None:
    assert calibration.state is CalibrationState.REFERENCE
    calibrating.cancel(session, calibration, by=people.lidia, reason="Не нужна")
    for step in (
        lambda: calibrating.begin(session, calibration, calls[0], by=make_user(session, "New", pavel.role)),
        lambda: calibrating.end_blind(session, calibration, by=people.lidia, reason="x"),
        lambda: set_all(session, calibration, people.lidia, REFERENCE),
        lambda: calibrating.close(session, calibration, by=people.lidia),
        lambda: calibrating.cancel(session, calibration, by=people.lidia, reason="x"),
    ):
        with pytest.raises(Refused):
            step()


def test_a_closed_calibration_stays(
    session: Session, calibration: Calibration, people: SimpleNamespace, all_through: object
) -> None:
    set_all(session, calibration, people.lidia, REFERENCE)
    calibrating.close(session, calibration, by=people.lidia)
    with pytest.raises(Refused, match="closed and is not changed"):
        calibrating.cancel(session, calibration, by=people.lidia, reason="x")


@pytest.mark.parametrize("name", ["kira", "olga", "roman", "max", "anna"])
def test_only_who_runs_calibrations_cancels(
    session: Session, calibration: Calibration, people: SimpleNamespace, name: str
) -> None:
    with pytest.raises(Forbidden):
        calibrating.cancel(session, calibration, by=getattr(people, name), reason="x")


def test_its_reviewers_may_score_the_calls_as_usual_again(
    session: Session,
    calibration: Calibration,
    people: SimpleNamespace,
    calls: list[Call],
    publish: Callable[..., Review],
) -> None:
    review = publish(calls[0], make_user(session, "Quentin", people.kira.role))
    assert queries.reviews_of_call(session, calls[0], people.kira) == []
    calibrating.cancel(session, calibration, by=people.lidia, reason="x")
    assert queries.reviews_of_call(session, calls[0], people.kira) == [review]


def test_a_call_that_is_scored_blind_is_no_reviewers_next_call_meanwhile(
    session: Session, calibration: Calibration, people: SimpleNamespace, pavel: User, calls: list[Call]
) -> None:
    due = clock.now() + timedelta(days=1)
    with pytest.raises(Refused, match="Kira Control scores this call blind"):
        assignments.assign(session, calls[:1], reviewer=people.kira, due_at=due, by=people.lidia)
    (assigned,) = assignments.assign(session, calls[:1], reviewer=None, due_at=due, by=people.lidia)
    assert claims.take_next(session, by=people.kira) is None
    calibrating.cancel(session, calibration, by=people.lidia, reason="x")
    assert claims.take_next(session, by=people.kira) is assigned
    assert service.relation_to(session, calls[0], pavel) is None


def test_the_page_cancels_and_says_so(
    session: Session, calibration: Calibration, people: SimpleNamespace, login: Login
) -> None:
    page = f"/calibrations/{calibration.id}"
    assert "Why it is cancelled" not in login(people.kira).get(page).text
    client = login(people.lidia)
    assert "Why it is cancelled" in client.get(page).text
    assert client.post(f"{page}/cancel", data={"reason": ""}).status_code == 409
    assert client.post(f"{page}/cancel", data={"reason": "Запись не та"}).location == page
    told = client.get(page).text
    assert "This calibration was cancelled on" in told
    assert "Why it is cancelled" not in told
    assert "cancelled" in client.get("/calibrations/").text
    assert client.get(f"{page}/report").status_code == 302
