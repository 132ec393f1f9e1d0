"""The pages on which one client's data is found, handed out and erased."""

import tempfile
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from qcapp.core.errors import Forbidden, Missing, Refused
from qcapp.core.forms import Form
from qcapp.core.i18n import _, lazy
from qcapp.core.web import db, requires, storage
from qcapp.people.permissions import Permission, holds
from qcapp.privacy import handing_out, service
from qcapp.privacy.models import Erasure
from qcapp.privacy.overview import overview
from qcapp.privacy.subjects import (
    Subject,
    calls_by_name,
    calls_naming,
    clients_of,
    find_in_texts,
    named_calls,
    subject,
)

privacy = Blueprint("privacy", __name__, url_prefix="/client-data")
LATEST = 20
HERE = "/<any(client, call):of>/<int:subject_id>"
TEXT = {"of": "text", "subject_id": 0}


class FindForm(Form):
    asked = StringField(lazy("Telephone number or name"), [InputRequired(), Length(max=200)])


class EraseForm(Form):
    reason = TextAreaField(lazy("Reason"), [Length(max=2_000)])
    sure = BooleanField(lazy("Yes, erase all of this for good"), [InputRequired()])


@privacy.get("/")
@requires(Permission.FIND_CLIENTS)
def index() -> str:
    ids = [request.args.getlist(name, type=int) for name in ("client", "call")]
    return _index(FindForm(), *ids)


@privacy.post("/")
@requires(Permission.FIND_CLIENTS)
def find() -> Any:
    form = FindForm(request.form)
    if not form.validate():
        return _index(form, [], []), 422
    try:
        found = service.find_client(db(), form.asked.data, by=current_user)
    except Refused as refusal:
        form.asked.errors = [*refusal.reasons]
        return _index(form, [], []), 422
    db().commit()
    if found.in_texts is not None:  # answered at once: no address may hold the number
        return _page("text", 0, found.in_texts, EraseForm())
    if not found.clients and not found.calls:
        return _index(form, [], [], nothing=True)
    if len(found.clients) == 1 and not found.calls:
        return redirect(url_for("privacy.show", of="client", subject_id=found.clients[0]), 303)
    return redirect(url_for("privacy.index", client=found.clients, call=found.calls), 303)


@privacy.get(HERE)
@requires(Permission.FIND_CLIENTS)
def show(of: str, subject_id: int) -> str:
    return _page(of, subject_id, _subject(of, subject_id), EraseForm())


@privacy.post(HERE + "/file")
@privacy.post("/text/file", defaults=TEXT)
@requires(Permission.HAND_OUT_CLIENTS)
def hand_out(of: str, subject_id: int) -> Response:
    """POST, because every use is written to the audit log."""
    found = _subject(of, subject_id)
    service.note_handing_out(db(), found, by=current_user)
    db().commit()
    with tempfile.TemporaryDirectory(prefix="qcapp-client-") as folder:
        path = Path(folder) / "client.zip"
        handing_out.write(db(), storage(), found, path)
        response = send_file(
            path.open("rb"), "application/zip", as_attachment=True, download_name=f"client-{subject_id}.zip"
        )
    response.headers["Cache-Control"] = "no-store"
    return response


@privacy.post(HERE + "/erase")
@privacy.post("/text/erase", defaults=TEXT)
@requires(Permission.ERASE_CLIENTS)
def erase(of: str, subject_id: int) -> Any:
    form = EraseForm(request.form)
    found = _subject(of, subject_id)
    if not form.validate():
        return _page(of, subject_id, found, form), 422
    try:
        service.erase_client(db(), found, by=current_user, reason=form.reason.data or "")
    except (Forbidden, Missing):
        raise
    except Refused as refusal:
        db().rollback()
        form.reason.errors = [*refusal.reasons]
        return _page(of, subject_id, found, form), 422
    db().commit()
    flash(_("The client's data is erased."), "good")
    return redirect(url_for("privacy.index"), 303)


def _subject(of: str, subject_id: int) -> Subject:
    """A client, a call without a known number, or whoever is named in texts alone."""
    if of == "text":
        found = find_in_texts(db(), request.form.get("asked", ""))
    else:
        found = subject(db(), subject_id) if of == "client" else subject(db(), None, [subject_id])
    if found is None or (of != "text" and found.client is None and not found.calls):
        raise Missing(_("Nothing is kept of this client any more."))
    return found


def _index(form: FindForm, clients: list[int], calls: list[int], *, nothing: bool = False) -> str:
    latest = select(Erasure).options(joinedload(Erasure.by)).order_by(Erasure.id.desc()).limit(LATEST)
    return render_template(
        "privacy/index.html",
        form=form,
        nothing=nothing,
        clients=clients_of(db(), clients),
        calls=named_calls(db(), calls),
        erasures=db().scalars(latest).all(),
        may_erase=holds(current_user, Permission.ERASE_CLIENTS),
    )


def _page(of: str, subject_id: int, found: Subject, form: EraseForm) -> str:
    return render_template(
        "privacy/show.html",
        of=of,
        subject_id=subject_id,
        subject=found,
        overview=overview(db(), found),
        unnumbered=named_calls(db(), calls_by_name(db(), found)),
        naming=calls_naming(db(), found),
        form=form,
        may_hand_out=holds(current_user, Permission.HAND_OUT_CLIENTS),
        may_erase=holds(current_user, Permission.ERASE_CLIENTS),
    )
