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

from qcapp.core.errors import Missing
from qcapp.core.forms import Form
from qcapp.core.i18n import _, lazy
from qcapp.core.web import db, requires, storage
from qcapp.people.permissions import Permission, holds
from qcapp.privacy import handing_out, service
from qcapp.privacy.models import Erasure
from qcapp.privacy.overview import overview
from qcapp.privacy.subjects import Subject, calls_by_name, clients_of, named_calls, subject

privacy = Blueprint("privacy", __name__, url_prefix="/client-data")
LATEST = 20
HERE = "/<any(client, call):of>/<int:subject_id>"


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
    clients, calls = service.find_client(db(), form.asked.data, by=current_user)
    db().commit()
    if len(clients) == 1 and not calls:
        return redirect(_url("show", "client", clients[0]), 303)
    if not clients and not calls:
        flash(_("Nothing is kept under this number or name."), "good")
    return redirect(url_for("privacy.index", client=clients, call=calls), 303)


@privacy.get(HERE)
@requires(Permission.FIND_CLIENTS)
def show(of: str, subject_id: int) -> str:
    return _page(of, subject_id, EraseForm())


@privacy.post(HERE + "/file")
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
@requires(Permission.ERASE_CLIENTS)
def erase(of: str, subject_id: int) -> Any:
    form = EraseForm(request.form)
    if not form.validate():
        return _page(of, subject_id, form), 422
    service.erase_client(db(), _subject(of, subject_id), by=current_user, reason=form.reason.data or "")
    db().commit()
    flash(_("The client's data is erased."), "good")
    return redirect(url_for("privacy.index"), 303)


def _subject(of: str, subject_id: int) -> Subject:
    found = subject(db(), subject_id) if of == "client" else subject(db(), None, [subject_id])
    if found.client is None and not found.calls:
        raise Missing(_("Nothing is kept of this client any more."))
    return found


def _index(form: FindForm, clients: list[int], calls: list[int]) -> str:
    latest = select(Erasure).options(joinedload(Erasure.by)).order_by(Erasure.id.desc()).limit(LATEST)
    return render_template(
        "privacy/index.html",
        form=form,
        clients=clients_of(db(), clients),
        calls=named_calls(db(), calls),
        erasures=db().scalars(latest).all(),
        may_erase=holds(current_user, Permission.ERASE_CLIENTS),
    )


def _page(of: str, subject_id: int, form: EraseForm) -> str:
    found = _subject(of, subject_id)
    return render_template(
        "privacy/show.html",
        of=of,
        subject_id=subject_id,
        subject=found,
        overview=overview(db(), found),
        unnumbered=named_calls(db(), calls_by_name(db(), found)),
        form=form,
        may_hand_out=holds(current_user, Permission.HAND_OUT_CLIENTS),
        may_erase=holds(current_user, Permission.ERASE_CLIENTS),
    )


def _url(endpoint: str, of: str, subject_id: int) -> str:
    return url_for(f"privacy.{endpoint}", of=of, subject_id=subject_id)
