"""Teams as the administrator sees them."""

from typing import Any

from flask import flash, redirect, render_template, url_for

from qcapp.core.errors import Refused
from qcapp.core.forms import options
from qcapp.core.i18n import _, label
from qcapp.core.web import db, get_or_404, requires
from qcapp.people import queries, teams
from qcapp.people.access import me
from qcapp.people.choices import told_apart
from qcapp.people.forms import TeamForm
from qcapp.people.models import Team, User
from qcapp.people.permissions import Permission
from qcapp.people.views.users import people
from qcapp.terms import Role

MEMBERS = (Role.HEAD, Role.COACH, Role.MANAGER)  # whose team says whose calls are meant


@people.get("/teams")
@requires(Permission.MANAGE_PEOPLE)
def teams_index() -> Any:
    return render_template("people/teams.html", teams=queries.all_teams(db()))


@people.route("/teams/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def new_team() -> Any:
    form = _team_form(None)
    if not form.validate_on_submit():
        return _form_page(form, None)
    try:
        team = teams.add_team(db(), by=me(), name=form.name.data, head=_person(form.head.data))
        teams.change_team(
            db(), team, by=me(), name=team.name, head=team.head, members=_people(form.members.data or [])
        )
    except Refused as refused:
        return _refused(form, refused, None)
    db().commit()
    flash(_("The team “%(name)s” has been added.", name=team.name), "success")
    return redirect(url_for("users.teams_index"), 303)


@people.route("/teams/<int:team_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def edit_team(team_id: int) -> Any:
    team = get_or_404(Team, team_id)
    form = _team_form(team)
    if not form.validate_on_submit():
        return _form_page(form, team)
    try:
        teams.change_team(
            db(),
            team,
            by=me(),
            name=form.name.data,
            head=_person(form.head.data),
            members=_people(form.members.data or []),
        )
    except Refused as refused:
        return _refused(form, refused, team)
    db().commit()
    flash(_("The team “%(name)s” has been changed.", name=team.name), "success")
    return redirect(url_for("users.teams_index"), 303)


def _team_form(team: Team | None) -> TeamForm:
    everybody = [
        user
        for user in queries.find_users(db())
        if user.role in MEMBERS or (team is not None and user.team_id == team.id)
    ]
    members = [user.id for user in everybody if team and user.team_id == team.id]
    form = TeamForm(name=team and team.name, head=team and team.head_id, members=members)
    heads = [user for user in everybody if user.role is Role.HEAD]
    form.head.choices = options([("", _("Nobody")), *told_apart(heads).items()])
    names = told_apart(everybody)
    form.members.choices = options((user.id, _described(user, names[user.id], team)) for user in everybody)
    return form


def _described(user: User, name: str, team: Team | None) -> str:
    elsewhere = user.team if user.team and (team is None or user.team_id != team.id) else None
    text = f"{name} ({label(user.role)})"
    return text + _(", now in “%(team)s”", team=elsewhere.name) if elsewhere else text


def _person(user_id: int | None) -> User | None:
    return get_or_404(User, user_id) if user_id else None


def _people(ids: list[int]) -> list[User]:
    return [get_or_404(User, user_id) for user_id in ids]


def _refused(form: TeamForm, refused: Refused, team: Team | None) -> Any:
    db().rollback()
    form.form_errors.extend(refused.reasons)
    return _form_page(form, team)


def _form_page(form: TeamForm, team: Team | None) -> Any:
    return render_template("people/team.html", form=form, team=team), 422 if form.errors else 200
