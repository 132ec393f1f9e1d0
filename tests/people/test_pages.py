from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from qcapp.core import audit, clock
from qcapp.core.audit import AuditEntry
from qcapp.core.formats import day
from qcapp.people import passwords, token_ends
from qcapp.people.audited import PeopleAction
from qcapp.people.models import ApiToken, Notice, Team, User
from tests.factories.people import PASSWORD


@pytest.fixture
def anna(people, login):
    return login(people.anna)


def code_on(page):
    """What a page shows as code: the secrets shown once."""
    return [part.split("</code>")[0] for part in page.text.split("<code>")[1:]]


def form_of(user, **fields):
    plain = {"name": user.name, "role": user.role.value, "team": user.team_id or "", "locale": ""}
    return plain | {"extensions": ",".join(e.number for e in user.extensions)} | fields


def test_the_list_shows_who_works_here(anna, people):
    page = anna.get("/users").text
    assert "Max Manager" in page
    assert "Not a valid choice" not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=max", {"Max Manager"}),
        ("q=301", {"Sveta South"}),
        ("q=SOUTH", {"Sveta South"}),
        ("role=head", {"Roman Head", "Oleg Other"}),
        ("state=inactive", {"Hanna Hire"}),
        ("q=nobody-like-that", set()),
    ],
)
def test_the_list_can_be_filtered(anna, session, people, query, found):
    people.hanna.active = False
    session.commit()
    page = anna.get(f"/users?{query}").text
    names = {user.name for user in session.scalars(select(User)) if f">{user.name}</a>" in page}
    assert names == found
    assert ("Nobody is found" in page) == (not found)


def test_cyrillic_names_are_found_in_any_case(anna, session, people):
    people.max.name = "Максим Ёлкин"
    session.commit()
    assert "Максим Ёлкин" in anna.get("/users", query_string={"q": "ёлкин"}).text


def test_a_person_is_added_and_can_sign_in_with_the_password_shown_once(anna, app, session, people):
    page = anna.post(
        "/users/new",
        data={
            "login": "vera",
            "name": "Вера",
            "role": "manager",
            "team": people.north.id,
            "extensions": "205, 206",
        },
    )
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    another = f"/users/new?role=manager&team={people.north.id}"
    assert another.replace("&", "&amp;") in page.text
    assert f'<option selected value="{people.north.id}">' in anna.get(another).text
    login, password = code_on(page)
    vera = session.scalars(select(User).where(User.login == login)).one()
    assert [extension.number for extension in vera.extensions] == ["205", "206"]
    answer = app.test_client().post("/login", data={"login": login, "password": password})
    assert answer.location == "/account/password"


def test_what_is_wrong_with_a_new_person_stands_in_the_form(anna, people):
    page = anna.post(
        "/users/new", data={"login": "vera", "name": "Vera", "role": "manager", "extensions": "201"}
    )
    assert page.status_code == 422
    assert "Extension 201 belongs to Max Manager" in page.text
    assert 'value="vera"' in page.text
    assert "This field is required" in anna.post("/users/new", data={}).text


def test_a_person_is_changed(anna, session, people):
    answer = anna.post(
        f"/users/{people.max.id}", data=form_of(people.max, team=people.south.id, role="coach")
    )
    assert answer.status_code == 303
    session.refresh(people.max)
    assert (people.max.team, people.max.role.value) == (people.south, "coach")


def test_the_login_cannot_be_changed(anna, session, people):
    anna.post(f"/users/{people.max.id}", data=form_of(people.max, login="eve"))
    session.refresh(people.max)
    assert people.max.login == "max"


def test_the_last_administrator_cannot_go(anna, session, people):
    answer = anna.post(f"/users/{people.anna.id}/deactivate", follow_redirects=True)
    assert "is the last administrator" in answer.text
    demoted = anna.post(f"/users/{people.anna.id}", data=form_of(people.anna, role="owner"))
    assert demoted.status_code == 422
    session.refresh(people.anna)
    assert people.anna.active
    assert people.anna.role.value == "admin"


def test_deactivating_and_reactivating(anna, app, people):
    max_s = app.test_client()
    assert max_s.post("/login", data={"login": "max", "password": PASSWORD}).status_code == 303
    anna.post(f"/users/{people.max.id}/deactivate")
    assert max_s.get("/account/password").status_code == 303
    assert max_s.post("/login", data={"login": "max", "password": PASSWORD}).status_code == 422
    assert "cannot sign in" in anna.get(f"/users/{people.max.id}").text
    anna.post(f"/users/{people.max.id}/reactivate")
    assert max_s.get("/account/password").status_code == 303
    assert max_s.post("/login", data={"login": "max", "password": PASSWORD}).status_code == 303


def test_a_new_password_is_shown_once(anna, session, people):
    page = anna.post(f"/users/{people.max.id}/password")
    session.refresh(people.max)
    assert passwords.matches(people.max.password_hash, code_on(page)[1])


def test_a_team_is_added_with_head_and_members(anna, session, people):
    members = [people.max.id, people.sveta.id]
    answer = anna.post("/teams/new", data={"name": "East", "head": people.oleg.id, "members": members})
    assert answer.status_code == 303
    east = session.scalars(select(Team).where(Team.name == "East")).one()
    assert (east.head, {member.id for member in east.members}) == (people.oleg, set(members))
    assert "East" in anna.get("/teams").text


def test_a_team_is_changed_and_refusals_stand_in_the_form(anna, session, people):
    url = f"/teams/{people.north.id}"
    assert "now in “South”" in anna.get(url).text
    data = {"name": "North", "head": "", "members": [people.max.id]}
    assert anna.post(url, data=data).status_code == 303
    session.refresh(people.north)
    assert people.north.head is None
    taken = anna.post(url, data=data | {"name": "South"})
    assert taken.status_code == 422
    assert "There is a team “South” already" in taken.text


def in_a_month():
    return (clock.now() + timedelta(days=30)).date()


def test_a_token_is_issued_shown_once_and_revoked(anna, app, session, people):
    data = {"name": "exchange", "scope": "import_calls", "user": people.anna.id, "last_day": in_a_month()}
    text = code_on(anna.post("/tokens/new", data=data))[0]
    program = app.test_client()
    headers = {"Authorization": f"Bearer {text}"}
    assert program.get("/imports/", headers=headers).status_code == 200
    assert text not in anna.get("/tokens").text
    token = session.scalars(select(ApiToken)).one()
    anna.post(f"/tokens/{token.id}/revoke")
    assert program.get("/imports/", headers=headers).status_code == 401
    assert "revoked" in anna.get("/tokens").text


def test_a_token_opens_nothing_after_its_last_day(anna, app, session, people):
    data = {"name": "exchange", "scope": "read_metrics", "user": people.anna.id}
    for wrong in ("2020-01-01", "2199-01-01"):
        refused = anna.post("/tokens/new", data=data | {"last_day": wrong})
        assert "ends on a later day" in refused.text
    text = code_on(anna.post("/tokens/new", data=data | {"last_day": in_a_month()}))[0]
    assert day(in_a_month()) in anna.get("/tokens").text
    headers = {"Authorization": f"Bearer {text}"}
    with time_machine.travel(clock.now(), tick=False) as moment:
        assert app.test_client().get("/metrics", headers=headers).status_code == 200
        moment.shift(timedelta(days=20))
        for _twice in range(2):
            token_ends.tell(session)
        notices = session.scalars(select(Notice).where(Notice.user_id == people.anna.id)).all()
        assert [(each.kind, each.facts["token"]) for each in notices] == [("token_ends", "exchange")]
        moment.shift(timedelta(days=12))
        assert app.test_client().get("/metrics", headers=headers).status_code == 401
        token_ends.tell(session)


def test_a_token_for_somebody_who_may_not_is_refused(anna, people):
    data = {"name": "metrics", "scope": "read_metrics", "user": people.lidia.id, "last_day": in_a_month()}
    refused = anna.post("/tokens/new", data=data)
    assert refused.status_code == 422
    assert "Lidia Lead may not do this" in refused.text


def rows(page):
    return page.text.count("<tr")


def test_the_log_tells_who_changed_what(anna, people):
    anna.post(f"/users/{people.max.id}", data=form_of(people.max, team=people.south.id, role="coach"))
    page = anna.get("/audit").text
    for words in (
        "Person changed",
        "Anna Admin",
        "Max Manager",
        "<del>North</del> → South",
        "<del>Manager</del> → Coach",
    ):
        assert words in page


def test_the_log_shows_refused_attempts(people, login, session):
    login(people.max).get("/users?secret=1")
    page = login(people.olga).get("/audit?action=refused").text
    assert "Attempt refused" in page
    assert "GET /users" in page
    assert "secret" not in page


def test_the_log_is_filtered_by_person_action_and_day(anna, session, people):
    with time_machine.travel(datetime(2026, 10, 5, 20, 59, tzinfo=UTC), tick=False):  # 23:59 in Moscow
        audit.record(session, PeopleAction.USER_ADDED, "user:1", by_id=people.max.id, n="old")
    with time_machine.travel(datetime(2026, 10, 5, 21, 0, tzinfo=UTC), tick=False):  # midnight in Moscow
        audit.record(session, PeopleAction.TEAM_ADDED, "team:1", by_id=people.kira.id, n="new")
    session.commit()

    def shown(query):
        page = " ".join(anna.get(f"/audit?{query}").text.split())
        return ["n:</span> old" in page, "n:</span> new" in page]

    assert shown("") == [True, True]
    assert shown(f"who={people.max.id}") == [True, False]
    assert shown("action=team_added") == [False, True]
    assert shown("since=2026-10-06") == [False, True]
    assert shown("until=2026-10-05") == [True, False]
    assert shown("since=2026-10-05&until=2026-10-05") == [True, False]
    assert shown(f"who={people.max.id}&action=team_added") == [False, False]


def test_the_log_goes_back_and_forth_page_by_page(anna, session, people):
    session.execute(AuditEntry.__table__.delete())
    with time_machine.travel(datetime(2026, 10, 6, 12, 0, tzinfo=UTC), tick=False) as moment:
        for number in range(120):
            audit.record(session, PeopleAction.USER_ADDED, f"thing:{number}", by_id=people.anna.id)
            moment.shift(timedelta(minutes=1))
    session.commit()

    def things(page):
        return [int(part.split("<")[0].split()[0]) for part in page.text.split("thing ")[1:]]

    def link(page, rel):
        _before, _found, after = page.text.partition(f'rel="{rel}" href="')
        return after.split('"')[0].replace("&amp;", "&") if after else None

    first = anna.get("/audit?action=user_added")
    second = anna.get(link(first, "next"))
    third = anna.get(link(second, "next"))
    assert things(first) == list(range(119, 69, -1))
    assert things(second) == list(range(69, 19, -1))
    assert things(third) == list(range(19, -1, -1))
    assert (link(first, "prev"), link(third, "next")) == (None, None)
    assert things(anna.get(link(third, "prev"))) == things(second)
    assert things(anna.get(link(second, "prev"))) == things(first)
