import pytest
from sqlalchemy import select

from qcapp.core.audit import AuditEntry
from qcapp.core.errors import Forbidden, Refused
from qcapp.people import passwords, service, signing_in, teams, tokens
from qcapp.people.models import Login, TokenScope, User
from qcapp.terms import Role
from tests.at_once import Meet, together
from tests.factories.people import PASSWORD, make_user


def add(session, by, **fields):
    facts = {"login": "vera", "name": "Vera New", "role": Role.MANAGER}
    return service.add_user(session, by=by, **(facts | fields))


def change(session, user, by, **fields):
    facts = {
        "name": user.name,
        "role": user.role,
        "team": user.team,
        "extensions": [extension.number for extension in user.extensions],
        "email": user.email,
        "locale": user.locale,
    }
    service.change_user(session, user, by=by, **(facts | fields))


def last_entry(session):
    return session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()


def numbers(user):
    return [extension.number for extension in user.extensions]


def test_a_new_person_gets_a_password_that_works_once_shown(session, people):
    user, made = add(session, people.anna, login="Vera", team=people.north, extensions=["205", "206"])
    assert user.login == "vera"
    assert numbers(user) == ["205", "206"]
    assert passwords.matches(user.password_hash, made)
    assert user.password_temporary


def test_the_log_says_what_was_added_and_no_password(session, people):
    user, made = add(session, people.anna, team=people.north, extensions=["205"], email="vera@example.com")
    entry = last_entry(session)
    assert (entry.action, entry.thing, entry.by_id) == ("user_added", f"user:{user.id}", people.anna.id)
    assert entry.diff == {
        "role": "manager",
        "team": people.north.id,
        "extensions": ["205"],
    }
    assert made not in str(entry.diff)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"login": "MAX"}, "The login max is taken"),
        ({"login": "вера"}, "Latin letters"),
        ({"login": "two words"}, "Latin letters"),
        ({"login": ""}, "Latin letters"),
        ({"name": "  "}, "Give a name"),
        ({"name": "x" * 201}, "Give a name"),
        ({"password": "short"}, "too short"),
        ({"password": "x" * 2000}, "too long"),
        ({"password": "Vera-New-2026"}, "tried first"),
        ({"extensions": ["201"]}, "Extension 201 belongs to Max Manager"),
        ({"extensions": ["20 1"]}, "“20 1” is no extension"),
        ({"locale": "xx"}, "language is not available"),
    ],
)
def test_it_says_why_somebody_cannot_be_added(session, people, fields, sentence):
    with pytest.raises(Refused, match=sentence):
        add(session, people.anna, **fields)


def test_every_taken_extension_is_named_with_its_owner(session, people):
    with pytest.raises(Refused) as refused:
        change(session, people.max, people.anna, extensions=["301", "207"])
    assert refused.value.reasons == ("Extension 301 belongs to Sveta South. Take it away there first.",)


@pytest.mark.parametrize("email", ["не почта", "vera@", "@example.com", "vera@example.com, anna@example.com"])
def test_what_is_no_address_is_refused(session, people, email):
    with pytest.raises(Refused, match="no e-mail address"):
        add(session, people.anna, email=email)
    with pytest.raises(Refused, match="no e-mail address"):
        change(session, people.max, people.anna, email=email)


def test_an_extension_moves_when_it_was_taken_away(session, people):
    change(session, people.sveta, people.anna, extensions=[])
    change(session, people.max, people.anna, extensions=["201", "301", "301", " "])
    assert numbers(people.max) == ["201", "301"]


def test_a_change_is_logged_as_before_and_after(session, people):
    change(session, people.max, people.anna, team=people.south, extensions=["201", "202"])
    assert last_entry(session).diff == {
        "team": {"before": people.north.id, "after": people.south.id},
        "extensions": {"before": ["201"], "after": ["201", "202"]},
    }


def test_of_names_and_addresses_the_log_says_only_that_they_changed(session, people):
    change(session, people.max, people.anna, name="Max Married", email="max@example.com")
    assert last_entry(session).diff == {"changed": ["name", "email"]}


def test_no_change_is_no_entry(session, people):
    before = last_entry(session)
    change(session, people.max, people.anna)
    assert last_entry(session) is before


def test_the_last_administrator_stays(session, people):
    with pytest.raises(Refused, match="Anna Admin is the last administrator"):
        service.deactivate_user(session, people.anna, by=people.anna)
    with pytest.raises(Refused, match="last administrator"):
        change(session, people.anna, people.anna, role=Role.OWNER)
    make_user(session, "Artem Admin", Role.ADMIN)
    service.deactivate_user(session, people.anna, by=people.anna)
    assert not people.anna.active


def test_a_deactivated_administrator_does_not_count(session, people):
    second = make_user(session, "Artem Admin", Role.ADMIN)
    service.deactivate_user(session, second, by=people.anna)
    with pytest.raises(Refused, match="last administrator"):
        service.deactivate_user(session, people.anna, by=people.anna)


def test_two_administrators_cannot_remove_each_other_at_the_same_moment(committed):
    with committed.transaction() as session:
        ids = [make_user(session, f"{name} Admin", Role.ADMIN).id for name in ("Anna", "Artem")]

    def remove(mine: int, meet: Meet) -> bool:
        (other,) = set(ids) - {mine}
        meet()
        try:
            with committed.transaction() as session:
                by, whom = session.get(User, mine), session.get(User, other)
                service.deactivate_user(session, whom, by=by)
        except Refused:
            return False
        return True

    assert sorted(together(remove, ids)) == [False, True]


def test_deactivating_closes_logins_and_tokens_for_good(session, people):
    signing_in.open_login(session, by=people.lidia, address="127.0.0.1", days=1)
    token, _text = tokens.issue_token(
        session, by=people.anna, user=people.lidia, name="x", scope=TokenScope.IMPORT_CALLS
    )
    service.deactivate_user(session, people.lidia, by=people.anna)
    service.reactivate_user(session, people.lidia, by=people.anna)
    session.refresh(token)
    assert people.lidia.active
    assert session.scalars(select(Login)).all() == []
    assert token.revoked_at is not None
    with pytest.raises(Refused, match="is active"):
        service.reactivate_user(session, people.lidia, by=people.anna)


def test_a_reset_password_signs_out_and_is_logged_without_itself(session, people):
    signing_in.open_login(session, by=people.max, address="127.0.0.1", days=1)
    made = service.reset_password(session, people.max, by=people.anna)
    assert session.scalars(select(Login)).all() == []
    assert passwords.matches(people.max.password_hash, made)
    assert not passwords.matches(people.max.password_hash, PASSWORD)
    assert last_entry(session).action == "password_reset"
    assert last_entry(session).diff == {}


def test_generated_passwords_are_good_and_differ():
    made = {passwords.generated() for _time in range(50)}
    assert len(made) == 50
    for password in made:
        passwords.demand_good(password, "vera")


def test_nobody_but_the_administrator_manages_people(session, people):
    deeds = [
        lambda by: add(session, by),
        lambda by: change(session, people.max, by),
        lambda by: service.deactivate_user(session, people.max, by=by),
        lambda by: service.reset_password(session, people.max, by=by),
        lambda by: teams.add_team(session, by=by, name="East"),
        lambda by: teams.choose_head(session, people.north, people.oleg, by=by),
        lambda by: tokens.issue_token(session, by=by, user=by, name="x", scope=TokenScope.IMPORT_CALLS),
    ]
    for name in ("olga", "lidia", "kira", "roman", "tanya", "hanna", "max"):
        for deed in deeds:
            with pytest.raises(Forbidden):
                deed(getattr(people, name))


def test_a_team_changes_name_head_and_members(session, people):
    teams.change_team(
        session, people.north, by=people.anna, name=" Far  North ", head=people.oleg, members=[people.sveta]
    )
    session.refresh(people.max)
    assert (people.north.name, people.north.head, people.sveta.team) == (
        "Far North",
        people.oleg,
        people.north,
    )
    assert people.max.team is None
    assert last_entry(session).diff == {
        "name": {"before": "North", "after": "Far North"},
        "head": {"before": people.roman.id, "after": people.oleg.id},
        "members": {
            "before": sorted([people.max.id, people.roman.id, people.tanya.id]),
            "after": [people.sveta.id],
        },
    }


def test_a_team_is_not_called_like_another_nor_headed_by_anybody(session, people):
    with pytest.raises(Refused, match="There is a team “South” already"):
        teams.add_team(session, by=people.anna, name="South")
    with pytest.raises(Refused, match="Give a name"):
        teams.add_team(session, by=people.anna, name=" ")
    with pytest.raises(Refused, match="Max Manager cannot head a team"):
        teams.add_team(session, by=people.anna, name="East", head=people.max)


@pytest.mark.parametrize("role", [Role.MANAGER, Role.COACH])
def test_whoever_is_no_head_any_more_heads_no_team(session, people, role):
    change(session, people.oleg, people.anna, team=None)
    assert people.south.head is people.oleg
    change(session, people.oleg, people.anna, role=role)
    assert people.south.head is None
    logged = session.scalars(select(AuditEntry).where(AuditEntry.thing == f"team:{people.south.id}")).one()
    assert (logged.action, logged.by_id) == ("team_changed", people.anna.id)
    assert logged.diff == {"head": {"before": people.oleg.id, "after": None}}


def test_a_token_is_kept_as_a_hash_and_revoked_once(session, people):
    token, text = tokens.issue_token(
        session, by=people.anna, user=people.anna, name=" exchange ", scope=TokenScope.IMPORT_CALLS
    )
    entry = last_entry(session)
    assert text not in (token.token_hash, str(entry.diff))
    assert entry.diff == {
        "name": "exchange",
        "scope": "import_calls",
        "acts_as": people.anna.id,
        "until": token.ends_at.isoformat(),
    }
    tokens.revoke_token(session, token, by=people.anna)
    assert last_entry(session).action == "token_revoked"
    with pytest.raises(Refused, match="revoked already"):
        tokens.revoke_token(session, token, by=people.anna)


def test_a_token_cannot_do_what_its_person_may_not(session, people):
    with pytest.raises(Refused, match="Kira Control may not do this"):
        tokens.issue_token(session, by=people.anna, user=people.kira, name="x", scope=TokenScope.IMPORT_CALLS)
