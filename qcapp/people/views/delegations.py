"""Roles lent for a time: who stands in for whom until when, a new loan, and taking it back."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for

from qcapp.core import clock, local
from qcapp.core.errors import Forbidden, Refused
from qcapp.core.forms import options
from qcapp.core.i18n import _, label
from qcapp.core.periods import Days
from qcapp.core.web import db, get_or_404, requires, settings
from qcapp.people import delegations as service
from qcapp.people.access import me
from qcapp.people.choices import told_apart
from qcapp.people.forms import DelegationForm
from qcapp.people.models import User
from qcapp.people.permissions import Permission

delegations = Blueprint("delegations", __name__)


@delegations.get("/delegations")
@requires(Permission.DELEGATE)
def index() -> str:
    lasting, over = service.delegations(db(), me())
    return render_template(
        "people/delegations.html",
        lasting=lasting,
        over=over,
        confirms=service.confirms(me()),
        mine={each.id for each in service.possible_lenders(db(), me())},
        now=clock.now(),
    )


@delegations.route("/delegations/new", methods=["GET", "POST"])
@requires(Permission.DELEGATE)
def new() -> Any:
    form = _form()
    if not form.validate_on_submit():
        return _page(form)
    since, after = Days(form.since.data, form.until.data).moments(settings().zone)
    try:
        lent = service.delegate(
            db(),
            lender=get_or_404(User, form.lender.data),
            holder=get_or_404(User, form.holder.data),
            since=since,
            until=after - timedelta(seconds=1),  # the last second of that day
            reason=form.reason.data,
            by=me(),
        )
    except Forbidden:
        raise
    except Refused as refused:
        db().rollback()
        form.form_errors.extend(refused.reasons)
        return _page(form)
    db().commit()
    names = {"holder": lent.holder.name, "lender": lent.lender.name}
    if lent.confirmed_at:
        flash(_("%(holder)s stands in for %(lender)s.", **names), "success")
    else:
        flash(_("%(holder)s stands in for %(lender)s when an owner has confirmed it.", **names), "warn")
    return redirect(url_for("delegations.index"), 303)


@delegations.post("/delegations/<int:delegation_id>/confirm")
@requires(Permission.DELEGATE)
def confirm(delegation_id: int) -> Any:
    lent = service.get_delegation(db(), delegation_id, me())
    service.confirm_loan(db(), lent, by=me())
    db().commit()
    told = _("%(holder)s stands in for %(lender)s.", holder=lent.holder.name, lender=lent.lender.name)
    flash(told, "success")
    return redirect(url_for("delegations.index"), 303)


@delegations.post("/delegations/<int:delegation_id>/end")
@requires(Permission.DELEGATE)
def end(delegation_id: int) -> Any:
    lent = service.get_delegation(db(), delegation_id, me())
    service.take_back(db(), lent, by=me())
    db().commit()
    told = _("%(holder)s does not stand in for %(lender)s any more.")
    flash(told % {"holder": lent.holder.name, "lender": lent.lender.name}, "success")
    return redirect(url_for("delegations.index"), 303)


def _form() -> DelegationForm:
    today = local.today()
    lenders = service.possible_lenders(db(), me())
    form = DelegationForm(lender=me().id, since=today, until=today + timedelta(days=7))
    form.lender.choices = options(_named(lenders))
    holders = service.possible_holders(db(), me())
    form.holder.choices = options([("", _("Choose")), *_named(holders)])
    return form


def _named(people: Sequence[User]) -> Iterator[tuple[int, str]]:
    names = told_apart(people)
    for each in people:
        yield each.id, f"{names[each.id]} ({label(each.role)})"


def _page(form: DelegationForm) -> Any:
    page = render_template("people/delegation.html", form=form, longest=service.LONGEST.days)
    return page, 422 if form.errors else 200
