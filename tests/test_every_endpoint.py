"""Every address × every role, compared with the policy in people/permissions.py; new endpoints as well.

An argument that is new in an address is taught to ``tests/factories/everything.py``; what cannot be derived
from the policy is an exception with a reason here.
"""

from types import SimpleNamespace

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from qcapp.core import audit
from qcapp.core.audit import AuditEntry
from qcapp.people import permissions, tokens
from qcapp.people.models import TokenScope, User
from qcapp.people.permissions import TOKEN_GRANTS, Permission
from tests.factories.everything import MANAGERS, make_everything

CAST = ("olga", "lidia", "kira", "roman", "tanya", "hanna", "max", "anna", "oleg", "sveta")
OPENED = {200, 206, 302, 303, 304}
EXCEPTIONS: dict[tuple[str, str], int] = {
    # (endpoint, who): status instead of the derived one
}


@pytest.fixture
def things(session: Session, app: Flask, people: SimpleNamespace) -> dict[str, dict[str, object]]:
    """Whose → argument → value: one of each thing of Max's and of Sveta's, who is in another team."""
    storage = app.extensions["qcapp_storage"]
    made = {
        name: make_everything(session, storage, people, getattr(people, name)) for name in ("max", "sveta")
    }
    session.commit()
    return made


def rules(app: Flask, method: str) -> list[Rule]:
    return [
        rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and method in (rule.methods or ())
    ]


def mark_of(app: Flask, rule: Rule) -> Permission | None:
    """The permission an endpoint asks for; None if it is public."""
    view = app.view_functions[rule.endpoint]
    permission = getattr(view, "qcapp_permission", None)
    return Permission(permission) if permission else None


def address(app: Flask, rule: Rule, values: dict[str, object]) -> str:
    unknown = rule.arguments - values.keys()
    assert not unknown, f"teach tests/factories/everything.py what {unknown} of {rule} are"
    with app.test_request_context():
        return app.url_for(rule.endpoint, **{name: values[name] for name in rule.arguments})


def concerns_a_manager(rule: Rule) -> bool:
    return any(name in MANAGERS for name in rule.arguments)


def belonging(rule: Rule, things: dict[str, dict[str, object]]) -> list[tuple[str, dict[str, object]]]:
    """Both managers' things where it matters whose they are."""
    return list(things.items())[: 2 if concerns_a_manager(rule) else 1]


def may(session: Session, user: User, permission: Permission | None, rule: Rule, owner: User) -> bool:
    """What the policy says."""
    if permission is None:
        return True
    if concerns_a_manager(rule):
        return permissions.allowed(session, user, permission, owner.id)
    return permissions.holds(user, permission)


def opened(answer) -> bool:
    return answer.status_code in OPENED and not (answer.location or "").startswith("/login")


def test_every_endpoint_says_who_may_use_it(app):
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        marks = [hasattr(view, "qcapp_permission"), hasattr(view, "qcapp_public")]
        assert sum(marks) == 1 or rule.endpoint == "static", f"{rule.endpoint} needs @requires or @public"


def test_an_endpoint_that_says_nothing_is_closed_to_everybody(app, people, login, session):
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    assert app.test_client().get("/forgotten").status_code == 303
    for name in CAST:
        assert login(getattr(people, name)).get("/forgotten").status_code == 403


@pytest.mark.parametrize("who", CAST)
def test_pages_open_for_whom_the_policy_says(app, session, people, login, things, who):
    client, user = login(getattr(people, who)), getattr(people, who)
    wrong = []
    for rule in rules(app, "GET"):
        for whose, values in belonging(rule, things):
            expected = may(session, user, mark_of(app, rule), rule, getattr(people, whose))
            answer = client.get(address(app, rule, values))
            status = EXCEPTIONS.get((rule.endpoint, who))
            right = (
                answer.status_code == status
                if status
                else opened(answer)
                if expected
                else answer.status_code == 403
            )
            if mark_of(app, rule) is None:
                right = answer.status_code not in (401, 403)
            if not right:
                wrong.append((rule.endpoint, f"{whose}'s", "open" if expected else 403, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("who", CAST)
def test_deeds_are_refused_to_whom_the_policy_says_and_recorded(app, session, people, login, things, who):
    client, user = login(getattr(people, who)), getattr(people, who)
    wrong, refused = [], 0
    for rule in rules(app, "POST"):
        for whose, values in belonging(rule, things):
            if may(session, user, mark_of(app, rule), rule, getattr(people, whose)):
                continue
            answer = client.post(address(app, rule, values))
            refused += 1
            if answer.status_code != 403:
                wrong.append((rule.endpoint, f"{whose}'s", 403, answer.status_code))
    assert wrong == []
    assert recorded(session, user) == refused


def recorded(session: Session, user: User) -> int:
    """The refused attempts in the log, those included that it only counts."""
    entries = select(func.count()).where(AuditEntry.action == "refused", AuditEntry.by_id == user.id)
    counted = select(audit.LeftOut.many).where(audit.LeftOut.person == f"user:{user.id}")
    return (session.scalar(entries) or 0) + (session.scalar(counted) or 0)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_strangers_are_asked_to_sign_in_everywhere(app, client, people, things, method):
    wrong = []
    for rule in rules(app, method):
        answer = client.open(address(app, rule, things["max"]), method=method)
        if mark_of(app, rule) is None:
            right = not (answer.location or "").startswith("/login") and answer.status_code != 401
        elif rule.rule.startswith("/api/"):
            right = answer.status_code == 401 and answer.is_json
        else:
            right = answer.status_code == 303 and answer.location.startswith("/login")
        if not right:
            wrong.append((rule.endpoint, answer.status_code, answer.location))
    assert wrong == []


@pytest.mark.parametrize(
    ("state", "first"),
    [
        ({"password_temporary": True}, "/account/password"),
        ({"confirmed_at": None}, "/account/waiting"),
    ],
)
def test_an_account_that_is_not_open_yet_leads_to_its_own_page_and_nowhere_else(
    app, session, people, login, things, state, first
):
    """A password that somebody else knows, or an account that nobody has confirmed; of the role that may most."""
    client = login(people.lidia)
    session.execute(update(User).where(User.id == people.lidia.id).values(state))
    session.commit()
    wrong = []
    for method in ("GET", "POST"):
        for rule in rules(app, method):
            permission = mark_of(app, rule)
            if permission in (None, Permission.OWN_ACCOUNT):
                continue
            answer = client.open(address(app, rule, things["max"]), method=method)
            led = method == "GET" and answer.status_code == 303 and answer.location == first
            if not led and answer.status_code != 403:
                wrong.append((rule.endpoint, method, answer.status_code, answer.location))
    assert wrong == []
    own = {rule.endpoint for rule in app.url_map.iter_rules() if mark_of(app, rule) is Permission.OWN_ACCOUNT}
    assert own == {"account.password", "account.waiting", "account.logout"}
    assert client.get("/account/waiting").location == ("/" if "waiting" not in first else None)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("scope", TokenScope)
def test_an_api_token_opens_its_scope_and_nothing_else(app, client, session, people, things, scope, method):
    """Anna may do all that any scope reaches; deeds within the scope are tested with their feature."""
    _token, text = tokens.issue_token(session, by=people.anna, user=people.anna, name="program", scope=scope)
    session.commit()
    headers = {"Authorization": f"Bearer {text}"}
    wrong, refused = [], 0
    for rule in rules(app, method):
        permission = mark_of(app, rule)
        within = permission is None or permission in TOKEN_GRANTS[scope]
        if permission is None or (within and method == "POST"):
            continue
        answer = client.open(address(app, rule, things["max"]), method=method, headers=headers)
        refused += answer.status_code == 403
        if opened(answer) != within or (not within and answer.status_code != 403):
            wrong.append((rule.endpoint, answer.status_code))
    assert wrong == []
    assert recorded(session, people.anna) == refused


def test_what_does_not_exist_is_404_for_those_who_may_look(app, people, login, things):
    client = login(people.kira)
    for rule in rules(app, "GET"):
        if concerns_a_manager(rule) and permissions.holds(people.kira, mark_of(app, rule)):
            nothing = dict.fromkeys(rule.arguments, 10**6)
            assert client.get(address(app, rule, nothing)).status_code == 404, rule.endpoint


def test_a_refused_deed_leaves_nothing_but_its_record(app, client: FlaskClient, people, login, session):
    """What the view wrote before it was refused is rolled back, on both databases."""
    from qcapp.core.errors import Forbidden
    from qcapp.core.web import db, requires

    @requires(Permission.OWN_ACCOUNT)
    def half_done() -> str:
        if request.method == "POST":  # a GET cannot write: test_db.py
            db().get(User, people.max.id).name = "Changed"
            db().flush()
        raise Forbidden("Not this one.")

    app.add_url_rule("/half-done", "half_done", half_done, methods=["GET", "POST"])
    login(people.max)
    for method in ("GET", "POST"):
        answer = client.open("/half-done", method=method)
        assert answer.status_code == 403
        assert "Not this one." in answer.text
        assert "Max Manager" in answer.text
    session.expire_all()
    assert session.get(User, people.max.id).name == "Max Manager"
    entries = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "refused").order_by(AuditEntry.id)
    ).all()
    assert [entry.diff for entry in entries] == [
        {"method": "GET", "path": "/half-done"},
        {"method": "POST", "path": "/half-done"},
    ]
    assert {entry.by_id for entry in entries} == {people.max.id}
