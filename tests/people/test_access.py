import stat
import string
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
import time_machine
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import select
from werkzeug.urls import iri_to_uri

from qcapp.core import clock
from qcapp.core.audit import AuditEntry
from qcapp.onboarding.models import ClearanceDecision
from qcapp.people import access, service, tokens
from qcapp.people.models import ApiToken, TokenScope
from qcapp.settings import Settings
from qcapp.terms import Role


@pytest.fixture
def strict(app):
    """The application as it is served: CSRF is checked."""
    app.config["WTF_CSRF_ENABLED"] = True
    return app


@pytest.fixture
def token(session, people):
    """An API token of Anna for importing: its text."""
    _token, text = tokens.issue_token(
        session, by=people.anna, user=people.anna, name="exchange", scope=TokenScope.IMPORT_CALLS
    )
    session.commit()
    return text


def bearing(text):
    return {"Authorization": f"Bearer {text}"}


def test_the_secret_key_is_made_once_for_the_owner_alone(tmp_path):
    settings = Settings(data_dir=tmp_path)
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _n: access.secret_key(settings), range(16)))
    assert len(keys) == 1
    assert len(keys.pop()) >= 48
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_a_secret_key_from_the_settings_comes_first(tmp_path):
    assert access.secret_key(Settings(data_dir=tmp_path, secret_key="given")) == "given"
    assert list(tmp_path.iterdir()) == []


@given(st.text(alphabet=string.printable + "ё\\/", max_size=20))
@example("/\\\\evil.example")
@example("///evil.example")
def test_a_safe_target_is_always_a_path_of_this_site(target):
    if access.safe_next(target):
        read_by_browser = "".join(sign for sign in target if sign not in "\t\r\n").strip().replace("\\", "/")
        assert read_by_browser.startswith("/")
        assert not read_by_browser.startswith("//")
        assert iri_to_uri(target).startswith("/")


@pytest.mark.parametrize("target", ["/", "/calls?from=2026-10-06&q=%D1%91", "/звонки"])
def test_places_on_this_site_are_safe(target):
    assert access.safe_next(target)


def test_a_form_without_a_csrf_token_is_refused(strict, client, people):
    answer = client.post("/login", data={"login": "max", "password": "x"})
    assert answer.status_code == 400
    assert "reload the page" in answer.text


def test_a_form_with_its_csrf_token_is_accepted(strict, client, people):
    page = client.get("/login").text
    csrf_token = page.split('name="csrf_token" value="')[1].split('"')[0]
    answer = client.post("/login", data={"login": "max", "password": "wrong", "csrf_token": csrf_token})
    assert answer.status_code == 422


def test_a_cookie_needs_a_csrf_token_even_for_the_api(strict, client, people, login):
    strict.config["WTF_CSRF_ENABLED"] = False
    login(people.anna)
    strict.config["WTF_CSRF_ENABLED"] = True
    assert client.post("/users/new", data={"login": "eve"}).status_code == 400
    rule = next(r for r in strict.url_map.iter_rules() if r.rule.startswith("/api/") and "POST" in r.methods)
    assert client.post(rule.rule).status_code == 400


def test_a_token_needs_no_csrf_token_but_cookies_beside_it_count_for_nothing(
    strict, client, people, login, token
):
    strict.config["WTF_CSRF_ENABLED"] = False
    login(people.anna)
    strict.config["WTF_CSRF_ENABLED"] = True
    refused = client.post("/users/new", data={"login": "eve"}, headers=bearing(token))
    assert refused.status_code == 403
    unknown = client.post("/users/new", data={"login": "eve"}, headers=bearing("qc_unknown"))
    assert unknown.status_code == 401


def test_a_token_reaches_its_scope(app, client, token):
    with app.test_request_context(headers=bearing(token)):
        assert access.gate("import_calls")
        assert not access.gate("manage_people")
        assert not access.gate("read_metrics")


def test_a_token_out_of_its_scope_is_refused_and_recorded(client, session, people, token):
    answer = client.get("/users", headers={**bearing(token), "Accept": "application/json"})
    assert answer.status_code == 403
    assert "does not allow" in answer.json["error"]
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "refused")).one()
    assert entry.by_id == people.anna.id
    assert entry.diff == {"method": "GET", "path": "/users", "api_token": session.scalar(select(ApiToken.id))}


@pytest.mark.parametrize("fate", ["revoked", "owner deactivated", "owner demoted"])
def test_a_token_dies(client, session, people, token, fate):
    if fate == "revoked":
        tokens.revoke_token(session, session.scalars(select(ApiToken)).one(), by=people.anna)
    elif fate == "owner deactivated":
        people.anna.active = False
    else:
        people.anna.role = people.max.role
    session.commit()
    answer = client.get("/imports/", headers=bearing(token))
    assert answer.status_code == (403 if fate == "owner demoted" else 401)
    if fate != "owner demoted":
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_the_use_of_a_token_is_noted(client, session, token):
    client.get("/imports/", headers=bearing(token))
    session.expire_all()
    assert session.scalars(select(ApiToken)).one().last_used_at is not None


def test_unknown_tokens_are_slowed_down(client, people):
    answers = [client.get("/users", headers=bearing(f"qc_{n}")).status_code for n in range(31)]
    assert answers[:30] == [401] * 30
    assert answers[30] == 429


def test_a_token_that_comes_too_fast_is_slowed_down(client, session, people, token):
    assert client.get("/imports/", headers=bearing(token)).status_code == 200
    row = session.scalars(select(ApiToken)).one()
    with time_machine.travel(clock.now(), tick=False):
        for _request in range(access.BY_TOKEN.capacity):
            access.BY_TOKEN.take(session, str(row.id))
        session.commit()
        assert client.get("/imports/", headers=bearing(token)).status_code == 429


@pytest.mark.parametrize("path", ["/users", "/audit", "/"])
def test_strangers_are_sent_to_the_login_page(client, people, path):
    answer = client.get(path)
    assert answer.status_code == 303
    assert answer.location.startswith("/login")


def test_a_fragment_asked_for_by_a_stranger_makes_the_browser_leave_the_page(client, people):
    answer = client.get(
        "/users", headers={"HX-Request": "true", "HX-Current-URL": "http://localhost/audit?who=1"}
    )
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/login?next=/audit?who%3D1"


def test_a_stranger_without_a_form_token_learns_nothing_of_the_body(strict, client, people):
    """Permission comes before CSRF: nobody's upload is read before it is known who sends it."""
    assert client.post("/users/new", data={"login": "eve"}).status_code == 303


@pytest.mark.parametrize("loss", ["closed", "another role", "signed out"])
def test_a_right_that_is_lost_while_the_body_is_on_its_way_is_lost(session, people, login, loss):
    class Late(BytesIO):
        """A body that arrives when the right is gone."""

        def readinto(self, buffer):
            if loss == "closed" and people.lidia.active:
                service.deactivate_user(session, people.lidia, by=people.anna)
            elif loss == "another role":
                people.lidia.role = Role.HR
            elif loss == "signed out":
                service.close_all_logins(session, people.lidia)
            session.commit()
            return super().readinto(buffer)

    client, body = login(people.lidia), b"reason=Late"
    answer = client.post(
        f"/clearance/{people.max.id}/declare",
        input_stream=Late(body),
        content_length=len(body),
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == (403 if loss == "another role" else 303)
    assert session.scalars(select(ClearanceDecision)).all() == []
