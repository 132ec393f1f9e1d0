"""Who is asking: the person behind a cookie or an API token, and whether this request may go on.

A cookie holds a random token whose hash is a ``Login`` row; a program sends ``Authorization: Bearer …``. A
request with that header is judged by it alone, its cookies count for nothing, so it needs no CSRF token.
"""

import hashlib
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from flask import Flask, Request, abort, g, jsonify, redirect, request, session, url_for
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_login import LoginManager, current_user
from flask_wtf.csrf import CSRFProtect
from itsdangerous import BadSignature
from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from qcapp.core import clock, secret_file, web
from qcapp.core.errors import Forbidden
from qcapp.core.i18n import _
from qcapp.core.throttle import Limit
from qcapp.people.models import ApiToken, Delegation, Login, User
from qcapp.people.permissions import TOKEN_GRANTS, Permission, holds, standing_in, unconfirmed
from qcapp.settings import Settings

BY_TOKEN = Limit("requests by API token", capacity=600, refill_s=0.1)
UNKNOWN_TOKENS = Limit("unknown API tokens by address", capacity=30, refill_s=10)
_QUERY = "%=&+;,/?:@!$'()*~"  # what stands for itself in a query; the rest is quoted
COOKIE_TOKEN = "login"  # noqa: S105 (the name under which the signed cookie keeps the token)
# Roles lent to the person are loaded with him: a page of refusal asks for them when the session is gone.
_WITH_ROLES = joinedload(User.borrowed).joinedload(Delegation.lender)
csrf = CSRFProtect()


class Cookies(SecureCookieSessionInterface):
    """How long somebody stays signed in the ``Login`` row says. The cookie's own time is not asked: where the clock has
    been set back, it would be taken for one from the future, and its person for a stranger."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        serializer = self.get_signing_serializer(app)
        if serializer is None:
            return None
        try:
            return self.session_class(serializer.loads(request.cookies.get(self.get_cookie_name(app), "")))
        except BadSignature:
            return self.session_class()


def secret_key(settings: Settings) -> str:
    """The key that signs cookies: from the settings, or made once in the data folder for its owner."""
    if given := settings.secret_key.get_secret_value():
        return given
    return secret_file.read_or_make(settings.data_dir / "secret_key")


def token_hash(token: str) -> str:
    """Tokens are long and random, so a plain hash is enough to keep the table useless to a thief."""
    return hashlib.sha256(token.encode()).hexdigest()


def init_app(app: Flask) -> None:
    """Call after ``web.init_app``: who may not enter is turned away before a body is read for CSRF."""
    app.session_interface = Cookies()
    manager = LoginManager(app)
    manager.session_protection = None  # the token in the cookie protects: random, expiring, revocable
    manager.request_loader(load_person)
    app.config.setdefault("WTF_CSRF_CHECK_DEFAULT", False)  # checked below, unless a bearer token speaks
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)  # a page may stay open all day; it dies with the login
    settings: Settings = app.extensions["qcapp_settings"]
    app.permanent_session_lifetime = timedelta(days=settings.session_days)
    app.config["SESSION_REFRESH_EACH_REQUEST"] = False  # a login ends when it ends
    csrf.init_app(app)

    @app.before_request
    def check_csrf() -> None:
        if app.config["WTF_CSRF_ENABLED"] and request.endpoint and bearer(request) is None:
            csrf.protect()

    @app.before_request
    def note_use_of_token() -> None:
        if (token := g.get("api_token")) is not None:
            _use(token)

    def can(permission: str) -> bool:
        return gate(permission)

    app.add_template_global(can)
    app.add_template_test(unconfirmed, "unconfirmed")
    app.add_template_global(lambda: standing_in(me()), "standing_in")


def bearer(incoming: Request) -> str | None:
    """The API token of a request, the empty string if the header has none."""
    kind, _space, token = incoming.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else None


def load_person(incoming: Request) -> User | None:
    """Flask-Login's loader. A page is read on in the same transaction; before whatever may write none is left open.

    So an upload is read without holding a lock.
    """
    token = bearer(incoming)
    if token is None and COOKIE_TOKEN not in session:
        return None
    database_session = web.db()
    if token is None and incoming.method in web.READING:
        return _by_cookie(database_session)
    database_session.connection(execution_options={"reading": True})  # for this first transaction only
    person = _by_cookie(database_session) if token is None else _by_api_token(database_session, token)
    database_session.commit()
    return person


def _by_cookie(database_session: Session) -> User | None:
    wanted = (
        select(User)
        .join(Login)
        .where(
            Login.token_hash == token_hash(session[COOKIE_TOKEN]),
            Login.expires_at > clock.now(),
            User.active.is_(True),
        )
        .options(_WITH_ROLES)
    )
    return database_session.scalars(wanted.execution_options(populate_existing=True)).unique().one_or_none()


def _by_api_token(database_session: Session, token: str) -> User | None:
    wanted = (
        select(ApiToken)
        .where(
            ApiToken.token_hash == token_hash(token),
            ApiToken.revoked_at.is_(None),
            ApiToken.ends_at > clock.now(),
        )
        .options(joinedload(ApiToken.user).options(_WITH_ROLES))
    )
    found = database_session.scalars(wanted.execution_options(populate_existing=True)).unique().one_or_none()
    if found is None or not found.user.active:
        return None
    g.api_token = found
    return found.user


def _use(token: ApiToken) -> None:
    """Note that the token was used, and turn it away when it comes too fast."""
    now = clock.now()
    with web.database().transaction() as writing:
        in_time = BY_TOKEN.take(writing, str(token.id))
        writing.execute(update(ApiToken).where(ApiToken.id == token.id).values(last_used_at=now))
    if not in_time:
        abort(429)


def me() -> User:
    """The person of this request, for views to hand to services: never a proxy."""
    person: User = current_user._get_current_object()
    return person


def gate(permission: str) -> bool:
    """Whether the person holds the permission at all, and the API token, if one speaks, reaches that far."""
    person = me()
    if not person.is_authenticated:
        return False
    wanted = Permission(permission)
    token: ApiToken | None = g.get("api_token")
    if token is not None and wanted not in TOKEN_GRANTS[token.scope]:
        return False
    if _password_first() and wanted is not Permission.OWN_ACCOUNT:
        return False
    return holds(person, wanted)


def _password_first() -> bool:
    """Whether the person has signed in with a password that somebody else knows. A token is nobody else's to know."""
    return me().password_temporary and g.get("api_token") is None


def turn_away() -> Any:
    """Refuse; whoever asks for a page and has to do something about the account first is led there."""
    if _password_first():
        reason, page = _("Choose a password of your own first."), "account.password"
    elif unconfirmed(me()):
        reason, page = _("Your account has to be confirmed first."), "account.waiting"
    else:
        raise Forbidden(_("Your role does not allow this. The attempt has been recorded."))
    if request.method in web.READING and not web.wants_fragment() and not request.path.startswith("/api/"):
        return redirect(url_for(page), 303)
    raise Forbidden(reason)


def login_redirect() -> Any:
    """Send a stranger to the login page and back afterwards; a program gets 401 in JSON."""
    if bearer(request) is not None:
        with web.database().transaction() as writing:
            in_time = UNKNOWN_TOKENS.take(writing, request.remote_addr or "")
        if not in_time:
            abort(429)
    if request.path.startswith("/api/") or bearer(request) is not None:
        answer = jsonify(error=_("This needs a valid API token or a login."))
        answer.status_code = 401
        answer.headers["WWW-Authenticate"] = "Bearer"
        return answer
    if web.wants_fragment():  # a login form must not appear inside a page: htmx is told to leave the page
        url = urlsplit(request.headers.get("HX-Current-URL", ""))
        return "", 401, {"HX-Redirect": _login_url(url.path, url.query)}
    if request.method != "GET":
        return redirect(url_for("account.login"), 303)
    return redirect(_login_url(quote(request.path), quote(request.query_string, safe=_QUERY)), 303)


def _login_url(path: str, query: str) -> str:
    target = f"{path}?{query}" if query else path
    return url_for("account.login", next=target if safe_next(target) and target != "/" else None)


def safe_next(target: str | None) -> bool:
    """Whether a target is a place on this site: a path, with nothing a browser could read as another host."""
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return False
    return all(ord(sign) > 0x20 for sign in target)  # browsers drop tabs and line breaks: "/\t/host"
