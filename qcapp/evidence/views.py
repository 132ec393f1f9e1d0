"""The hints beside a call's script, and the page of the forbidden phrases."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from qcapp.calls.models import Call
from qcapp.calls.views import call_or_404
from qcapp.core.errors import Refused
from qcapp.core.i18n import _
from qcapp.core.web import db, get_or_404, requires
from qcapp.evidence import queries, service
from qcapp.evidence.forms import PhraseForm
from qcapp.evidence.models import ForbiddenPhrase
from qcapp.people.models import User
from qcapp.people.permissions import Permission, allowed, demand
from qcapp.transcripts import panels

evidence = Blueprint("evidence", __name__)


@evidence.get("/calls/<int:call_id>/hints")
@requires(Permission.READ_SCRIPTS)
def hints(call_id: int) -> str:
    """A piece of the pages of a call: what was heard of the script, what beside it, which forbidden phrases."""
    call = call_or_404(call_id)
    for permission in (Permission.READ_SCRIPTS, Permission.LISTEN):
        demand(current_user, permission, session=db(), manager_id=call.manager_id)
    return render_template(
        "evidence/_hints.html", hints=queries.hints(db(), call), open="open" in request.args
    )


def panel(session: Session, call: Call, user: User) -> str:
    """Beside the transcript of a call, for whoever may hear it and read the manager's script."""
    needed = (Permission.READ_SCRIPTS, Permission.LISTEN)
    if not all(allowed(session, user, permission, call.manager_id) for permission in needed):
        return ""
    return render_template("evidence/_panel.html", call=call)


panels.add("script_hints", panel)


@evidence.get("/scripts/phrases")
@requires(Permission.KEEP_PHRASES)
def phrases() -> str:
    return _page(PhraseForm(formdata=None))


@evidence.post("/scripts/phrases")
@requires(Permission.KEEP_PHRASES)
def add() -> Any:
    form = PhraseForm()
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        service.add_phrase(db(), form.text.data, form.instead.data, by=current_user)
    except Refused as refusal:
        form.text.errors = [*form.text.errors, *refusal.reasons]
        return _page(form), 422
    db().commit()
    flash(_("The phrase is on the list; calls show it from now on."), "success")
    return redirect(url_for("evidence.phrases"), 303)


@evidence.post("/scripts/phrases/<int:phrase_id>/retire")
@requires(Permission.KEEP_PHRASES)
def retire(phrase_id: int) -> Response:
    phrase = get_or_404(ForbiddenPhrase, phrase_id)
    service.retire_phrase(db(), phrase, by=current_user)
    db().commit()
    flash(_("“%(text)s” is no longer looked for.", text=phrase.text), "success")
    return redirect(url_for("evidence.phrases"), 303)


def _page(form: PhraseForm) -> str:
    return render_template("evidence/phrases.html", form=form, phrases=queries.phrases(db()))
