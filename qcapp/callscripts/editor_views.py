"""Writing a script: begin a draft, the editor and its autosave, handing in."""

from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_babel import format_time
from flask_login import current_user
from werkzeug.wrappers import Response

from qcapp.callscripts import diff, queries, service, wording
from qcapp.callscripts.blocks import DraftState
from qcapp.callscripts.doubts import doubts_about
from qcapp.callscripts.forms import read_editor
from qcapp.callscripts.models import ScriptDraft
from qcapp.callscripts.views import comments_by_block, scripts
from qcapp.callscripts.words import PURPOSES
from qcapp.core.autosave import seen_in, tried
from qcapp.core.i18n import _
from qcapp.core.web import db, requires
from qcapp.people.permissions import Permission, demand

__all__ = ["scripts"]


@scripts.post("/drafts")
@requires(Permission.WRITE_SCRIPT)
def begin() -> Response:
    """The next draft: from a starter if one is named, else from the last draft, else empty."""
    draft = service.start_draft(db(), by=current_user, starter=request.form.get("starter") or None)
    db().commit()
    return redirect(url_for("scripts.edit", draft_id=draft.id), 303)


@scripts.get("/drafts/<int:draft_id>/edit")
@requires(Permission.WRITE_SCRIPT)
def edit(draft_id: int) -> Any:
    draft = _own(draft_id)
    if draft.state is not DraftState.WRITING:
        return redirect(url_for("scripts.show", draft_id=draft.id))
    before = _before(draft)
    return render_template(
        "scripts/edit.html",
        draft=draft,
        before=before,
        purposes=PURPOSES,
        comments=comments_by_block(before),
        changes=_changes(draft),
        missing=wording.missing(wording.read(draft.blocks)),
    )


@scripts.post("/drafts/<int:draft_id>/save")
@requires(Permission.WRITE_SCRIPT)
def save(draft_id: int) -> Any:
    """The editor's autosave: JSON in; the new revision, what changed and what is missing out."""
    draft = service.save_draft(
        db(), _own(draft_id), read_editor(request.get_json(silent=True)), by=current_user
    )
    db().commit()
    return jsonify(_saved(draft))


@scripts.post("/drafts/<int:draft_id>/submit")
@requires(Permission.WRITE_SCRIPT)
def submit(draft_id: int) -> Any:
    """Save what the editor holds and hand it in, if it is ready; where there are doubts, after a question."""
    draft = service.save_draft(
        db(), _own(draft_id), read_editor(request.get_json(silent=True)), by=current_user
    )
    saved = _saved(draft)
    if saved["missing"]:
        db().commit()
        return jsonify(saved | {"first": saved["missing"][0]}), 422
    if refused := tried(db(), lambda: service.demand_rewritten(draft)):
        db().commit()
        return jsonify(saved | {"error": str(refused)}), 422
    if (doubts := doubts_about(db(), draft)) and "sure" not in request.args:
        db().commit()
        return jsonify(saved | {"ask": doubts.question()})
    service.submit_draft(db(), draft, by=current_user)
    db().commit()
    flash(_("The draft is handed in. You will be told what came of it."), "success")
    return jsonify(url=url_for("scripts.of_manager", manager_id=current_user.id))


@scripts.post("/drafts/<int:draft_id>/discard")
@requires(Permission.WRITE_SCRIPT)
def discard(draft_id: int) -> Response:
    service.discard_draft(db(), _own(draft_id), by=current_user, seen=seen_in(request.form))
    db().commit()
    flash(_("The draft has been removed."), "success")
    return redirect(url_for("scripts.of_manager", manager_id=current_user.id), 303)


def _own(draft_id: int) -> ScriptDraft:
    draft = queries.get_draft(db(), draft_id, current_user)
    demand(current_user, Permission.WRITE_SCRIPT, session=db(), manager_id=draft.script.manager_id)
    return draft


def _before(draft: ScriptDraft) -> ScriptDraft | None:
    return next(iter(queries.handed_in(db(), draft.script.manager_id, before=draft.number)), None)


def _saved(draft: ScriptDraft) -> dict[str, Any]:
    return {
        "revision": draft.revision,
        "saved": format_time(draft.updated_at, "HH:mm"),
        "missing": list(wording.missing(wording.read(draft.blocks))),
        "changes": {
            block: render_template("scripts/_change.html", diff=each)
            for block, each in _changes(draft).items()
        },
    }


def _changes(draft: ScriptDraft) -> dict[Any, diff.BlockDiff]:
    """What is new against the draft before, block by block; empty for the first one."""
    before = _before(draft)
    if before is None:
        return {}
    return dict(diff.compare(wording.read(before.blocks), wording.read(draft.blocks)))
