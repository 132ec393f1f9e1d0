"""The ways a review leaves its workspace: published now or later, taken back, or scored again on a card under trial."""

from typing import Any

from flask import Blueprint, flash, jsonify, redirect, request, url_for
from flask_babel import format_datetime
from flask_login import current_user

from qcapp.checklists.models import ChecklistVersion
from qcapp.core.autosave import tried
from qcapp.core.errors import Refused
from qcapp.core.i18n import _
from qcapp.core.web import db, get_or_404, requires, settings
from qcapp.people.permissions import Permission
from qcapp.reviews import queries, scheduling, service, shadow, shown
from qcapp.reviews.forms import publishing_moment, read_draft
from qcapp.reviews.models import Purpose, Review

publishing = Blueprint("publishing", __name__)


@publishing.post("/reviews/<int:review_id>/publish")
@requires(Permission.REVIEW)
def publish(review_id: int) -> Any:
    """Save what the workspace holds and publish it; a draft that cannot be published is saved all the same."""
    review = _saved_now(review_id)
    if refused := tried(db(), lambda: service.publish_review(db(), review, by=current_user)):
        return _kept(review, refused)
    db().commit()
    done = {
        Purpose.COUNTED: _("The review is published."),
        Purpose.SHADOW: _("The review is handed in; it is not counted."),
        Purpose.CALIBRATION: _("The review is handed in for the calibration."),
    }
    flash(done[review.purpose], "success")
    if review.purpose is Purpose.CALIBRATION:  # where the next call to score is
        return jsonify(url=url_for("calibrations.show", calibration_id=review.calibration_id))
    return jsonify(url=url_for("reviews.show", review_id=review.id))


@publishing.post("/reviews/<int:review_id>/schedule")
@requires(Permission.REVIEW)
def schedule(review_id: int) -> Any:
    """Save what the workspace holds, whatever follows, and have it published at a moment to come."""
    review = _saved_now(review_id)

    def at_its_moment() -> None:
        moment = publishing_moment(request.get_json(silent=True), settings().zone)
        scheduling.schedule_review(db(), review, moment, by=current_user)

    if refused := tried(db(), at_its_moment):
        return _kept(review, refused)
    db().commit()
    flash(
        _(
            "The review will be published on %(when)s.",
            when=format_datetime(review.publish_at, "d MMMM, HH:mm"),
        ),
        "success",
    )
    return jsonify(url=url_for("reviews.show", review_id=review.id))


@publishing.post("/reviews/<int:review_id>/withdraw")
@requires(Permission.REVIEW)
def withdraw(review_id: int) -> Any:
    review = queries.get_review(db(), review_id, current_user)
    scheduling.withdraw(db(), review, by=current_user)
    db().commit()
    return redirect(url_for("reviews.show", review_id=review.id), 303)


@publishing.post("/reviews/<int:review_id>/shadow/<int:version_id>")
@requires(Permission.REVIEW)
def begin_shadow(review_id: int, version_id: int) -> Any:
    review = queries.get_review(db(), review_id, current_user)
    version = get_or_404(ChecklistVersion, version_id)
    draft = shadow.begin_shadow(db(), review, version, by=current_user)
    db().commit()
    return redirect(url_for("reviews.show", review_id=draft.id), 303)


def _saved_now(review_id: int) -> Review:
    review = queries.get_review(db(), review_id, current_user)
    draft = read_draft(request.get_json(silent=True), call_id=review.call_id)
    return service.save_draft(db(), review, draft, by=current_user)


def _kept(review: Review, refused: Refused) -> Any:
    """The draft is saved; why it is not published, and which item is missing if it is that."""
    db().commit()
    first = {"first": refused.missing[0].item} if isinstance(refused, service.Incomplete) else {}
    return jsonify(shown.saved(review) | {"error": str(refused)} | first), 422
