"""The review's pages: the workspace while it is a draft, the result once it is published, and the list."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import format_time, get_locale
from flask_login import current_user
from werkzeug.wrappers import Response

from qcapp.calls.lanes import lanes as lanes_of
from qcapp.calls.models import Call
from qcapp.calls.views import call_or_404
from qcapp.checklists import queries as checklists
from qcapp.checklists import scoring
from qcapp.checklists.card import say
from qcapp.checklists.models import Checklist
from qcapp.core.errors import Refused
from qcapp.core.i18n import _
from qcapp.core.web import db, requires
from qcapp.people.permissions import Permission, allowed
from qcapp.reviews import cards, home, queries, rules, service, sheet
from qcapp.reviews.forms import read_draft
from qcapp.reviews.models import Review, ReviewState
from qcapp.transcripts import panels
from qcapp.transcripts import queries as transcripts

reviews = Blueprint("reviews", __name__)
panels.add("reviews", home.panel)


@reviews.get("/reviews")
@requires(Permission.READ_PUBLISHED)
def index() -> str:
    page = queries.published(db(), current_user, before=request.args.get("before"))
    return render_template(
        "reviews/index.html",
        page=page,
        drafts=queries.drafts_of(db(), current_user),
        unread=queries.unread(db(), current_user),
        first=not request.args.get("before"),
    )


@reviews.get("/calls/<int:call_id>/review")
@requires(Permission.REVIEW)
def choose(call_id: int) -> Any:
    """Which card to use; an own review of the call that exists already is opened instead."""
    call = call_or_404(call_id)
    service.demand_unrelated(db(), call, current_user)
    wanted = request.args.get("checklist")
    visible = queries.reviews_of_call(db(), call, current_user)
    mine = [each for each in visible if each.reviewer_id == current_user.id]
    if len(mine) == 1 and wanted in {None, mine[0].checklist.key}:
        return redirect(url_for("reviews.show", review_id=mine[0].id))
    return render_template("reviews/choose.html", call=call, checklists=_choices_for(call), wanted=wanted)


@reviews.post("/calls/<int:call_id>/review")
@requires(Permission.REVIEW)
def begin(call_id: int) -> Response:
    call = call_or_404(call_id)
    review = service.begin_review(
        db(), call, _checklist(request.form.get("checklist"), call), by=current_user
    )
    db().commit()
    return redirect(url_for("reviews.show", review_id=review.id), 303)


@reviews.get("/reviews/<int:review_id>")
@requires(Permission.READ_PUBLISHED)
def show(review_id: int) -> str:
    review = queries.get_review(db(), review_id, current_user)
    if review.state is ReviewState.DRAFT:
        return _workspace(review)
    card, answers = cards.card_of(review), cards.answers_of(review)
    laid_out = sheet.lay_out(card, answers, _language())
    lines = {line.key: line for line in laid_out.lines()}
    return render_template(
        "reviews/published.html",
        review=review,
        sheet=laid_out,
        improve=[lines[loss.item.key] for loss in rules.to_improve(card, answers)],
        marks=_marks(review),
        **_heard(review.call),
        mine=review.call.manager_id == current_user.id,
    )


@reviews.post("/reviews/<int:review_id>/checklist")
@requires(Permission.REVIEW)
def change_checklist(review_id: int) -> Response:
    review = queries.get_review(db(), review_id, current_user)
    checklist = _checklist(request.form.get("checklist"), review.call)
    review = service.change_checklist(db(), review, checklist, by=current_user)
    db().commit()
    return redirect(url_for("reviews.show", review_id=review.id), 303)


@reviews.post("/reviews/<int:review_id>/draft")
@requires(Permission.REVIEW)
def save(review_id: int) -> Any:
    """The workspace's autosave: JSON in; the new revision and the result so far out."""
    review = queries.get_review(db(), review_id, current_user)
    service.save_draft(db(), review, read_draft(request.get_json(silent=True)), by=current_user)
    db().commit()
    return jsonify(_saved(review))


@reviews.post("/reviews/<int:review_id>/publish")
@requires(Permission.REVIEW)
def publish(review_id: int) -> Any:
    """Save what the workspace holds and publish it; an incomplete draft is saved all the same."""
    review = queries.get_review(db(), review_id, current_user)
    service.save_draft(db(), review, read_draft(request.get_json(silent=True)), by=current_user)
    try:
        service.publish_review(db(), review, by=current_user)
    except service.Incomplete as incomplete:
        db().commit()
        return jsonify(_saved(review) | {"error": str(incomplete), "first": incomplete.missing[0].item}), 422
    db().commit()
    flash(_("The review is published."), "success")
    return jsonify(url=url_for("reviews.show", review_id=review.id))


@reviews.errorhandler(service.Conflict)
def conflict(error: service.Conflict) -> Any:
    return jsonify(error=str(error), revision=error.revision), 409


@reviews.post("/reviews/<int:review_id>/discard")
@requires(Permission.REVIEW)
def discard(review_id: int) -> Response:
    review = queries.get_review(db(), review_id, current_user)
    service.discard_draft(db(), review, by=current_user)
    db().commit()
    flash(_("The draft has been removed."), "success")
    return redirect(url_for("reviews.index"), 303)


@reviews.post("/reviews/<int:review_id>/acknowledge")
@requires(Permission.ACKNOWLEDGE)
def acknowledge(review_id: int) -> Response:
    review = queries.get_review(db(), review_id, current_user)
    service.acknowledge(db(), review, by=current_user)
    db().commit()
    return redirect(url_for("reviews.show", review_id=review.id), 303)


def _workspace(review: Review) -> str:
    card, answers = cards.card_of(review), cards.answers_of(review)
    return render_template(
        "reviews/workspace.html",
        review=review,
        sheet=sheet.lay_out(card, answers, _language()),
        missing=_missing(review),
        marks=_marks(review),
        **_heard(review.call),
        checklists=[] if service.has_content(review) else _choices_for(review.call),
        saved_at=format_time(review.updated_at, "HH:mm") if review.revision else None,
    )


def _saved(review: Review) -> dict[str, Any]:
    laid_out = sheet.lay_out(cards.card_of(review), cards.answers_of(review), _language())
    return {
        "revision": review.revision,
        "saved": format_time(review.updated_at, "HH:mm"),
        "result": render_template("reviews/_result.html", sheet=laid_out, missing=_missing(review)),
    }


def _missing(review: Review) -> list[dict[str, str]]:
    """What stands between the draft and publishing: item, and the lack in words."""
    lacks = scoring.missing(cards.card_of(review), cards.answers_of(review))
    return [{"item": each.item, "lack": sheet.lack_sentence(each.lack)} for each in lacks]


def _marks(review: Review) -> list[dict[str, Any]]:
    """Marks as the player and the page show them."""
    return [
        {
            "id": mark.id,
            "start": mark.start_s,
            "end": mark.end_s,
            "text": mark.text,
            "item": mark.item.key if mark.item else "",
        }
        for mark in review.marks
    ]


def _heard(call: Call) -> dict[str, Any]:
    """Sound and text of a call for the page: lanes None while there is nothing to hear."""
    transcription = transcripts.transcription_of(db(), call.id)
    names = transcripts.speaker_names(call, transcription)
    recording = call.recording
    if not allowed(db(), current_user, Permission.LISTEN, call.manager_id) or recording is None:
        return {"lanes": None, "names": names, "segments": []}
    lanes = [asdict(lane) for lane in lanes_of(recording.channels, recording.manager_channel, names)]
    segments = transcripts.segments_of(db(), transcription) if transcription else []
    return {
        "lanes": lanes if recording.playback_key else None,
        "names": names,
        "segments": [segment for segment in segments if segment.removed is None],
    }


def _choices_for(call: Call) -> list[tuple[str, str]]:
    """Key and title of the cards that may be used for the call, the closest fit first."""
    fitting = checklists.cards_for_call(db(), cards.facts_of(call))
    return [(card.key, say(card.title, _language())) for card in fitting]


def _checklist(key: str | None, call: Call) -> Checklist:
    """The checklist of this key, or the one that fits the call best."""
    usable = [card.key for card in checklists.cards_for_call(db(), cards.facts_of(call))]
    if not usable:
        raise Refused(_("No checklist in force applies to this call. Ask the QC lead to publish one."))
    if key and key not in usable:
        raise Refused(_("This checklist is not in force or does not apply to this call."))
    return checklists.checklist_by_key(db(), key or usable[0])


@reviews.app_template_filter()
def said(text: dict[str, str]) -> str:
    """A text of a card in the person's language."""
    return say(text, _language())


def _language() -> str:
    return str(get_locale())
