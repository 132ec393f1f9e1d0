import re
from datetime import timedelta

import pytest
import time_machine
from argon2 import PasswordHasher
from sqlalchemy import select

from qcapp.core import clock
from qcapp.core.audit import AuditEntry
from qcapp.people import passwords, signing_in
from qcapp.people.known_devices import Device
from qcapp.people.models import Login
from tests.factories.people import PASSWORD

NEW = "совсем другая лошадь"


def sign_in(client, login="max", password=PASSWORD, **more):
    return client.post("/login", data={"login": login, "password": password, **more})


def use_up(session, limit, value, but=0):
    """Take all attempts of a limit ``but`` so many."""
    for _attempt in range(limit.capacity - but):
        limit.take(session, value)
    session.commit()


def actions(session):
    return [entry.action for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]


def cookie_token(client):
    with client.session_transaction() as cookie:
        return cookie["login"]


@pytest.mark.parametrize("typed", ["max", "MAX", "  Max "])
def test_it_signs_in_whatever_the_case_of_the_login(client, people, typed):
    assert sign_in(client, typed).status_code == 303
    assert client.get("/account/password").status_code == 200


def test_the_cookie_is_for_http_and_the_same_site_only(client, people):
    header = sign_in(client).headers["Set-Cookie"]
    assert "HttpOnly" in header
    assert "SameSite=Lax" in header


def test_the_cookie_lasts_as_long_as_the_login(client, people, session, settings):
    sign_in(client)
    login = session.scalars(select(Login)).one()
    expires = client.get_cookie("session").expires
    assert abs(expires - login.expires_at) < timedelta(seconds=5)
    client.get("/account/password")  # puts the form's CSRF token into the cookie
    assert "Set-Cookie" not in client.get("/account/password").headers


def test_the_table_of_logins_does_not_hold_what_the_cookie_holds(client, people, session):
    sign_in(client)
    assert session.scalars(select(Login.token_hash)).one() != cookie_token(client)


def test_nobody_learns_which_logins_exist(client, people, session):
    people.sveta.active = False
    session.commit()
    answers = [sign_in(client, login, "wrong password").text for login in ("max", "nobody", "sveta")]
    answers.append(sign_in(client, "sveta").text)
    changing = re.compile(r'nonce="[^"]*"|csrf_token" value="[^"]*"')
    shown = {
        changing.sub("", answer).replace(f'value="{login}"', "")
        for answer, login in zip(answers, ("max", "nobody", "sveta", "sveta"), strict=True)
    }
    assert len(shown) == 1
    assert "The login or the password is not right." in shown.pop()


def test_an_unknown_login_costs_as_much_work_as_a_known_one(client, people, monkeypatch):
    checked = []
    verify = PasswordHasher.verify
    monkeypatch.setattr(PasswordHasher, "verify", lambda self, h, p: checked.append(p) or verify(self, h, p))
    sign_in(client, "max", "wrong password")
    sign_in(client, "nobody", "wrong password")
    assert len(checked) == 2


def test_a_failure_is_recorded_without_what_was_typed(client, people, session):
    sign_in(client, "max", "wrong password")
    sign_in(client, "my secret typed into the wrong field", "x")
    first, second = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert (first.action, first.thing) == ("sign_in_failed", f"user:{people.max.id}")
    assert second.thing == "user:unknown"
    assert "secret" not in str(second.diff)


def test_too_many_tries_at_one_login_are_stopped_even_with_the_right_password(client, people):
    for _try in range(signing_in.BY_LOGIN.capacity):
        assert sign_in(client, "max", "wrong password").status_code == 422
    refused = sign_in(client)
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "60"
    assert "Too many attempts" in refused.text
    assert sign_in(client, "kira").status_code == 303


def test_unknown_logins_are_stopped_like_known_ones(client, people, session):
    with time_machine.travel(clock.now(), tick=False):
        use_up(session, signing_in.BY_LOGIN, "nobody")
        assert sign_in(client, "nobody", "wrong password").status_code == 429


def test_after_a_minute_one_more_try_is_possible(client, people, session):
    with time_machine.travel(clock.now(), tick=False) as moment:
        use_up(session, signing_in.BY_LOGIN, "max")
        assert sign_in(client).status_code == 429
        moment.shift(timedelta(minutes=1))
        assert sign_in(client).status_code == 303


def test_one_address_cannot_try_login_after_login(client, people, session):
    with time_machine.travel(clock.now(), tick=False):
        use_up(session, signing_in.BY_ADDRESS, "127.0.0.1", but=1)
        assert sign_in(client, "nobody", "x").status_code == 422
        assert sign_in(client, "ghost", "x").status_code == 429
        elsewhere = client.post(
            "/login",
            data={"login": "max", "password": PASSWORD},
            environ_overrides={"REMOTE_ADDR": "203.0.113.7"},
        )
        assert elsewhere.status_code == 303


def test_hosts_of_one_ipv6_network_count_as_one(session):
    def take(login, address):
        return signing_in.Attempt(login, address, Device("unknown", ())).take(session)

    for n in range(signing_in.BY_ADDRESS.capacity):
        take(f"nobody{n}", f"2001:db8::{n:x}")
    assert not take("max", "2001:db8::ffff")
    assert take("max", "2001:db8:1::1")


def test_a_strangers_wrong_tries_lock_nobody_out_of_a_browser_he_has_used(app, client, people, session):
    sign_in(client)
    client.post("/logout")
    sign_in(client, "kira")  # who shares the browser
    client.post("/logout")
    with time_machine.travel(clock.now(), tick=False):
        use_up(session, signing_in.BY_LOGIN, "max")
        use_up(session, signing_in.BY_ADDRESS, "127.0.0.1")
        assert sign_in(app.test_client()).status_code == 429
        assert sign_in(client, "sveta").status_code == 429  # has never signed in from here
        assert sign_in(client).status_code == 303


def test_a_known_browser_guesses_no_more_than_a_strange_one(client, people):
    sign_in(client)
    client.post("/logout")
    for _try in range(signing_in.BY_DEVICE.capacity):
        assert sign_in(client, "max", "wrong password").status_code == 422
    assert sign_in(client).status_code == 429


def test_a_cookie_of_ones_own_making_is_no_known_browser(client, people, session):
    client.set_cookie("device", "WyJrZXkiLFsxXV0.made.up")
    with time_machine.travel(clock.now(), tick=False):
        use_up(session, signing_in.BY_LOGIN, "max")
        assert sign_in(client).status_code == 429


def test_signing_in_properly_uses_up_nothing(client, people):
    for _time in range(signing_in.BY_LOGIN.capacity + 5):
        assert sign_in(client).status_code == 303


def test_each_sign_in_makes_a_new_session(client, people):
    """Session fixation: what a stranger planted in the cookie before is gone after it."""
    with client.session_transaction() as cookie:
        cookie["planted"] = "by a stranger"
        cookie["csrf_token"] = "known to a stranger"
    sign_in(client)
    first = cookie_token(client)
    with client.session_transaction() as cookie:
        assert "planted" not in cookie
        assert cookie.get("csrf_token") != "known to a stranger"
    sign_in(client)
    assert cookie_token(client) != first


def test_a_token_chosen_by_a_stranger_opens_nothing(client, people):
    with client.session_transaction() as cookie:
        cookie["login"] = "chosen by a stranger"
    assert client.get("/account/password").status_code == 303


def test_a_copied_cookie_is_worthless_after_signing_out(app, client, people):
    sign_in(client)
    copied = client.get_cookie("session").value
    assert client.post("/logout").status_code == 303
    thief = app.test_client()
    thief.set_cookie("session", copied)
    assert thief.get("/account/password").status_code == 303


def test_signing_out_leaves_other_browsers_alone(app, client, people):
    sign_in(client)
    other = app.test_client()
    sign_in(other)
    client.post("/logout")
    assert other.get("/account/password").status_code == 200


def test_a_login_ends_after_the_days_it_may_last(client, people, settings):
    with time_machine.travel(clock.now(), tick=False) as moment:
        sign_in(client)
        token = cookie_token(client)
        moment.shift(timedelta(days=settings.session_days, seconds=1))
        with (
            client.session_transaction() as cookie
        ):  # the cookie itself has expired too; a kept copy must not help
            cookie["login"] = token
        assert client.get("/account/password").status_code == 303


def test_a_deactivated_person_is_out_at_once(client, people, session, login):
    login(people.max)
    people.max.active = False
    session.commit()
    assert client.get("/account/password").status_code == 303


def test_changing_the_password_signs_out_every_other_browser(app, client, people):
    sign_in(client)
    other = app.test_client()
    sign_in(other)
    changed = client.post("/account/password", data={"old": PASSWORD, "new": NEW})
    assert changed.status_code == 303
    assert client.get("/account/password").status_code == 200
    assert other.get("/account/password").status_code == 303
    assert sign_in(other).status_code == 422
    assert sign_in(other, password=NEW).status_code == 303


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("wrong password", NEW, "present password is not right"),
        (PASSWORD, "short", "too short"),
        (PASSWORD, PASSWORD, "same as the present one"),
        (PASSWORD, "max-max-max", "repeats a few characters"),
        (PASSWORD, "aaaaaaaaaaaaaa", "repeats a few characters"),
    ],
)
def test_it_says_why_a_password_cannot_be_changed(client, people, session, old, new, sentence):
    sign_in(client)
    answer = client.post("/account/password", data={"old": old, "new": new})
    assert answer.status_code == 422
    assert sentence in answer.text
    session.refresh(people.max)
    assert passwords.matches(people.max.password_hash, PASSWORD)


def test_common_passwords_and_ones_own_name_are_refused(client, people):
    sign_in(client)
    for new in ("Password2026!", "gfhjkm12345", "Max-Manager-1"):
        answer = client.post("/account/password", data={"old": PASSWORD, "new": new})
        assert "tried first" in answer.text


def test_a_password_made_for_somebody_is_to_be_replaced(client, people, session):
    people.max.password_temporary = True
    session.commit()
    assert sign_in(client).location == "/account/password"
    client.post("/account/password", data={"old": PASSWORD, "new": NEW})
    assert sign_in(client, password=NEW).location == "/"


def test_an_old_weak_hash_is_renewed_by_a_new_password(client, people, session):
    assert PasswordHasher().check_needs_rehash(people.max.password_hash)
    sign_in(client)
    client.post("/account/password", data={"old": PASSWORD, "new": NEW})
    session.refresh(people.max)
    assert people.max.password_hash.startswith("$argon2id$")
    assert not PasswordHasher().check_needs_rehash(people.max.password_hash)


def test_signing_in_and_out_is_recorded(client, people, session):
    sign_in(client)
    client.post("/logout")
    assert actions(session) == ["signed_in", "signed_out"]


def test_a_page_asked_for_before_signing_in_comes_after_it(client, people):
    turned_away = client.get("/account/password?a=1&b=ё")
    assert turned_away.status_code == 303
    page = client.get(turned_away.location)
    assert 'value="/account/password?a=1&amp;b=%D1%91"' in page.text
    assert sign_in(client, next="/account/password?a=1").location == "/account/password?a=1"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        " //evil.example",
        "javascript:alert(1)",
        "evil.example",
        "",
    ],
)
def test_it_never_leads_to_another_site(client, people, target):
    assert sign_in(client, next=target).location == "/"
    client.get("/login", query_string={"next": target})
    assert client.get("/login", query_string={"next": target}).location == "/"
    assert client.post("/language", data={"locale": "en", "next": target}).location == "/"


def test_the_language_stays_with_the_person(app, client, people, session):
    client.post("/language", data={"locale": "ru"})
    assert "Войти" in client.get("/login").text
    sign_in(client)
    assert "Сменить пароль" in client.get("/account/password").text
    client.post("/language", data={"locale": "en"})
    client.post("/language", data={"locale": "ru"})
    elsewhere = app.test_client()
    sign_in(elsewhere)
    assert "Сменить пароль" in elsewhere.get("/account/password").text
    assert client.post("/language", data={"locale": "xx"}).status_code == 409


def test_failed_sign_in_is_explained_in_russian(client, people):
    client.post("/language", data={"locale": "ru"})
    assert "Неверный логин или пароль." in sign_in(client, "max", "wrong password").text
    assert "Обязательное поле" in sign_in(client, "", "").text


@pytest.mark.parametrize("name", ["olga", "lidia", "kira", "roman", "tanya", "hanna", "max", "anna"])
def test_everybody_has_a_start_page_they_may_open(client, people, login, name):
    login(getattr(people, name))
    assert client.get("/", follow_redirects=True).status_code == 200


def test_the_start_page_of_hr_shows_how_trainees_get_on(client, people, login):
    login(people.hanna)
    assert client.get("/").location == "/board"
