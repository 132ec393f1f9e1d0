"""The facts of a call and its sound: playback by ranges, peaks, the original for those who may export.

The page of a call stands in transcripts/views.py, since it shows what is made from the sound; the list of calls in
list_views.py.
"""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_login import current_user

from qcapp.calls import queries
from qcapp.calls.audited import CallAction
from qcapp.calls.corrections import may_correct
from qcapp.calls.facts import correct_facts
from qcapp.calls.facts_form import FactsForm
from qcapp.calls.models import Call, Recording
from qcapp.calls.numbers import numbers
from qcapp.calls.ranges import send_ranges
from qcapp.core import audit
from qcapp.core.errors import Forbidden, Missing, Refused
from qcapp.core.export import as_file
from qcapp.core.i18n import _
from qcapp.core.web import db, requires, settings, storage
from qcapp.people.permissions import Permission, demand

calls = Blueprint("calls", __name__, url_prefix="/calls")
SOUND_TYPES = {
    "opus": "audio/ogg",
    "ogg": "audio/ogg",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "webm": "audio/webm",
    "wav": "audio/wav",
}


def call_or_404(call_id: int) -> Call:
    """The call, if the person may know of it. Another's call is refused and the attempt recorded."""
    call = queries.visible_call(db(), call_id, by=current_user)
    if call is not None:
        return call
    if db().get(Call, call_id) is None:
        raise Missing(_("There is no such call, or it is not for you to see."))
    raise Forbidden(_("This call is not for you to see. The attempt has been recorded."))


def recording_to_hear(call_id: int) -> Recording:
    """The recording of a call the person may listen to."""
    call = call_or_404(call_id)
    demand(current_user, Permission.LISTEN, session=db(), manager_id=call.manager_id)
    if call.recording is None:
        raise Missing(_("This call has no recording."))
    return call.recording


@calls.get("/<int:call_id>/facts")
@requires(Permission.CORRECT_CALLS)
def facts(call_id: int) -> str:
    """The form that corrects the facts, for a dialog of the call's page."""
    call = call_or_404(call_id)
    return render_template("calls/_facts.html", call=call, form=_facts_form(call))


@calls.post("/<int:call_id>/facts")
@requires(Permission.CORRECT_CALLS)
def correct(call_id: int) -> Any:
    call = call_or_404(call_id)
    form = _facts_form(call)
    if not form.validate() or not _corrected(call, form):
        return render_template("calls/facts.html", call=call, form=form), 422
    db().commit()
    flash(_("The facts of the call are saved."), "good")
    return redirect(url_for("transcripts.show", call_id=call_id), 303)


def _facts_form(call: Call) -> FactsForm:
    form = FactsForm()
    counted = may_correct(db(), call, current_user)
    form.fill(call, queries.managers(db(), by=current_user), settings().zone, numbers(), counted=counted)
    return form


def _corrected(call: Call, form: FactsForm) -> bool:
    """Whether the facts are as the form has them now; if not, it says why."""
    why = form.why.data if "why" in form else ""
    try:
        correct_facts(db(), call, form.facts(), by=current_user, why=why)
    except Forbidden:
        raise
    except Refused as refusal:
        db().rollback()
        form.form_errors.extend(refusal.reasons)
        return False
    return True


@calls.get("/<int:call_id>/audio")
@requires(Permission.LISTEN)
def audio(call_id: int) -> Response:
    recording = recording_to_hear(call_id)
    if recording.playback_key is None:
        raise Missing(_("The recording is still being prepared for listening."))
    kind = SOUND_TYPES.get(recording.playback_key.rpartition(".")[2], "application/octet-stream")
    return send_ranges(storage(), recording.playback_key, mimetype=kind)


@calls.get("/<int:call_id>/peaks")
@requires(Permission.LISTEN)
def peaks(call_id: int) -> Response:
    recording = recording_to_hear(call_id)
    if recording.peaks_key is None:
        raise Missing(_("The recording is still being prepared for listening."))
    return send_ranges(storage(), recording.peaks_key, mimetype="application/json")


@calls.post("/<int:call_id>/original")
@requires(Permission.EXPORT)
def original(call_id: int) -> Any:
    """The recording as it came. POST, because every use is written to the audit log."""
    recording = recording_to_hear(call_id)
    demand(current_user, Permission.EXPORT, session=db(), manager_id=recording.call.manager_id)
    audit.record(db(), CallAction.EXPORT_RECORDING, f"call:{call_id}", by_id=current_user.id)
    db().commit()
    sound = send_ranges(storage(), recording.storage_key, mimetype="application/octet-stream")
    return as_file(sound, numbers().text(recording.filename, recording.call) or "")
