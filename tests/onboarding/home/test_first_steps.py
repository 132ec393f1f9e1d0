"""A new installation is led to its first score by a start page that empties itself."""

import re

import pytest

from qcapp.checklists.service import load_card
from qcapp.core import clock
from qcapp.onboarding.home.first_steps import SetupStep, first_steps
from qcapp.reviews.queue.assignments import assign
from qcapp.terms import Role
from tests.factories.calls import make_call
from tests.factories.people import make_user
from tests.reports.published import GOOD, publish
from tests.reviews.conftest import CARD


def open_steps(session, user) -> list[SetupStep]:
    return [each.step for each in first_steps(session, user) if not each.done]


def test_each_step_is_done_by_what_it_asks_for_and_the_first_score_ends_them(session):
    admin = make_user(session, "Anna Admin", Role.ADMIN)
    assert open_steps(session, admin) == list(SetupStep)
    lead = make_user(session, "Lidia Lead", Role.QC_LEAD)
    manager = make_user(session, "Max Manager", Role.MANAGER, extension="201")
    assert open_steps(session, admin) == [SetupStep.CARD, SetupStep.CALLS, SetupStep.SCORE, SetupStep.QUEUE]
    version = load_card(session, CARD, by=None).version
    call = make_call(session, manager)
    assert open_steps(session, admin) == [SetupStep.SCORE, SetupStep.QUEUE]
    assign(session, [call], reviewer=None, due_at=clock.now(), by=lead)
    assert open_steps(session, admin) == [SetupStep.SCORE]
    publish(session, manager, version, lead, GOOD)
    assert first_steps(session, admin) == ()


def test_a_manager_without_extension_and_somebody_deactivated_do_not_count(session):
    admin = make_user(session, "Anna Admin", Role.ADMIN)
    make_user(session, "Max Manager", Role.MANAGER)
    make_user(session, "Lidia Lead", Role.QC_LEAD).active = False
    session.flush()
    assert {SetupStep.DEPARTMENT, SetupStep.MANAGERS} <= set(open_steps(session, admin))


@pytest.mark.parametrize(
    ("who", "does"),
    [
        ("anna", {"/users/new?role=manager", "/imports/new"}),
        ("lidia", {"/checklists/", "/imports/new", "/plans/new"}),
        ("olga", set()),
    ],
)
def test_who_leads_sees_what_he_can_do_and_who_does_the_rest(session, people, login, who, does):
    session.query(type(people.max.extensions[0])).delete()
    session.commit()
    page = login(getattr(people, who)).get("/").text
    steps = page[page.index("First steps") :]
    links = set(re.findall(r'href="([^"]+)">Do it', steps))
    assert links == does
    assert "Done by" in steps


def test_the_first_call_with_a_text_is_scored_from_the_start_page(session, people, login):
    load_card(session, CARD, by=None)
    call = make_call(session, people.max)
    call.transcribed_at = None
    session.commit()
    lead, begin = login(people.lidia), f"/calls/{call.id}/review"
    assert begin not in lead.get("/").text
    call.transcribed_at = clock.now()
    session.commit()
    assert begin in lead.get("/").text
    assert lead.post(begin).location.startswith("/reviews/")


@pytest.mark.parametrize("who", ["kira", "roman", "tanya", "hanna", "max"])
def test_everybody_else_has_the_usual_start_page(people, login, who):
    page = login(getattr(people, who)).get("/", follow_redirects=True).text
    assert "First steps" not in page
