"""The review's pages: the workspace while it is a draft, the result once it is published, and the list."""

from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import format_time
from flask_login import current_user
from werkzeug.wrappers import Response

from qcapp.calls import beside
from qcapp.calls.models import Call
from qcapp.calls.views import call_or_404
from qcapp.callscripts.blocks import blocks_of
from qcapp.checklists.card import say
from qcapp.checklists.models import Checklist
from qcapp.core import clock, local
from qcapp.core.autosave import seen_in
from qcapp.core.i18n import _
from qcapp.core.web import db, requires
from qcapp.people.permissions import Permission, holds
from qcapp.reviews import home, list_score, pins, published, queries, rules, service, shown
from qcapp.reviews.forms import read_draft
from qcapp.reviews.models import Purpose, Review, ReviewState
from qcapp.reviews.queue import claims
from qcapp.terms import CallOutcome
from qcapp.transcripts import panels

reviews = Blueprint("reviews", __name__)
panels.add("reviews", home.panel)
beside.add_column("score", list_score.score)


@reviews.get("/reviews")
@requires(Permission.READ_PUBLISHED)
def index() -> str:
    before = request.args.get("before")
    own = not holds(current_user, Permission.READ_REVIEWS) and holds(current_user, Permission.ACKNOWLEDGE)
    scores = not before and holds(current_user, Permission.REVIEW)
    return render_template(
        "reviews/index.html",
        page=queries.published(db(), current_user, before=before),
        first=not before,
        own=own,
        unread=queries.unread(db(), current_user) if own and not before else [],
        scores=scores,
        drafts=queries.drafts_of(db(), current_user) if scores else [],
        scheduled=queries.scheduled_of(db(), current_user) if scores else [],
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
    checklist = _checklist(request.form.get("checklist"), call)
    review = claims.begin_by_hand(db(), call, checklist, by=current_user)
    db().commit()
    return redirect(url_for("reviews.show", review_id=review.id), 303)


@reviews.get("/reviews/<int:review_id>")
@requires(Permission.READ_PUBLISHED)
def show(review_id: int) -> str:
    review = queries.get_review(db(), review_id, current_user)
    if review.state is ReviewState.DRAFT:
        return _workspace(review)
    return published.page(review)


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
    draft = read_draft(request.get_json(silent=True), call_id=review.call_id)
    service.save_draft(db(), review, draft, by=current_user)
    db().commit()
    return jsonify(shown.saved(review))


@reviews.post("/reviews/<int:review_id>/discard")
@requires(Permission.REVIEW)
def discard(review_id: int) -> Response:
    review = queries.get_review(db(), review_id, current_user)
    service.discard_draft(db(), review, by=current_user, seen=seen_in(request.form))
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
    now = local.time_of(clock.now())
    counted = review.purpose is Purpose.COUNTED
    return render_template(
        "reviews/workspace.html",
        review=review,
        counted=counted,
        sheet=shown.laid_out(review),
        missing=shown.missing(review),
        marks=shown.marks(review),
        script=pins.spoken(db(), review.call, current_user),
        blocks_of=blocks_of,
        **shown.heard(review.call),
        **shown.correctable(review.call),
        in_hand=claims.in_hand(db(), review.call_id, current_user) if counted else None,
        outcomes=CallOutcome,
        times=rules.publishing_times(now),
        checklists=_changeable(review),
        saved_at=format_time(review.updated_at, "HH:mm") if review.revision else None,
    )


def _changeable(review: Review) -> list[tuple[str, str]]:
    """The cards this draft can still be exchanged for."""
    if review.purpose is not Purpose.COUNTED or service.has_content(review):
        return []
    return _choices_for(review.call)


def _choices_for(call: Call) -> list[tuple[str, str]]:
    """Key and title of the cards that may be used for the call, the closest fit first."""
    return [(card.key, say(card.title, shown.language())) for card in queries.usable_cards(db(), call)]


def _checklist(key: str | None, call: Call) -> Checklist:
    """The checklist of this key, or the one that fits the call best."""
    return queries.checklist_for(db(), call, key)


@reviews.app_template_filter()
def said(text: dict[str, str]) -> str:
    """A text of a card in the person's language."""
    return say(text, shown.language())
