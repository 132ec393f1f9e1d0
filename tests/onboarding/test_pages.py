"""The page of a trainee, and beginning the onboarding of a manager in the browser."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.core import clock, local
from qcapp.onboarding import stages
from qcapp.onboarding.clearance import service as clearance
from qcapp.onboarding.clearance.queries import standings_of
from qcapp.onboarding.current import current_trainee
from qcapp.onboarding.models import Trainee
from qcapp.onboarding.rules import Happening
from qcapp.onboarding.stages import enter_stage
from qcapp.onboarding.states import Result
from qcapp.people.delegations import delegate
from qcapp.people.models import Notice, User
from qcapp.people.service import deactivate_user, reactivate_user
from qcapp.terms import Role, Stage
from tests.callscripts.scripts import approve
from tests.onboarding.on_the_way import PROGRAM, declare, make_sale, make_trainee, program_version

Login = Callable[[User], FlaskClient]


def text_of(client: FlaskClient, path: str) -> str:
    """What a reader of the page sees between header and footer."""
    response = client.get(path)
    assert response.status_code == 200, response.text
    return Markup(response.text[response.text.index("<main") :]).striptags()


def test_a_trainee_sees_the_stage_the_countdown_and_what_is_missing(
    session: Session, people: SimpleNamespace, login: Login
) -> None:
    make_trainee(session, people.max, entered_at=clock.now() - timedelta(days=2))
    session.commit()
    client = login(people.max)
    page = f"/onboarding/{people.max.id}"
    assert 'aria-current="step"' in client.get(page).text
    shown = text_of(client, page)
    assert "day 3 of 7" in shown
    assert "Confirmed sales: 0 of 1" in shown
    assert "cold" in shown.lower()


def test_a_met_condition_leads_to_its_evidence(
    session: Session, people: SimpleNamespace, login: Login
) -> None:
    make_trainee(session, people.max, entered_at=clock.now() - timedelta(days=1))
    sale = make_sale(session, people.max, people.lidia)
    session.commit()
    page = login(people.lidia).get(f"/onboarding/{people.max.id}").text
    met = page[page.index("condition-met") :]
    assert f'href="/onboarding/sales/{sale.id}"' in met[: met.index("</li>")]


def test_the_history_tells_why_everything_began_again(
    session: Session, people: SimpleNamespace, login: Login
) -> None:
    trainee = make_trainee(session, people.max, entered_at=clock.now() - timedelta(days=9))
    stages.move(session, trainee, Happening.REPEAT, why="Ни одной продажи", by=people.lidia)
    session.commit()
    shown = text_of(login(people.max), f"/onboarding/{people.max.id}")
    assert "attempt 2" in shown
    assert "everything again, by decision" in shown
    assert "Ни одной продажи" in shown


def test_whose_page_it_is(session: Session, people: SimpleNamespace, login: Login) -> None:
    make_trainee(session, people.max)
    session.commit()
    page = f"/onboarding/{people.max.id}"
    for person in (people.hanna, people.tanya, people.roman, people.olga, people.kira):
        assert login(person).get(page).status_code == 200
    for stranger in (people.sveta, people.oleg, people.anna):
        assert login(stranger).get(page).status_code == 403
    assert "has not begun" in text_of(login(people.sveta), f"/onboarding/{people.sveta.id}")


def test_hr_begins_an_onboarding_and_chooses_another_coach(
    session: Session, people: SimpleNamespace, login: Login
) -> None:
    version = program_version(session)
    session.commit()
    client = login(people.hanna)
    data = {"manager": people.max.id, "program": version.id, "coach": people.tanya.id}
    response = client.post("/onboarding/", data=data | {"started_on": "2026-01-12"})
    assert response.status_code == 303
    trainee = session.scalars(select(Trainee)).one()
    assert (trainee.manager_id, trainee.coach_id) == (people.max.id, people.tanya.id)
    page = f"/onboarding/{people.max.id}"
    assert response.headers["Location"] == page
    assert client.post(f"{page}/coach", data={"coach": people.lidia.id}).status_code == 303
    session.refresh(trainee)
    assert trainee.coach_id == people.lidia.id
    assert "Max" in text_of(client, "/onboarding/")


def test_what_is_wrong_with_a_beginning_is_told_on_the_form(
    session: Session, people: SimpleNamespace, login: Login
) -> None:
    version = program_version(session)
    until = clock.now() + timedelta(days=7)
    lent = {"lender": people.tanya, "holder": people.roman, "by": people.olga}
    delegate(session, until=until, reason="Vacation", **lent)
    session.commit()
    client = login(people.hanna)
    data = {"manager": people.sveta.id, "program": version.id, "coach": people.roman.id}
    response = client.post("/onboarding/", data=data | {"started_on": "2026-01-12"})
    assert response.status_code == 422
    assert "does not train people of this team" in response.text
    assert session.scalars(select(Trainee)).all() == []
    assert client.post("/onboarding/", data={"manager": ""}).status_code == 422


def test_staff_are_told_so(session: Session, people: SimpleNamespace, login: Login) -> None:
    make_trainee(session, people.max, Stage.STAFF)
    session.commit()
    assert "Cleared for hot leads since" in text_of(login(people.max), f"/onboarding/{people.max.id}")


@pytest.mark.parametrize(
    ("who", "says"), [("max", "hand in a new draft"), ("tanya", "a new draft has to be approved")]
)
def test_after_a_failed_exam_the_script_needs_a_new_approved_draft(session, people, login, who, says):
    document = PROGRAM | {"stages": [dict(stage) for stage in PROGRAM["stages"]]}
    document["stages"][1]["conditions"] = [{"kind": "script"}]
    program_version(session, document)
    trainee = make_trainee(session, people.max, Stage.EXAM, entered_at=clock.now() - timedelta(days=2))
    approve(session, people.max, people.tanya)
    session.commit()
    reader = login(getattr(people, who))
    assert "hx-get=" in reader.get(f"/scripts/of/{people.max.id}").text
    address = f"/onboarding/{people.max.id}/script"
    assert reader.get(address).text == ""
    enter_stage(session, trainee, Stage.PRODUCT, result=Result.FAILED, attempt=2)
    session.commit()
    assert says in reader.get(address).text
    with clock.at(clock.now() + timedelta(minutes=1)):
        approve(session, people.max, people.tanya)
    session.commit()
    assert reader.get(address).text == ""


def test_hr_begins_another_onboarding_and_the_earlier_one_is_read_from_the_page(
    session: Session, people: SimpleNamespace, login: Login
) -> None:
    earlier = make_trainee(session, people.max, Stage.EXAM, entered_at=clock.now() - timedelta(days=40))
    client, page = login(people.hanna), f"/onboarding/{people.max.id}"
    session.commit()
    assert "Begin another onboarding" not in text_of(client, page)
    stages.move(session, earlier, Happening.PART, why="Прогулы", by=people.olga)
    session.commit()
    assert "Begin another onboarding" in text_of(client, page)
    assert "Max Manager (North), once more" in text_of(client, "/onboarding/")
    form = {"manager": people.max.id, "program": earlier.program_id, "started_on": local.today().isoformat()}
    asked = client.post("/onboarding/", data=form)
    assert asked.status_code == 422
    assert "it was decided to part with Max Manager (Olga Owner: Прогулы)" in asked.text
    without_reason = client.post("/onboarding/", data=form | {"sure_of": people.max.id})
    assert "Say why another one begins" in without_reason.text
    sure = form | {"sure_of": people.max.id, "reason": "Попросился обратно"}
    assert client.post("/onboarding/", data=sure).status_code == 303
    [told] = session.scalars(select(Notice).filter_by(user_id=people.olga.id, kind="trainee_taken_back"))
    assert (told.facts["by"], told.facts["why"]) == ("Hanna Hire", "Попросился обратно")
    shown = text_of(client, page)
    assert "Earlier onboardings" in shown
    assert "Прогулы" in shown
    link = f"{page}/earlier/{earlier.id}"
    assert f'href="{link}"' in client.get(page).text
    for person in (people.max, people.hanna, people.olga):
        read = text_of(login(person), link)
        assert "nothing made in it counts now" in read
        assert "parted" in read
    assert login(people.sveta).get(link).status_code == 403
    newest = current_trainee(session, people.max.id)
    assert newest is not None
    assert login(people.hanna).get(f"{page}/earlier/{newest.id}").status_code == 404


def test_whoever_is_staff_loses_the_clearance_only_after_it_was_asked(
    session: Session, people: SimpleNamespace, login: Login
) -> None:
    program = program_version(session)
    declare(session, people.max, people.olga)
    session.commit()
    client, form = login(people.hanna), {"manager": people.max.id, "program": program.id}
    form["started_on"] = local.today().isoformat()
    assert "may call every lead" in text_of(client, f"/onboarding/?manager={people.max.id}")
    for sure in ({}, {"sure_of": people.sveta.id}):
        asked = client.post("/onboarding/", data=form | sure)
        assert asked.status_code == 422
        assert f'name="sure_of" value="{people.max.id}"' in asked.text
    assert standings_of(session, [people.max.id])[people.max.id].cleared
    assert client.post("/onboarding/", data=form | {"sure_of": people.max.id}).status_code == 303
    session.expire_all()
    assert not standings_of(session, [people.max.id])[people.max.id].cleared


def test_who_came_back_is_told_apart_and_what_goes_on_ends_only_after_it_was_asked(
    session: Session, people: SimpleNamespace, login: Login
) -> None:
    trainee = make_trainee(session, people.max)
    deactivate_user(session, people.max, by=people.anna)
    reactivate_user(session, people.max, by=people.anna)
    session.commit()
    client, form = login(people.hanna), {"manager": people.max.id, "program": trainee.program_id}
    form["started_on"] = local.today().isoformat()
    asked = client.post("/onboarding/", data=form)
    assert (asked.status_code, "still goes on, stage “Internship”" in asked.text) == (422, True)
    sure = form | {"sure_of": people.max.id}
    assert "Say why the onboarding that goes on is to end" in client.post("/onboarding/", data=sure).text
    assert client.post("/onboarding/", data=sure | {"reason": "Was away for a year"}).status_code == 303


def test_stages_that_a_clearance_passed_over_do_not_look_passed(
    session: Session, people: SimpleNamespace, login: Login
) -> None:
    make_trainee(session, people.max, Stage.COLD_PRACTICE)
    clearance.grant_clearance(session, people.max, by=people.olga, reason="Sold for years")
    session.commit()
    page = text_of(login(people.roman), f"/onboarding/{people.max.id}")
    assert "Passed over, because clearance was decided:" in page
    assert "cleared by decision, Olga Owner" in page
    assert "stage passed, Olga Owner" not in page


def test_the_way_of_whoever_has_left_does_not_look_alive(
    session: Session, people: SimpleNamespace, login: Login
) -> None:
    make_trainee(session, people.max)
    make_trainee(session, people.sveta, Stage.STAFF)
    people.max.active = people.sveta.active = False
    session.commit()
    client = login(people.olga)
    for manager in (people.max, people.sveta):
        read = client.get(f"/onboarding/{manager.id}").text
        assert "This account is deactivated" in read
        assert 'aria-current="step"' not in read
        assert "day 1 of" not in read
        assert "Cleared for hot leads since" not in read
    board = text_of(client, "/board?stage=gone")
    assert "last stage: Internship" in board
    assert "1 of 7" not in board


def test_whoever_became_a_coach_keeps_a_readable_history(
    session: Session, people: SimpleNamespace, login: Login
) -> None:
    make_trainee(session, people.max)
    people.max.role, people.max.confirmed_at = Role.COACH, clock.now()
    session.commit()
    addresses = [
        f"/clearance/{people.max.id}",
        f"/onboarding/{people.max.id}",
        f"/onboarding/{people.max.id}/sales",
    ]
    for reader in (people.olga, people.roman, people.tanya, people.max):
        client = login(reader)
        for address in addresses:
            assert client.get(address).status_code == 200
        assert "no manager here any more" in client.get(addresses[0]).text
    client = login(people.oleg)
    assert [client.get(address).status_code for address in addresses] == [403, 403, 403]
    assert login(people.olga).get(f"/clearance/{people.roman.id}").status_code == 404
