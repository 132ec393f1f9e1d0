"""Clients handed over from one manager to another: what lasts, what is over, a new one, and its return."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from qcapp.core import clock, local
from qcapp.core.errors import Forbidden, Refused
from qcapp.core.forms import options
from qcapp.core.i18n import _
from qcapp.core.periods import midnight
from qcapp.core.web import db, get_or_404, requires, settings
from qcapp.people import handovers as service
from qcapp.people.access import me
from qcapp.people.choices import told_apart
from qcapp.people.forms import HandoverForm
from qcapp.people.models import Handover, User
from qcapp.people.permissions import Permission

handovers = Blueprint("handovers", __name__)


@handovers.get("/handovers")
@requires(Permission.HAND_OVER)
def index() -> str:
    lasting, over = service.handovers(db(), me())
    return render_template("people/handovers.html", lasting=lasting, over=over, now=clock.now())


@handovers.route("/handovers/new", methods=["GET", "POST"])
@requires(Permission.HAND_OVER)
def new() -> Any:
    form = _form()
    if not form.validate_on_submit():
        return _page(form)
    zone = settings().zone
    try:
        handover = service.hand_over(
            db(),
            get_or_404(User, form.giver.data),
            get_or_404(User, form.taker.data),
            since=midnight(form.since.data, zone),
            until=midnight(form.until.data, zone) if form.until.data else None,
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
    told = _("The clients of %(giver)s are handed over to %(taker)s. Both have been told.")
    flash(told % {"giver": handover.giver.name, "taker": handover.taker.name}, "success")
    return redirect(url_for("handovers.index"), 303)


@handovers.post("/handovers/<int:handover_id>/return")
@requires(Permission.HAND_OVER)
def give_back(handover_id: int) -> Any:
    handover = get_or_404(Handover, handover_id)
    service.return_handover(db(), handover, by=me())
    db().commit()
    flash(_("The clients of %(giver)s are returned.", giver=handover.giver.name), "success")
    return redirect(url_for("handovers.index"), 303)


def _form() -> HandoverForm:
    today = local.today()
    form = HandoverForm(giver=request.args.get("giver", type=int), since=today)
    choose = ("", _("Choose"))
    form.giver.choices = options([choose, *_named(service.managers(db(), me()))])
    form.taker.choices = options([choose, *_named(service.managers(db(), me(), active=True))])
    return form


def _named(managers: Sequence[User]) -> Iterator[tuple[int, str]]:
    names = told_apart(managers)
    for each in managers:
        name = names[each.id]
        yield each.id, name if each.active else _("%(name)s (has left)", name=name)


def _page(form: HandoverForm) -> Any:
    return render_template("people/handover.html", form=form), 422 if form.errors else 200
