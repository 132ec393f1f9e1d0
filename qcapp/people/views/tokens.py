"""API tokens as the administrator sees them."""

from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, url_for

from qcapp.core import clock, local
from qcapp.core.errors import Refused
from qcapp.core.forms import options
from qcapp.core.i18n import _, label
from qcapp.core.periods import midnight
from qcapp.core.web import db, get_or_404, requires, settings
from qcapp.people import queries, tokens
from qcapp.people.access import me
from qcapp.people.choices import told_apart
from qcapp.people.forms import TokenForm
from qcapp.people.models import ApiToken, TokenScope, User
from qcapp.people.permissions import Permission
from qcapp.people.views.users import people


@people.get("/tokens")
@requires(Permission.MANAGE_PEOPLE)
def tokens_index() -> Any:
    return render_template("people/tokens.html", tokens=queries.all_tokens(db()), now=clock.now())


@people.route("/tokens/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE)
def new_token() -> Any:
    """The token is on the answer and nowhere else, so this page is not redirected to."""
    form = TokenForm(user=me().id, last_day=local.today() + tokens.USUAL)
    able = [
        user
        for user in queries.find_users(db())
        if any(tokens.can_carry(user, scope) for scope in TokenScope)
    ]
    names = told_apart(able)
    form.user.choices = options((user.id, f"{names[user.id]} ({label(user.role)})") for user in able)
    if not form.validate_on_submit():
        return _form_page(form)
    try:
        token, text = tokens.issue_token(
            db(),
            by=me(),
            user=get_or_404(User, form.user.data),
            name=form.name.data,
            scope=TokenScope(form.scope.data),
            ends_at=midnight(form.last_day.data + timedelta(days=1), settings().zone) - timedelta(seconds=1),
        )
    except Refused as refused:
        db().rollback()
        form.form_errors.extend(refused.reasons)
        return _form_page(form)
    db().commit()
    return render_template("people/token_once.html", token=token, text=text)


def _form_page(form: TokenForm) -> Any:
    return render_template("people/token.html", form=form), 422 if form.errors else 200


@people.post("/tokens/<int:token_id>/revoke")
@requires(Permission.MANAGE_PEOPLE)
def revoke_token(token_id: int) -> Any:
    token = get_or_404(ApiToken, token_id)
    tokens.revoke_token(db(), token, by=me())
    db().commit()
    flash(_("The token “%(name)s” has been revoked.", name=token.name), "success")
    return redirect(url_for("users.tokens_index"), 303)
