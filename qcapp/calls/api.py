"""The API for exchanges and integrators: one call with its recording in, and what became of it.

Idempotent: the same external id with the same bytes, or the same bytes alone, never make a second call.
Described in openapi.json, which is served beside it.
"""

import tempfile
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, jsonify, request, url_for
from flask_login import current_user
from werkzeug.datastructures import FileStorage

from qcapp.calls import import_service as service
from qcapp.calls.api_form import CallForm
from qcapp.calls.facts import correct_facts
from qcapp.calls.facts_form import told_facts
from qcapp.calls.import_options import FileResult, ImportFile
from qcapp.calls.importers.filenames import facts_of_name
from qcapp.calls.importers.matching import merge
from qcapp.calls.ingest import Ingest, Intake, retried
from qcapp.calls.models import Call
from qcapp.calls.numbers import numbers
from qcapp.calls.start_words import noted_start
from qcapp.calls.states import RecordingState, RowKind
from qcapp.core.errors import Missing, Refused, Unavailable
from qcapp.core.i18n import _
from qcapp.core.incoming import uploaded_name
from qcapp.core.web import database, db, public, requires, storage
from qcapp.people.permissions import Permission

DESCRIPTION = Path(__file__).parent / "openapi.json"
api = Blueprint("api_calls", __name__, url_prefix="/api/v1")


@api.post("/calls")
@requires(Permission.IMPORT_CALLS)
def add() -> Any:
    """202: the recording is in and will be transcribed; the status tells how far it is."""
    form = CallForm(request.form)
    upload = request.files.get("file")
    errors = {} if form.validate() else {name: " ".join(texts) for name, texts in form.errors.items()}
    if upload is None or not upload.filename:
        errors["file"] = _("Send the recording in the field “file”.")
    if errors or upload is None:
        return jsonify(error=" ".join(f"{name}: {text}" for name, text in errors.items()), fields=errors), 422
    result = _take(form, upload)
    match result.kind:
        case RowKind.IMPORTED | RowKind.DUPLICATE:
            return _accepted(result, sent=form.external_id.data)
        case _:
            return jsonify(error=numbers().text(result.reason, None)), 409 if _is_taken(form) else 422


@api.get("/calls/<int:call_id>")
@requires(Permission.IMPORT_CALLS)
def status(call_id: int) -> Any:
    call = db().get(Call, call_id)
    if call is None:
        raise Missing(_("There is no such call."))
    recording = call.recording
    return jsonify(
        id=call.id,
        external_id=numbers().text(call.external_id, call),
        source=call.source.name,
        state=_state_of(call),
        started_at=noted_start(call),
        direction=call.direction.value,
        extension=call.manager_extension,
        lead_source=call.lead_source,
        contact_no=call.contact_no,
        outcome=numbers().text(call.outcome, call),
        tags=[numbers().text(each.tag, call) for each in call.tags],
        company=numbers().text(call.client.company, call) if call.client else None,
        category=numbers().text(call.client.category, call) if call.client else None,
        recording=recording
        and {
            "sha256": recording.sha256,
            "duration_s": recording.duration_s,
            "lost_s": recording.lost_s,
            "channels": recording.channels,
            "manager_channel": recording.manager_channel,
        },
    )


@api.post("/calls/<int:call_id>/facts")
@requires(Permission.IMPORT_CALLS)
def tell(call_id: int) -> Any:
    """What a CRM learns of a call later: start, direction, lead source, contact, outcome, tags, and of the client."""
    call = db().get(Call, call_id)
    if call is None:
        raise Missing(_("There is no such call."))
    correct_facts(db(), call, told_facts(call, request.get_json(silent=True), numbers()), by=current_user)
    db().commit()
    return status(call_id)


@api.get("/openapi.json")
@public
def description() -> Response:
    return Response(DESCRIPTION.read_bytes(), mimetype="application/json")


def _take(form: CallForm, upload: FileStorage) -> FileResult:
    try:
        name = uploaded_name(upload.filename)
    except Refused as refusal:
        return FileResult("", RowKind.REFUSED, refusal.reasons)
    named = facts_of_name(name)
    with tempfile.TemporaryDirectory(prefix="qcapp-api-") as folder:
        path = Path(folder) / "recording"
        upload.save(path)
        zone_name = form.timezone.data or None
        source_id = retried(
            database(), lambda session: service.source_named(session, form.source.data, zone_name).id
        )
        with database().reading() as session:
            zone = form.zone or service.zone_of_source(session, source_id)
        intake = Intake(
            ImportFile(path, name), merge(form.facts(), named), source_id, zone, details=form.details()
        )
        result = Ingest(database(), storage()).whole(intake, with_playback=False)
    if not result.final:  # the copy here cannot be read: that says nothing about the recording
        raise Unavailable(result.reason)
    return result


def _is_taken(form: CallForm) -> bool:
    """Whether a refusal is about the id and not about the file."""
    if not form.external_id.data:
        return False
    with database().reading() as session:
        return service.is_taken(session, form.source.data, form.external_id.data)


def _accepted(result: FileResult, *, sent: str | None) -> Any:
    assert result.call_id is not None
    with database().reading() as session:
        call = session.get_one(Call, result.call_id)
    url = url_for("api_calls.status", call_id=result.call_id)
    answer = jsonify(
        id=result.call_id,
        external_id=sent if call.external_id == sent else numbers().text(call.external_id, call),
        duplicate=result.kind is RowKind.DUPLICATE,
        status_url=url,
    )
    answer.headers["Location"] = url
    return answer, 202


def _state_of(call: Call) -> str:
    """accepted → transcribed → scored; without_recording and failed stand aside."""
    if call.recording is None:
        return "without_recording"
    if call.scored_at is not None:
        return "scored"
    if call.transcribed_at is not None:
        return "transcribed"
    return "failed" if call.recording.state is RecordingState.FAILED else "accepted"
