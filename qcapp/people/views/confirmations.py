"""Accounts that are to judge or decide, for those who confirm or refuse them."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from qcapp.core.i18n import _
from qcapp.core.web import db, get_or_404, requires
from qcapp.people import audit_entries, confirmations
from qcapp.people.access import me
from qcapp.people.models import User
from qcapp.people.permissions import Permission

accounts = Blueprint("accounts", __name__)


@accounts.get("/confirmations")
@requires(Permission.CONFIRM_ACCOUNTS)
def index() -> str:
    found = confirmations.waiting(db(), me())
    told = {each.user.id: audit_entries.told(db(), each.acts) for each in found}
    return render_template("people/confirmations.html", waiting=found, told=told)


@accounts.post("/confirmations/<int:user_id>/confirm")
@requires(Permission.CONFIRM_ACCOUNTS)
def confirm(user_id: int) -> Any:
    user = get_or_404(User, user_id)
    confirmations.confirm_account(db(), user, by=me(), seen=request.form.get("seen", 0, type=int))
    db().commit()
    flash(_("The account of %(name)s is confirmed.", name=user.name), "success")
    return redirect(url_for("accounts.index"), 303)


@accounts.post("/confirmations/<int:user_id>/refuse")
@requires(Permission.CONFIRM_ACCOUNTS)
def refuse(user_id: int) -> Any:
    user = get_or_404(User, user_id)
    confirmations.refuse_account(db(), user, by=me())
    db().commit()
    flash(_("The account of %(name)s is refused and closed.", name=user.name), "success")
    return redirect(url_for("accounts.index"), 303)
