"""Signing in and out, the start page of each role, one's own password, the language."""

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask_login import current_user

from qcapp.core.errors import Refused
from qcapp.core.i18n import LOCALES, _, label
from qcapp.core.web import database, db, public, requires, settings
from qcapp.people import passwords, signing_in
from qcapp.people.access import COOKIE_TOKEN, me, safe_next
from qcapp.people.account_news import entitled
from qcapp.people.forms import PasswordForm, SignInForm
from qcapp.people.known_devices import device_of, remember
from qcapp.people.models import User
from qcapp.people.permissions import Permission, holds, unconfirmed

account = Blueprint("account", __name__)
language = Blueprint("language", __name__)

FIRST_PAGES = (
    ("users.index", Permission.MANAGE_PEOPLE),
    ("board.index", Permission.VIEW_ONBOARDING),
    ("checklists.index", Permission.VIEW_CHECKLISTS),
)


@requires(Permission.START_PAGE)
def home() -> Any:
    """Where the work of a person begins who has nothing to do with reviews."""
    places = [endpoint for endpoint, permission in FIRST_PAGES if holds(current_user, permission)]
    return redirect(url_for(places[0] if places else "account.password"), 303)


@account.get("/login")
@public
def login() -> Any:
    if current_user.is_authenticated:
        return redirect(_target(), 303)
    return render_template("people/login.html", form=SignInForm(), next=request.args.get("next", ""))


@account.post("/login")
@public
def sign_in() -> Any:
    """The attempt is counted before the password is looked at, and no lock is held while argon2 works."""
    form = SignInForm()
    if not form.validate_on_submit():
        return _login_page(form, 422)
    typed, address = form.login.data, request.remote_addr or ""
    attempt = signing_in.Attempt(typed, address, device_of(request))
    with database().transaction() as writing:
        may_try = attempt.take(writing)
    if not may_try:
        form.form_errors.append(_("Too many attempts. Wait a minute and try again."))
        return _login_page(form, 429)
    with database().reading() as reading:
        person = signing_in.find_person(reading, typed, form.password.data)
    with database().transaction() as writing:
        if person is None:
            signing_in.record_failure(writing, typed, address)
        else:
            attempt.give_back(writing)
            _start_session(
                signing_in.open_login(writing, by=person, address=address, days=settings().session_days)
            )
    if person is None:
        form.form_errors.append(_("The login or the password is not right."))
        return _login_page(form, 422)
    target = _target()
    if person.password_temporary:
        flash(_("Your password was chosen by somebody else. Please choose your own."), "warn")
        target = url_for("account.password")
    return remember(current_app.make_response(redirect(target, 303)), attempt.device.used_by(person.id))


@account.post("/logout")
@requires(Permission.OWN_ACCOUNT)
def logout() -> Any:
    signing_in.close_login(db(), session[COOKIE_TOKEN], by=current_user)
    db().commit()
    session.clear()
    flash(_("You have signed out."))
    return redirect(url_for("account.login"), 303)


@account.route("/account/password", methods=["GET", "POST"])
@requires(Permission.OWN_ACCOUNT)
def password() -> Any:
    form = PasswordForm()
    if not form.validate_on_submit():
        return _password_page(form)
    person: User = current_user
    try:
        signing_in.change_own_password(db(), form.old.data, form.new.data, by=person)
    except Refused as refused:
        db().rollback()
        form.form_errors.extend(refused.reasons)
        return _password_page(form)
    token = signing_in.open_login(
        db(), by=person, address=request.remote_addr or "", days=settings().session_days
    )
    db().commit()
    _start_session(token)
    flash(_("The password has been changed. Other browsers have been signed out."), "success")
    return redirect(url_for("home"), 303)


@account.get("/account/waiting")
@requires(Permission.OWN_ACCOUNT)
def waiting() -> Any:
    """Whose account is to be confirmed first sees who does that."""
    if me().password_temporary or not unconfirmed(me()):
        return redirect(url_for("home"), 303)
    return render_template("people/waiting.html", role=label(me().role), people=entitled(db(), me().role))


@language.post("/language")
@public
def choose() -> Any:
    """Kept with the person, so that it is there in the next browser as well."""
    chosen = request.form.get("locale", "")
    if chosen not in LOCALES:
        raise Refused(_("This language is not available."))
    session["locale"] = chosen
    if current_user.is_authenticated:
        current_user.locale = chosen
        db().commit()
    return redirect(_target(), 303)


def _password_page(form: PasswordForm) -> Any:
    page = render_template("people/password.html", form=form, shortest=passwords.SHORTEST)
    return page, 422 if form.errors else 200


def _login_page(form: SignInForm, status: int) -> Any:
    answer = current_app.make_response(
        (render_template("people/login.html", form=form, next=request.form.get("next", "")), status)
    )
    if status == 429:
        answer.headers["Retry-After"] = str(int(signing_in.BY_LOGIN.refill_s))
    return answer


def _start_session(token: str) -> None:
    """Of the session before only the language stays: its token and CSRF token may be known to others."""
    locale = session.get("locale")
    session.clear()
    session.permanent = True
    session[COOKIE_TOKEN] = token
    if locale:
        session["locale"] = locale


def _target() -> str:
    target = request.values.get("next", "")
    return target if safe_next(target) else url_for("home")
