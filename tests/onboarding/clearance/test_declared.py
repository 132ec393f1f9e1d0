"""Whoever is new is not cleared: HR begins the onboarding, or somebody who may declares that this is staff already."""

from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.core import clock
from qcapp.core.errors import Forbidden, Refused
from qcapp.onboarding import stages
from qcapp.onboarding.clearance import service as clearance
from qcapp.onboarding.clearance.queries import standings_of
from qcapp.onboarding.models import ClearanceDecision
from qcapp.people import notice_words
from qcapp.people import service as accounts
from qcapp.people.models import Notice, User
from qcapp.terms import ClearanceVerdict, Role, Stage
from tests.factories.calls import make_call
from tests.onboarding.on_the_way import declare, make_trainee, program_version
from tests.onboarding.shown import shown


def stage_of(session: Session, manager: User) -> Stage | None:
    return standings_of(session, [manager.id])[manager.id].stage


def add(session: Session, people: SimpleNamespace, **more: object) -> User:
    given = {"login": "petr", "name": "Petr New", "role": Role.MANAGER, "team": people.north} | more
    user, _password = accounts.add_user(session, by=people.anna, **given)  # type: ignore[arg-type]
    return user


def test_adding_a_manager_gives_hr_and_the_head_something_to_do(
    session: Session, people: SimpleNamespace, login
) -> None:
    petr = add(session, people)
    assert stage_of(session, petr) is None
    told = session.scalars(select(Notice).where(Notice.kind == "manager_added").order_by(Notice.id)).all()
    assert [(notice.user, notice.path) for notice in told] == [
        (people.hanna, f"/clearance/{petr.id}"),
        (people.roman, f"/clearance/{petr.id}"),
    ]
    session.commit()
    assert f"/onboarding/?manager={petr.id}" in login(people.hanna).get(told[0].path).text
    begin = login(people.hanna).get(f"/onboarding/?manager={petr.id}").text
    assert f'selected value="{petr.id}"' in begin or "No program" in begin
    assert "HR begins the onboarding" in login(people.roman).get(told[0].path).text


def test_who_becomes_a_manager_later_is_new_as_well(session: Session, people: SimpleNamespace) -> None:
    facts = {"name": "Kira", "extensions": (), "email": None, "locale": None, "team": None}
    accounts.change_user(session, people.kira, by=people.anna, role=Role.MANAGER, **facts)  # type: ignore[arg-type]
    accounts.change_user(session, people.kira, by=people.anna, role=Role.MANAGER, **facts)  # type: ignore[arg-type]
    told = session.scalars(select(Notice.user_id).where(Notice.kind == "manager_added")).all()
    assert told == [people.hanna.id]


def test_without_hr_and_head_whoever_decides_is_told(session: Session, people: SimpleNamespace) -> None:
    people.hanna.active = False
    add(session, people, team=None)
    told = session.scalars(select(Notice).where(Notice.kind == "manager_added"))
    assert {notice.user.login for notice in told} == {"olga", "lidia"}


def test_the_owner_says_why_somebody_is_staff_already(
    session: Session, people: SimpleNamespace, login
) -> None:
    old = make_call(session, people.max)
    session.commit()
    client = login(people.olga)
    address = f"/clearance/{people.max.id}"
    assert "Already staff" in client.get(address).text
    assert client.post(f"{address}/declare", data={"reason": " "}).status_code == 422
    said = {"reason": "Sells since 2020"} | shown(client, address)
    assert client.post(f"{address}/declare", data=said).status_code == 303
    page = client.get(address).text
    assert "Counts as staff since" in page
    assert "Sells since 2020" in page
    assert "Take the clearance away" in page
    session.expire_all()
    assert (stage_of(session, people.max), old.stage) == (Stage.STAFF, Stage.STAFF)
    kinds = set(
        session.scalars(select(Notice.kind).where(Notice.user_id.in_([people.max.id, people.roman.id])))
    )
    assert kinds == {"clearance_declared", "trainee_clearance_declared"}


@pytest.mark.parametrize("page", ["staff", "own"])
def test_who_was_declared_and_revoked_meanwhile_is_not_declared_from_an_old_page(
    session: Session, people: SimpleNamespace, login, page: str
) -> None:
    session.commit()
    client, own = login(people.lidia), f"/clearance/{people.max.id}"
    address, deed = ("/clearance/staff",) * 2 if page == "staff" else (own, f"{own}/declare")
    said = {"reason": "Old hand", "managers": [str(people.max.id)]} | shown(client, address)
    clearance.declare_staff(session, people.max, by=people.olga, reason="Old hand")
    clearance.revoke_clearance(session, people.max, by=people.olga, reason="Never worked here")
    session.commit()
    late = client.post(deed, data=said)
    assert late.status_code == 409
    assert "Somebody has decided meanwhile" in late.text
    session.expire_all()
    assert stage_of(session, people.max) is None


def test_nothing_is_decided_twice_or_beside_an_onboarding(session: Session, people: SimpleNamespace) -> None:
    clearance.declare_staff(session, people.max, by=people.olga, reason="Old hand")
    with pytest.raises(Refused, match="cleared already"):
        clearance.declare_staff(session, people.max, by=people.lidia, reason="Old hand")
    make_trainee(session, people.sveta)
    with pytest.raises(Refused, match="has begun: grant or refuse"):
        clearance.declare_staff(session, people.sveta, by=people.olga, reason="Old hand")
    petr = add(session, people)
    for decide in (clearance.grant_clearance, clearance.refuse_clearance):
        with pytest.raises(Refused, match="has not begun"):
            decide(session, petr, by=people.olga, reason="Old hand")


def test_about_deactivated_people_nothing_is_decided(
    session: Session, people: SimpleNamespace, login
) -> None:
    declare(session, people.sveta, people.olga)
    make_trainee(session, people.max)
    people.max.active = people.sveta.active = False
    session.commit()
    client = login(people.olga)
    for person, verdicts in ((people.max, ("grant", "refuse")), (people.sveta, ("revoke", "declare"))):
        assert "<h2>Decision</h2>" not in client.get(f"/clearance/{person.id}").text
        for verdict in verdicts:
            answer = client.post(f"/clearance/{person.id}/{verdict}", data={"reason": "Because"})
            assert answer.status_code == 409
            assert "deactivated" in answer.text
    assert standings_of(session, [people.sveta.id])[people.sveta.id].lead_sources == ()


def test_who_was_declared_and_revoked_has_two_ways_back(session: Session, people: SimpleNamespace) -> None:
    clearance.declare_staff(session, people.max, by=people.olga, reason="Old hand")
    clearance.revoke_clearance(session, people.max, by=people.olga, reason="Sold air")
    assert stage_of(session, people.max) is None
    clearance.declare_staff(session, people.max, by=people.lidia, reason="It was not he")
    assert stage_of(session, people.max) is Stage.STAFF
    clearance.revoke_clearance(session, people.max, by=people.olga, reason="It was")
    trainee = stages.begin_onboarding(session, people.max, by=people.hanna, program=program_version(session))
    assert trainee.stages
    assert stage_of(session, people.max) is trainee.stages[-1].stage is not Stage.STAFF


def out_and_back(session: Session, people: SimpleNamespace, way: str) -> None:
    """An administrator interrupts the work of a manager, and lets him go on."""
    if way == "closed":
        accounts.deactivate_user(session, people.max, by=people.anna)
        accounts.reactivate_user(session, people.max, by=people.anna)
        return
    facts = {"name": "Max", "extensions": (), "email": None, "locale": None, "team": people.north}
    for role in (Role.ADMIN, Role.MANAGER):
        accounts.change_user(session, people.max, by=people.anna, role=role, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize("way", ["closed", "another role"])
def test_whoever_comes_back_is_cleared_by_a_new_decision_alone(
    session: Session, people: SimpleNamespace, login, way: str
) -> None:
    clearance.declare_staff(session, people.max, by=people.olga, reason="Old hand")
    for _twice in range(2):
        out_and_back(session, people, way)
        assert stage_of(session, people.max) is None
    told = session.scalars(select(Notice.user_id).where(Notice.kind == "clearance_ended")).all()
    assert sorted(told) == sorted(each.id for each in (people.max, people.roman, people.olga, people.lidia))
    session.commit()
    assert "had another role meanwhile" in login(people.olga).get(f"/clearance/{people.max.id}").text
    clearance.declare_staff(session, people.max, by=people.olga, reason="Back from the army")
    assert stage_of(session, people.max) is Stage.STAFF
    out_and_back(session, people, way)
    stages.begin_onboarding(session, people.max, by=people.hanna, program=program_version(session))
    clearance.grant_clearance(session, people.max, by=people.olga, reason="Sells well")
    out_and_back(session, people, way)
    back = stage_of(session, people.max)
    assert back not in (None, Stage.STAFF)
    out_and_back(session, people, way)
    assert stage_of(session, people.max) is back
    clearance.grant_clearance(session, people.max, by=people.olga, reason="Sells well")
    assert stage_of(session, people.max) is Stage.STAFF


def test_another_name_or_number_on_a_cleared_account_is_told_to_whoever_decides_and_is_no_break(
    session: Session, people: SimpleNamespace, login
) -> None:
    def change(name: str, *extensions: str) -> None:
        accounts.change_user(
            session,
            people.max,
            by=people.anna,
            name=name,
            extensions=extensions,
            role=Role.MANAGER,
            team=people.north,
            email=None,
            locale=None,
        )

    def told(kind: str) -> list[Notice]:
        return list(session.scalars(select(Notice).where(Notice.kind == kind).order_by(Notice.id)))

    change("Max Menager", "205")  # not cleared: nobody is to be asked
    assert told("cleared_renamed") == told("cleared_extensions") == []
    clearance.declare_staff(session, people.max, by=people.olga, reason="Old hand")
    change("Max Menager")
    change("Nina New", "206")
    assert stage_of(session, people.max) is Stage.STAFF
    for kind in ("cleared_renamed", "cleared_extensions"):
        assert {notice.user.login for notice in told(kind)} == {"olga", "lidia"}
    sentence = notice_words.sentence(told("cleared_renamed")[0])
    assert "Anna Admin has changed" in sentence
    assert "“Max Menager” is “Nina New” now" in sentence
    assert "Nina New, who is cleared for hot leads: 206." in notice_words.sentence(
        told("cleared_extensions")[0]
    )
    session.commit()
    assert "Take the clearance away" in login(people.olga).get(told("cleared_renamed")[0].path).text


def test_the_head_of_the_team_declares_nobody(session: Session, people: SimpleNamespace) -> None:
    people.north.head = people.lidia
    session.flush()
    with pytest.raises(Forbidden, match="own team"):
        clearance.declare_staff(session, people.max, by=people.lidia, reason="Old hand")
    assert session.scalars(select(ClearanceDecision)).all() == []


def test_several_are_declared_from_the_list_of_those_without_onboarding(
    session: Session, people: SimpleNamespace, login
) -> None:
    make_trainee(session, add(session, people))
    declare(session, add(session, people, login="vera", name="Vera Veteran"), people.olga)
    session.commit()
    client: FlaskClient = login(people.olga)
    page = client.get("/clearance/staff").text
    assert "Petr New" not in page
    assert page.index("Max Manager") < page.index("Sveta South") < page.rindex("Vera Veteran")
    chosen = [people.max.id, people.sveta.id]
    assert client.post("/clearance/staff", data={"managers": chosen}).status_code == 422
    assert (
        client.post("/clearance/staff", data={"managers": chosen, "reason": "Since 2020"}).status_code == 303
    )
    assert client.post("/clearance/staff", data={"managers": chosen, "reason": "Again"}).status_code == 422
    session.expire_all()
    assert stage_of(session, people.max) is stage_of(session, people.sveta) is Stage.STAFF
    mine = login(people.roman).get("/clearance/staff").text
    assert "Max Manager" in mine
    assert "Sveta South" not in mine
    assert login(people.max).get("/clearance/staff").status_code == 302


def test_what_an_upgrade_has_carried_over_is_said_in_the_readers_language(
    session: Session, people: SimpleNamespace, login
) -> None:
    decision = ClearanceDecision(
        manager=people.max,
        verdict=ClearanceVerdict.DECLARED,
        computed=False,
        conditions=[],
        reason="before_this_version",
    )
    decision.at = clock.now()
    session.add(decision)
    people.olga.locale = "ru"
    session.commit()
    client = login(people.olga)
    for address in ("/clearance/staff", f"/clearance/{people.max.id}"):
        assert "до этой версии" in client.get(address).text


def test_a_failed_trainee_under_another_login_is_not_cleared_and_pointed_out(
    session: Session, people: SimpleNamespace, login
) -> None:
    make_trainee(session, people.max, Stage.EXAM)
    accounts.deactivate_user(session, people.max, by=people.anna)
    session.commit()
    given = {"login": "max2", "name": "Manager  max", "role": "manager", "team": people.north.id}
    added = login(people.anna).post("/users/new", data=given).text
    assert "Perhaps this person has been here before" in added
    assert "(max, deactivated)" in added
    again = session.scalars(select(User).where(User.login == "max2")).one()
    assert stage_of(session, again) is None
    for reader in (people.olga, people.hanna):
        page = login(reader).get(f"/clearance/{again.id}").text
        assert f'href="/clearance/{people.max.id}"' in page
        assert "the same name" in page
    assert "Perhaps" not in login(people.roman).get(f"/clearance/{again.id}").text
