"""What every view uses: the request's session, the permission gate, fetch-or-404, and pages for refusals.

Default deny: an endpoint without ``@requires`` or ``@public`` answers 403 to everybody.
"""

import secrets
from collections.abc import Callable
from threading import BoundedSemaphore
from typing import Any, TypeVar, cast

from flask import (
    Flask,
    Response,
    abort,
    current_app,
    g,
    jsonify,
    make_response,
    render_template,
    request,
)
from flask_login import AnonymousUserMixin, current_user
from sqlalchemy.exc import DataError, SQLAlchemyError
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadHost, BadRequest, HTTPException

from qcapp.core import audit, autosave, incoming
from qcapp.core.db import Base, Database
from qcapp.core.errors import Busy, Forbidden, Missing, Refused, Unavailable
from qcapp.core.i18n import _, lazy
from qcapp.core.storage import Storage, is_full, storage_fault
from qcapp.settings import Settings

View = TypeVar("View", bound=Callable[..., Any])
Row = TypeVar("Row", bound=Base)


CHANGES_AT_ONCE = 8
"""Requests that may write in one process at a time. The web server has more threads: while all of these wait for a
database that is locked, pages are still read and /health answers."""
READING = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that never write."""


def settings() -> Settings:
    return cast(Settings, current_app.extensions["qcapp_settings"])


def database() -> Database:
    return cast(Database, current_app.extensions["qcapp_database"])


def storage() -> Storage:
    return cast(Storage, current_app.extensions["qcapp_storage"])


def db() -> Session:
    """The request's session: a reading one for GET, which never takes a lock; closed after the response."""
    if "db" not in g:
        g.db = database().reading() if request.method in READING else database().writing()
    return cast(Session, g.db)


def public(view: View) -> View:
    """Mark an endpoint that needs no login."""
    view.qcapp_public = True  # type: ignore[attr-defined]
    return view


def requires(permission: str) -> Callable[[View], View]:
    """Mark an endpoint with the permission it needs; which objects, the view and its queries say."""

    def mark(view: View) -> View:
        view.qcapp_permission = permission  # type: ignore[attr-defined]
        return view

    return mark


def get_or_404(model: type[Row], key: int) -> Row:
    row = db().get(model, key)
    if row is None:
        abort(404)
    return row


def wants_fragment() -> bool:
    """Whether htmx asks for the changing part of a page only."""
    return request.headers.get("HX-Request") == "true"


def init_app(
    app: Flask,
    gate: Callable[[str], bool],
    login_redirect: Callable[[], Any],
    turn_away: Callable[[], Any],
) -> None:
    """``gate(permission)`` answers for the signed-in person; ``login_redirect()`` turns strangers away.

    ``turn_away()`` refuses the signed-in, or leads on whoever has to do something about the account first.
    """

    incoming.init_app(app)  # first, so that no body is read beyond its bounds
    _guard(app, gate, login_redirect, turn_away)

    @app.teardown_request
    def close_session(_error: BaseException | None) -> None:
        if session := g.pop("db", None):
            session.close()

    @app.after_request
    def harden(response: Response) -> Response:
        nonce = _nonce()
        response.headers.setdefault(
            "Content-Security-Policy",
            "default-src 'none'; "
            f"script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
            "img-src 'self' data:; media-src 'self' blob:; connect-src 'self'; font-src 'self'; "
            "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        )
        # Exams are recorded by the microphone; nothing else of a device is any page's business.
        response.headers.setdefault("Permissions-Policy", "microphone=(self), camera=(), geolocation=()")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        if response.mimetype in ("text/html", "application/json"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    app.context_processor(lambda: {"csp_nonce": _nonce()})
    autosave.init_app(app)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(Unavailable, _unavailable)
    app.register_error_handler(OSError, _system_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(DataError, _not_to_be_held)
    app.register_error_handler(OverflowError, _not_to_be_held)


def _guard(
    app: Flask,
    gate: Callable[[str], bool],
    login_redirect: Callable[[], Any],
    turn_away: Callable[[], Any],
) -> None:
    """Let nobody in without the permission, and nobody write without a place.

    Whoever may enter has the body read before a place is taken, however slowly it comes. The right may be gone when it
    is here, so the person is read anew.
    """
    places = BoundedSemaphore(CHANGES_AT_ONCE)

    @app.before_request
    def check_permission() -> Any:
        if request.method not in READING:
            if request.endpoint and _may_enter(gate):
                incoming.read_body()
            _take(places)
            g.pop("_login_user", None)
        if _may_enter(gate):
            return None
        return turn_away() if current_user.is_authenticated else login_redirect()

    @app.teardown_request
    def leave_place(_error: BaseException | None) -> None:
        if g.pop("has_place", False):
            places.release()


def _may_enter(gate: Callable[[str], bool]) -> bool:
    if request.endpoint == "static":
        return True
    known = current_user.is_authenticated  # read now, before a view of whatever kind begins a transaction
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or getattr(view, "qcapp_public", False):
        return True
    permission = getattr(view, "qcapp_permission", None)
    return bool(known) and permission is not None and gate(permission)


def _take(places: BoundedSemaphore) -> None:
    """A place for this request, until it ends."""
    if not places.acquire(blocking=False):
        raise Busy(lazy("Too much is being saved at once. Nothing of this was saved; try again in a moment."))
    g.has_place = True


def _nonce() -> str:
    """What this answer's own scripts and styles bear."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return cast(str, g.nonce)


def _refused(error: Refused) -> Any:
    status = 403 if isinstance(error, Forbidden) else 404 if isinstance(error, Missing) else 409
    _abandon()
    if status == 403:
        _record_attempt()
    return _page(status, error.reasons)


def _http_error(error: HTTPException) -> Any:
    if error.response is not None:
        return error.response
    _abandon()  # before any text is made: its language is the person's, whom a failed flush has forgotten
    sentences = {
        400: _("The request could not be understood. Go back, reload the page and try again."),
        403: _("Your role does not allow this. The attempt has been recorded."),
        404: _("There is no such page, or it is not for you to see."),
        405: _("This page cannot be used in that way."),
        408: _("The request did not arrive whole. Nothing of it was saved; try again."),
        413: _("The upload is larger than this installation accepts. Upload fewer files at a time."),
        429: _("Too many attempts. Wait a minute and try again."),
        500: _("Something went wrong on the server. Nothing was saved; the fault is in the log."),
    }
    code = error.code or 500
    if isinstance(error, BadHost):  # no address could be written into a page
        return Response(sentences[400], 400, mimetype="text/plain")
    if code == 403:
        _record_attempt()
    return _page(code, (sentences.get(code, error.description or error.name),))


def _not_to_be_held(error: Exception) -> Any:
    """A number or a sign that no column takes: somebody wrote the address by hand, or a program sent it."""
    current_app.logger.warning("the database cannot hold what was sent", exc_info=error)
    return _http_error(BadRequest())


def _unavailable(error: Unavailable) -> Any:
    """Where the database is at fault the person is a stranger to this page: only it knows who is signed in."""
    _abandon()
    response = make_response(_page(error.status, (str(error),)))
    response.headers["Retry-After"] = str(error.retry_after_s)
    return response


def _system_error(error: OSError) -> Any:
    """An upload that finds no room; any other error of the system is a fault like others."""
    if is_full(error):
        return _unavailable(storage_fault(error))
    raise error


def _abandon() -> None:
    """Roll back what the request had begun and let go of its locks. The error page still needs the person."""
    session = g.pop("db", None)
    if session is None:
        return
    try:
        session.rollback()
        asking = (current_user._get_current_object(), g.get("api_token"))
        known = [each for each in asking if isinstance(each, Base) and each in session]
        if known:
            session.connection(execution_options={"reading": True})
        for each in known:
            session.refresh(each)  # the rollback has forgotten the person's name and role, and the token's id
        session.close()
    except (SQLAlchemyError, Unavailable):
        session.invalidate()
        g._login_user = AnonymousUserMixin()  # where Flask-Login keeps the person of a request


def _record_attempt() -> None:
    """In a transaction of its own, since the refused request's is rolled back."""
    token = g.get("api_token")
    try:
        with database().transaction() as session:
            by_id = current_user.id if current_user.is_authenticated else None
            audit.record_attempt(
                session,
                audit.LogAction.REFUSED,
                f"endpoint:{request.endpoint}",
                person=f"user:{by_id or 'unknown'}",
                by_id=by_id,
                method=request.method,
                path=request.path,
                **({"api_token": token.id} if token else {}),
            )
    except Refused as refusal:
        current_app.logger.error("an attempt was refused and could not be recorded: %s", refusal)


def _page(status: int, reasons: tuple[str, ...]) -> Any:
    if request.path.startswith("/api/") or request.accept_mimetypes.best == "application/json":
        return jsonify(error=" ".join(reasons)), status
    return render_template("errors/refused.html", status=status, reasons=reasons), status
