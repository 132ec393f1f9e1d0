"""A coach of any team: what he reaches by being somebody's coach, from when until when, and who is told."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.core.errors import Refused
from qcapp.onboarding import queries, stages
from qcapp.onboarding.clearance import service as clearance
from qcapp.onboarding.exams import service as exams
from qcapp.onboarding.models import Trainee
from qcapp.onboarding.rules import Happening
from qcapp.people import service as persons
from qcapp.people.models import Notice, User
from qcapp.people.notice_words import sentence
from qcapp.people.permissions import GRANTS, Permission, Scope, allowed, reach, within
from qcapp.terms import Role
from tests.factories.calls import make_call
from tests.factories.people import make_user
from tests.onboarding.exam_hall import make_examinee
from tests.onboarding.on_the_way import PROGRAM, make_trainee, program_version

P = Permission
BY_TEAM = [permission for permission, scope in GRANTS[Role.COACH].items() if scope is Scope.TEAM]
SLOW = PROGRAM | {
    "key": "slow",
    "stages": [
        PROGRAM["stages"][0] | {"conditions": [{"kind": "reasons", "count": 1}]},
        *PROGRAM["stages"][1:],
    ],
}


@pytest.fixture
def boris(session: Session, people: SimpleNamespace) -> User:
    """A coach of another team than his trainee's; he has a trainee of nobody's beside him."""
    make_user(session, "Another South", Role.MANAGER, people.south)
    return make_user(session, "Boris Coach", Role.COACH)


def begin(session: Session, people: SimpleNamespace, coach: User | None) -> Trainee:
    return stages.begin_onboarding(
        session, people.sveta, by=people.hanna, program=program_version(session, SLOW), coach=coach
    )


DEEDS = (
    "choose_boris",
    "choose_tanya",
    "choose_nobody",
    "grant",
    "revoke",
    "repeat",
    "part",
    "close_trainee",
    "open_trainee",
    "close_coach",
    "open_coach",
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=st.lists(st.sampled_from(DEEDS), max_size=8))
def test_access_exists_exactly_while_he_is_the_coach_of_somebody_on_the_way(
    session: Session, people: SimpleNamespace, boris: User, deeds: list[str]
) -> None:
    point = session.begin_nested()
    trainee = begin(session, people, None)
    coach, staff, gone, open_ = None, False, False, {people.sveta: True, boris: True}
    for deed in deeds:
        match deed.split("_"):
            case "choose", _name if gone or not open_[people.sveta]:
                with pytest.raises(Refused):
                    stages.choose_coach(session, trainee, people.tanya, by=people.hanna)
            case "choose", name:
                coach = {"boris": boris, "tanya": people.tanya, "nobody": None}[name]
                if coach is boris and not open_[boris]:
                    coach = trainee.coach
                stages.choose_coach(session, trainee, coach, by=people.hanna)
            case ["grant"] if not (staff or gone) and open_[people.sveta]:
                clearance.grant_clearance(session, people.sveta, by=people.olga, reason="Sold for years")
                staff = True
            case ["revoke"] if staff and open_[people.sveta]:
                clearance.revoke_clearance(session, people.sveta, by=people.olga, reason="Sold air")
                staff = False
            case ["repeat"] | ["part"]:
                moved = stages.move(session, trainee, Happening(deed), why="Late", by=people.olga)
                gone = gone or (deed == "part" and moved is not None)
            case ("close" | "open") as way, who:
                person = people.sveta if who == "trainee" else boris
                if open_[person] is (way == "close"):
                    change = persons.deactivate_user if way == "close" else persons.reactivate_user
                    change(session, person, by=people.anna)
                    open_[person] = way == "open"
                    staff = staff and person is not people.sveta
        reached = coach is boris and not staff and not gone and all(open_.values())
        expected = [people.sveta.id] if reached else []
        assert [reach(session, boris, permission) for permission in BY_TEAM] == [expected] * len(BY_TEAM)
        assert not allowed(session, boris, P.SEE_PHONES, people.sveta.id)
        listed = select(User.id).where(within(boris, P.VIEW_CALLS, User.id))
        assert session.scalars(listed).all() == expected
    point.rollback()


def test_any_coach_is_offered_for_any_team(session: Session, people: SimpleNamespace, boris: User) -> None:
    assert queries.coaches(session, manager_id=people.sveta.id) == [boris, people.lidia, people.tanya]


def test_whoever_changes_from_coach_to_something_else_reaches_his_trainee_no_more(
    session: Session, people: SimpleNamespace, boris: User
) -> None:
    begin(session, people, boris)
    boris.role = Role.HEAD
    session.flush()
    assert not allowed(session, boris, P.READ_PUBLISHED, people.sveta.id)


def test_the_coach_of_another_team_holds_the_exam_and_opens_the_pages_without_numbers(
    session: Session, people: SimpleNamespace, boris: User, login: Callable[..., FlaskClient]
) -> None:
    trainee = make_examinee(session, people.sveta)
    stages.choose_coach(session, trainee, boris, by=people.hanna)
    call = make_call(session, people.sveta)
    session.commit()
    client = login(boris)
    assert f"/onboarding/{people.sveta.id}/exams" in client.get("/").text
    page = client.get(f"/calls/{call.id}").text
    assert "0140231" not in page
    assert client.get(f"/onboarding/{people.sveta.id}/exams").status_code == 200
    assert people.sveta.name in client.get("/board").text
    assert client.get(f"/onboarding/{people.max.id}").status_code == 403
    assert exams.begin_exam(session, trainee, by=boris).coach is boris


def test_the_head_is_told_who_began_where_he_is_and_whom_he_waits_for(
    session: Session, people: SimpleNamespace, boris: User
) -> None:
    trainee = begin(session, people, None)
    stages.choose_coach(session, trainee, boris, by=people.hanna)
    stages.choose_coach(session, trainee, None, by=people.hanna)
    stages.move(session, trainee, Happening.REPEAT, why="Late", by=people.olga)
    stages.begin_onboarding(
        session, people.max, by=people.hanna, program=program_version(session, SLOW), coach=people.tanya
    )
    told = select(Notice).order_by(Notice.id)
    assert [sentence(each) for each in session.scalars(told.where(Notice.user_id == people.oleg.id))] == [
        "Sveta South has begun the onboarding, stage “Product”, and waits for HR to choose a coach.",
        "Boris Coach is the coach of Sveta South from now on.",
        "Sveta South has no coach any more and waits for HR to choose one.",
        "Sveta South learns everything once more, attempt 2. Late",
    ]
    assert [sentence(each) for each in session.scalars(told.where(Notice.user_id == people.roman.id))] == [
        "Max Manager has begun the onboarding, stage “Product”. The coach: Tanya Coach."
    ]


def test_whoever_has_no_onboarding_is_reached_by_no_coach_of_another_team(
    session: Session, people: SimpleNamespace, boris: User
) -> None:
    make_trainee(session, people.sveta)
    assert reach(session, boris, P.TRAIN) == []
