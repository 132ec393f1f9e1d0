"""People as the administrator sees them: the list, adding, changing, deactivating, a new password."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select

from qcapp.core.errors import Refused
from qcapp.core.forms import options
from qcapp.core.i18n import _
from qcapp.core.web import db, get_or_404, requires
from qcapp.people import account_news, handovers, queries, service
from qcapp.people.access import me
from qcapp.people.forms import PeopleFilter, UserForm
from qcapp.people.models import Team, User
from qcapp.people.namesakes import namesakes
from qcapp.people.permissions import Permission
from qcapp.terms import Role

people = Blueprint("users", __name__)
STATES = {"active": True, "inactive": False, "all": None}


@people.get("/users")
@requires(Permission.MANAGE_PEOPLE)
def index() -> Any:
    form = PeopleFilter(request.args)
    form.team.choices = options([("", _("All")), *_teams()])
    valid = form.validate()
    found = queries.find_users(
        db(),
        text=form.q.data or "",
        role=Role(form.role.data) if valid and form.role.data else None,
        team_id=form.team.data if valid else None,
        active=STATES.get(form.state.data or "active", True),
    )
    return render_template("people/users.html", form=form, users=found)


@people.route("/users/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def new() -> Any:
    """``?role=`` and ``?team=`` are chosen beforehand."""
    form = _user_form()
    if not form.validate_on_submit():
        return _form_page(form, None)
    try:
        user, password = service.add_user(
            db(),
            by=me(),
            login=form.login.data,
            name=form.name.data,
            role=Role(form.role.data),
            team=_chosen_team(form),
            extensions=form.numbers(),
            email=form.email.data,
            locale=form.locale.data,
        )
    except Refused as refused:
        return _refused(form, refused, None)
    db().commit()
    return _password_page(user, password, added=True)


@people.route("/users/<int:user_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def edit(user_id: int) -> Any:
    user = get_or_404(User, user_id)
    form = _user_form(user)
    del form.login
    if not form.validate_on_submit():
        return _form_page(form, user)
    try:
        service.change_user(
            db(),
            user,
            by=me(),
            name=form.name.data,
            role=Role(form.role.data),
            team=_chosen_team(form),
            extensions=form.numbers(),
            email=form.email.data,
            locale=form.locale.data,
        )
    except Refused as refused:
        return _refused(form, refused, user)
    db().commit()
    flash(_("%(name)s has been changed.", name=user.name), "success")
    return redirect(url_for("users.index"), 303)


@people.post("/users/<int:user_id>/deactivate")
@requires(Permission.MANAGE_PEOPLE)
def deactivate(user_id: int) -> Any:
    user = get_or_404(User, user_id)
    try:
        service.deactivate_user(db(), user, by=me())
    except Refused as refused:
        db().rollback()
        flash(str(refused), "error")
        return redirect(url_for("users.edit", user_id=user_id), 303)
    db().commit()
    flash(_("%(name)s has been deactivated and signed out everywhere.", name=user.name), "success")
    if user.role is Role.MANAGER and handovers.handover_of(db(), user) is None:
        return redirect(url_for("handovers.new", giver=user.id), 303)
    return redirect(url_for("users.index"), 303)


@people.post("/users/<int:user_id>/reactivate")
@requires(Permission.MANAGE_PEOPLE)
def reactivate(user_id: int) -> Any:
    user = get_or_404(User, user_id)
    service.reactivate_user(db(), user, by=me())
    db().commit()
    flash(_("%(name)s may sign in again.", name=user.name), "success")
    return redirect(url_for("users.edit", user_id=user.id), 303)


@people.post("/users/<int:user_id>/password")
@requires(Permission.MANAGE_PEOPLE)
def reset_password(user_id: int) -> Any:
    """The new password is on the answer and nowhere else, so this page is not redirected to."""
    user = get_or_404(User, user_id)
    try:
        password = service.reset_password(db(), user, by=me())
    except Refused as refused:
        db().rollback()
        flash(str(refused), "error")
        return redirect(url_for("users.edit", user_id=user_id), 303)
    db().commit()
    return _password_page(user, password, added=False)


def _user_form(user: User | None = None) -> UserForm:
    if user is None:
        role = request.args.get("role", Role.MANAGER, type=Role)
        form = UserForm(role=role.value, team=request.args.get("team", type=int))
    else:
        form = UserForm(
            name=user.name,
            role=user.role.value,
            team=user.team_id,
            extensions=", ".join(extension.number for extension in user.extensions),
            email=user.email,
            locale=user.locale or "",
        )
    form.team.choices = options([("", _("No team")), *_teams()])
    return form


def _teams() -> list[tuple[object, object]]:
    return [(team.id, team.name) for team in db().scalars(select(Team).order_by(Team.name))]


def _chosen_team(form: UserForm) -> Team | None:
    return get_or_404(Team, form.team.data) if form.team.data else None


def _password_page(user: User, password: str | None, *, added: bool) -> str:
    return render_template(
        "people/password_once.html",
        user=user,
        password=password,
        added=added,
        people=_entitled(user),
        namesakes=namesakes(db(), user) if added and user.role is Role.MANAGER else (),
    )


def _entitled(user: User | None) -> Sequence[User]:
    """Who may confirm the account."""
    return account_news.entitled(db(), user.role) if user else ()


def _refused(form: UserForm, refused: Refused, user: User | None) -> Any:
    db().rollback()
    form.form_errors.extend(refused.reasons)
    return _form_page(form, user)


def _form_page(form: UserForm, user: User | None) -> Any:
    handover = handovers.handover_of(db(), user) if user else None
    page = render_template(
        "people/user.html",
        form=form,
        user=user,
        handover=handover,
        people=_entitled(user),
        last_owner=user is not None and account_news.last_owner(db(), user),
    )
    return page, 422 if form.errors else 200
