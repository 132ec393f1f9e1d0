"""The pages of calibrations: who gets in at which moment, and what stands on them."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.models import Call
from qcapp.checklists.models import Checklist
from qcapp.core import clock
from qcapp.people.models import User
from qcapp.reviews.calibration import service as calibrating
from qcapp.reviews.calibration.models import Calibration, CalibrationState
from qcapp.reviews.calibration.service import AgreedAnswer
from qcapp.reviews.models import Review
from qcapp.terms import Role
from tests.factories.calls import make_call
from tests.factories.people import make_user
from tests.reviews.calibration.conftest import HandIn
from tests.reviews.conftest import GOOD
from tests.reviews.test_views import text_of

Login = Callable[..., FlaskClient]
ANSWERS = {f"value-{key}": answer.value for key, answer in GOOD.items()}


def form_of(people: SimpleNamespace, calls: list[Call], **changed: object) -> dict[str, object]:
    tomorrow = (clock.now() + timedelta(days=1)).date().isoformat()
    return {
        "title": "Калибровка",
        "checklist": "card",
        "due": tomorrow,
        "reviewers": [str(people.kira.id), str(people.lidia.id)],
        "call": [str(call.id) for call in calls],
    } | changed


def closed(session: Session, calibration: Calibration, by: User) -> None:
    agreed = {key: AgreedAnswer(answer.value) for key, answer in GOOD.items()}
    for part in calibration.calls:
        calibrating.set_reference(session, calibration, part, agreed, note="Громкость – по среднему", by=by)
    calibrating.close(session, calibration, by=by)
    session.commit()


def test_the_lead_finds_calls_and_plans(
    session: Session, checklist: Checklist, calls: list[Call], people: SimpleNamespace, login: Login
) -> None:
    client = login(people.lidia)
    first = client.get("/calibrations/new")
    assert first.status_code == 200
    assert f'name="call" value="{calls[1].id}"' in first.text
    narrowed = client.get(
        f"/calibrations/new?title=X&manager={people.max.id}&call={calls[1].id}&reviewers={people.kira.id}"
    )
    words = narrowed.text
    assert f'value="{calls[1].id}" checked' in words  # what was chosen stays, though it is not Max's
    assert f'name="call" value="{calls[0].id}">' in words
    planned = client.post("/calibrations/new", data=form_of(people, calls))
    assert planned.status_code == 303
    calibration = session.scalars(select(Calibration)).one()
    assert [part.call_id for part in calibration.calls] == [call.id for call in calls]
    assert "Калибровка" in client.get("/calibrations/").text


def test_a_search_by_number_finds_just_these_calls(
    session: Session, checklist: Checklist, calls: list[Call], people: SimpleNamespace, login: Login
) -> None:
    page = login(people.lidia).get(f"/calibrations/new?numbers=№{calls[0].id}, 999999").text
    assert f'name="call" value="{calls[0].id}"' in page
    assert f'name="call" value="{calls[1].id}"' not in page


def test_a_refused_plan_keeps_what_was_chosen_and_says_why(
    session: Session, checklist: Checklist, calls: list[Call], people: SimpleNamespace, login: Login
) -> None:
    client = login(people.lidia)
    one = client.post("/calibrations/new", data=form_of(people, calls, reviewers=[str(people.kira.id)]))
    assert one.status_code == 422
    assert "choose at least two reviewers" in one.text
    assert f'value="{calls[0].id}" checked' in one.text
    nameless = client.post("/calibrations/new", data=form_of(people, calls, title=""))
    assert nameless.status_code == 422
    assert session.scalar(select(Calibration)) is None


@pytest.mark.parametrize("name", ["olga", "roman", "tanya", "hanna", "max", "anna"])
def test_calibrations_are_for_quality_control_alone(
    calibration: Calibration, people: SimpleNamespace, login: Login, name: str
) -> None:
    client = login(getattr(people, name))
    for path in ("", "new", f"{calibration.id}", f"{calibration.id}/report", f"{calibration.id}/reference"):
        assert client.get(f"/calibrations/{path}").status_code == 403


def test_a_reviewer_runs_nothing(calibration: Calibration, people: SimpleNamespace, login: Login) -> None:
    client = login(people.kira)
    base = f"/calibrations/{calibration.id}"
    assert client.get("/calibrations/new").status_code == 403
    assert client.get(f"{base}/reference").status_code == 403
    for path in ("end", "close", f"calls/{calibration.calls[0].call_id}/reference"):
        assert client.post(f"{base}/{path}").status_code == 403


def test_who_does_not_take_part_is_turned_away(
    session: Session, calibration: Calibration, people: SimpleNamespace, login: Login
) -> None:
    stranger = make_user(session, "Nina New", Role.QC)
    session.commit()
    client = login(stranger)
    assert client.get(f"/calibrations/{calibration.id}").status_code == 403
    assert "October" not in client.get("/calibrations/").text
    assert (
        client.post(f"/calibrations/{calibration.id}/calls/{calibration.calls[0].call_id}").status_code == 403
    )


def test_a_reviewer_scores_through_the_page_and_comes_back(
    session: Session, calibration: Calibration, people: SimpleNamespace, login: Login
) -> None:
    client = login(people.kira)
    base = f"/calibrations/{calibration.id}"
    assert text_of(client.get(base).text).count("Score it") == 2
    begun = client.post(f"{base}/calls/{calibration.calls[0].call_id}")
    workspace = client.get(begun.location)
    assert "not counted" in workspace.text
    assert "Go on" in text_of(client.get(base).text)
    answers = {key: {"value": answer.value} for key, answer in GOOD.items()}
    sent = {
        "revision": 0,
        "window": "one",
        "turn": 1,
        "answers": answers,
        "marks": [],
        "summary": "",
        "spent": 0,
    }
    done = client.post(f"{begun.location}/publish", json=sent, headers={"Accept": "application/json"})
    assert done.json == {"url": base}
    assert "1 of 2" in text_of(client.get(base).text)


def test_nobody_sees_anothers_answers_while_blind(
    session: Session,
    calibration: Calibration,
    people: SimpleNamespace,
    pavel: User,
    calls: list[Call],
    hand_in: HandIn,
    login: Login,
) -> None:
    review = hand_in(calls[0], people.kira)
    for other in (pavel, people.lidia):
        client = login(other)
        assert client.get(f"/reviews/{review.id}").status_code == 403
        page = client.get(f"/calibrations/{calibration.id}")
        assert f"/reviews/{review.id}" not in page.text
        assert client.get(f"/calibrations/{calibration.id}/report").status_code == 302
    assert login(people.lidia).get(f"/calibrations/{calibration.id}/reference").status_code == 302


def test_the_facilitator_decides_side_by_side_and_closes(
    session: Session,
    calibration: Calibration,
    people: SimpleNamespace,
    all_through: dict[object, Review],
    login: Login,
) -> None:
    client = login(people.lidia)
    base = f"/calibrations/{calibration.id}"
    page = client.get(f"{base}/reference")
    words = text_of(page.text)
    for part in (
        "Pavel Peer",
        "Kira Control",
        "Не поздоровался",
        "2 items answered differently",
        "the majority, not saved yet",
    ):
        assert part in words
    assert 'name="value-voice" value="5" data-key="5" checked' in page.text  # what most said
    for part in calibration.calls:
        sent = client.post(f"{base}/calls/{part.call_id}/reference", data=ANSWERS | {"note": "Решили"})
        assert sent.status_code == 303
    assert "Close and open the report" in client.get(f"{base}/reference").text
    assert client.post(f"{base}/close").status_code == 303
    session.expire_all()
    assert calibration.state is CalibrationState.CLOSED


def test_the_report_is_open_to_those_who_took_part_with_the_worst_on_top(
    session: Session,
    calibration: Calibration,
    people: SimpleNamespace,
    pavel: User,
    all_through: dict[object, Review],
    login: Login,
) -> None:
    closed(session, calibration, people.lidia)
    for name in (people.lidia, people.kira, pavel):
        page = login(name).get(f"/calibrations/{calibration.id}/report")
        assert page.status_code == 200
    words = text_of(page.text)
    assert "67 % of the reviews within 10 points of the reference (n = 6)" in words
    assert words.index("Rewrite the guide of these items") < words.index("By item")
    assert "Most often “No” instead of “Yes” (2 of 6)." in words
    assert "/checklists/card?version=1#item-hello" in page.text
    assert "few reviews (2)" in words
    assert "Громкость – по среднему" in words
    assert "Тихо" in words


def test_the_scoring_can_be_ended_with_a_reason(
    session: Session, calibration: Calibration, people: SimpleNamespace, login: Login
) -> None:
    client = login(people.lidia)
    base = f"/calibrations/{calibration.id}"
    assert client.post(f"{base}/end", data={"reason": ""}).status_code == 409
    assert client.post(f"{base}/end", data={"reason": "Все в отпуске"}).status_code == 303
    assert "needs no reference" in client.get(f"{base}/reference").text
    assert client.post(f"{base}/close").status_code == 303
    assert "nothing to compare" in client.get(f"{base}/report").text


def test_what_does_not_exist_is_not_found(
    calibration: Calibration, people: SimpleNamespace, session: Session, login: Login
) -> None:
    other = make_call(session, people.max)
    session.commit()
    client = login(people.lidia)
    assert client.get("/calibrations/999999").status_code == 404
    assert client.post(f"/calibrations/{calibration.id}/calls/{other.id}").status_code == 404
