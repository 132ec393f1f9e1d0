"""The page of a call: player, transcript, corrections, speech figures, earlier calls with the client."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from qcapp.calls import beside, correction_words, sides
from qcapp.calls import queries as call_queries
from qcapp.calls.lanes import lanes
from qcapp.calls.models import Call
from qcapp.calls.numbers import numbers
from qcapp.calls.views import call_or_404
from qcapp.core.errors import Missing, Refused
from qcapp.core.i18n import _
from qcapp.core.web import db, requires
from qcapp.people.permissions import Permission, allowed, demand
from qcapp.transcripts import norms, panels, queries, queue, quotes, service
from qcapp.transcripts.engine.types import Speaker
from qcapp.transcripts.models import Segment, Transcription

transcripts = Blueprint("transcripts", __name__, url_prefix="/calls/<int:call_id>")
beside.add_quotes(quotes.quotes)
ON_THE_PAGE = (
    Permission.LISTEN,
    Permission.TRANSCRIBE,
    Permission.CORRECT_TRANSCRIPT,
    Permission.CORRECT_CALLS,
    Permission.EXPORT,
)


@transcripts.get("")
@requires(Permission.VIEW_CALLS)
def show(call_id: int) -> str:
    call = call_or_404(call_id)
    may = {permission: _may(permission, call) for permission in ON_THE_PAGE}
    transcription = queries.transcription_of(db(), call_id)
    heard = transcription if may[Permission.LISTEN] else None
    names = queries.speaker_names(call, transcription)
    recording = call.recording
    figures = queries.metrics_of(db(), heard) if heard else None
    return render_template(
        "transcripts/show.html",
        call=call,
        corrections=correction_words.shown(db(), call, numbers()),
        may=may,
        transcription=transcription,
        names=names,
        usual_names=queries.speaker_names(call, transcription, usual=True),
        lanes=lanes(recording.channels, recording.manager_channel, names) if recording else [],
        segments=queries.segments_of(db(), heard) if heard else [],
        revisions=queries.revision_numbers(db(), heard) if heard else {},
        figures=norms.explained(figures) if figures else [],
        earlier=call_queries.earlier_calls(db(), call, by=current_user),
        panels=panels.rendered(db(), call, by=current_user),
    )


def _may(permission: Permission, call: Call) -> bool:
    return allowed(db(), current_user, permission, call.manager_id)


@transcripts.get("/state")
@requires(Permission.VIEW_CALLS)
def state(call_id: int) -> str:
    """The changing part of the page while the call waits for its transcript."""
    call = call_or_404(call_id)
    return render_template(
        "transcripts/state.html",
        call=call,
        transcription=queries.transcription_of(db(), call_id),
        may={Permission.TRANSCRIBE: _may(Permission.TRANSCRIBE, call)},
        fragment=True,
    )


@transcripts.post("/retry")
@requires(Permission.TRANSCRIBE)
def retry(call_id: int) -> Response:
    queue.retry(db(), call_or_404(call_id), by=current_user)
    db().commit()
    flash(_("The call is waiting for its transcript again."), "good")
    return _back(call_id)


@transcripts.get("/find")
@requires(Permission.LISTEN)
def find(call_id: int) -> Any:
    """Where the words were said; the page marks them."""
    transcription = _transcript_or_404(call_id, Permission.LISTEN)
    found = queries.find(queries.segments_of(db(), transcription), request.args.get("q", ""))
    return jsonify(found=[asdict(place) for place in found])


@transcripts.post("/sides")
@requires(Permission.CORRECT_TRANSCRIPT)
def swap(call_id: int) -> Response:
    """The manager is on the other channel, or on the one that is named while nobody knew."""
    call = call_or_404(call_id)
    channel = request.form.get("channel", type=int)
    if channel is None:
        sides.swap_sides(db(), call, by=current_user)
    else:
        sides.place_manager(db(), call, channel, by=current_user)
    db().commit()
    flash(_("The sides are swapped; the transcript and the figures have followed."), "good")
    return _back(call_id)


@transcripts.post("/speakers")
@requires(Permission.CORRECT_TRANSCRIPT)
def rename(call_id: int) -> Response:
    transcription = _transcript_or_404(call_id, Permission.CORRECT_TRANSCRIPT)
    names = (request.form.get("manager_name", ""), request.form.get("client_name", ""))
    service.rename_speakers(db(), transcription, *names, by=current_user)
    db().commit()
    return _back(call_id)


@transcripts.get("/segments/<int:segment_id>")
@requires(Permission.LISTEN)
def segment(call_id: int, segment_id: int) -> str:
    return _row(_segment_or_404(call_id, segment_id, Permission.LISTEN))


@transcripts.get("/segments/<int:segment_id>/edit")
@requires(Permission.CORRECT_TRANSCRIPT)
def edit(call_id: int, segment_id: int) -> str:
    found = _segment_or_404(call_id, segment_id, Permission.CORRECT_TRANSCRIPT)
    return _editor(found, found.text)


@transcripts.post("/segments/<int:segment_id>")
@requires(Permission.CORRECT_TRANSCRIPT)
def correct(call_id: int, segment_id: int) -> str:
    found = _segment_or_404(call_id, segment_id, Permission.CORRECT_TRANSCRIPT)
    text, base = request.form.get("text", ""), request.form.get("base", 0, type=int)
    try:
        service.correct_segment(db(), found, text, base=base, by=current_user)
    except Refused as refusal:
        return _editor(found, text, str(refusal))
    db().commit()
    return _row(found)


@transcripts.post("/segments/<int:segment_id>/speaker")
@requires(Permission.CORRECT_TRANSCRIPT)
def assign(call_id: int, segment_id: int) -> str:
    found = _segment_or_404(call_id, segment_id, Permission.CORRECT_TRANSCRIPT)
    try:
        speaker = Speaker(request.form.get("speaker", ""))
    except ValueError:
        abort(400)
    service.assign_speaker(db(), found, speaker, by=current_user)
    db().commit()
    return _row(found)


@transcripts.post("/segments/<int:segment_id>/removed")
@requires(Permission.CORRECT_TRANSCRIPT)
def remove(call_id: int, segment_id: int) -> str:
    """Take a segment out of the text, or put it back."""
    found = _segment_or_404(call_id, segment_id, Permission.CORRECT_TRANSCRIPT)
    change = service.remove_segment if request.form.get("removed") == "yes" else service.restore_segment
    change(db(), found, by=current_user)
    db().commit()
    return _row(found)


@transcripts.get("/segments/<int:segment_id>/history")
@requires(Permission.LISTEN)
def history(call_id: int, segment_id: int) -> str:
    found = _segment_or_404(call_id, segment_id, Permission.LISTEN)
    return render_template(
        "transcripts/history.html",
        segment=found,
        revisions=queries.revisions_of(db(), found),
        names=queries.speaker_names(found.transcription.call, found.transcription),
    )


def _row(found: Segment) -> str:
    call = found.transcription.call
    return render_template(
        "transcripts/row.html",
        call=call,
        segment=found,
        names=queries.speaker_names(call, found.transcription),
        revisions={found.id: service.latest_revision(db(), found)},
        may={Permission.CORRECT_TRANSCRIPT: _may(Permission.CORRECT_TRANSCRIPT, call)},
    )


def _editor(found: Segment, text: str, problem: str | None = None) -> str:
    return render_template(
        "transcripts/editor.html",
        call=found.transcription.call,
        segment=found,
        text=text,
        base=service.latest_revision(db(), found),
        problem=problem,
        names=queries.speaker_names(found.transcription.call, found.transcription),
    )


def _transcript_or_404(call_id: int, permission: Permission) -> Transcription:
    call = call_or_404(call_id)
    demand(current_user, permission, session=db(), manager_id=call.manager_id)
    transcription = queries.transcription_of(db(), call_id)
    if transcription is None:
        raise Missing(_("This call has no transcript."))
    return transcription


def _segment_or_404(call_id: int, segment_id: int, permission: Permission) -> Segment:
    _transcript_or_404(call_id, permission)
    found = queries.segment_of(db(), call_id, segment_id)
    if found is None:
        raise Missing(_("There is no such piece in this transcript."))
    return found


def _back(call_id: int) -> Response:
    return redirect(url_for("transcripts.show", call_id=call_id), 303)
