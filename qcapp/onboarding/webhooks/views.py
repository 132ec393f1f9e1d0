"""What the CRM was told of clearances, and telling it once more."""

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, url_for

from qcapp.core import clock
from qcapp.core.i18n import _, lazy
from qcapp.core.web import db, requires, settings
from qcapp.onboarding.webhooks import service as webhooks
from qcapp.people.access import me
from qcapp.people.permissions import Permission

crm = Blueprint("crm", __name__, url_prefix="/crm")
EVENTS = {
    webhooks.GRANTED: lazy("Cleared for hot leads"),
    webhooks.REVOKED: lazy("Not cleared any more"),
    webhooks.CHANGED: lazy("Stage, leads or details have changed"),
}


@crm.get("")
@requires(Permission.SEND_WEBHOOKS)
def index() -> str:
    before = request.args.get("before", type=int)
    found, older = webhooks.deliveries(db(), before=before)
    return render_template(
        "board/crm.html",
        deliveries=found,
        older=older,
        before=before,
        events=EVENTS,
        host=urlsplit(settings().webhook_url).hostname,  # the rest may be secret
        now=clock.now(),
        never_taken=webhooks.never_taken(db()),
    )


@crm.post("/<int:delivery_id>/send")
@requires(Permission.SEND_WEBHOOKS)
def resend(delivery_id: int) -> Any:
    webhooks.resend(db(), delivery_id, by=me())
    db().commit()
    flash(_("The message is sent once more."), "success")
    return redirect(url_for("crm.index"), 303)
