"""The page of a finished review: to its manager, his head, quality control, and to its reviewer while it waits."""

from typing import Any

from flask import render_template
from flask_login import current_user

from qcapp.calls import correction_words
from qcapp.calls.numbers import numbers
from qcapp.core import clock
from qcapp.core.errors import Refused
from qcapp.core.i18n import label
from qcapp.core.web import db, settings
from qcapp.reviews import cards, rules, shadow, sheet, shown
from qcapp.reviews.disputes import queries as disputes
from qcapp.reviews.disputes import service as disputing
from qcapp.reviews.disputes.rules import may_open, window_ends
from qcapp.reviews.labels import says_the_same
from qcapp.reviews.models import Purpose, Review, ReviewState
from qcapp.reviews.recalls import queries as recalls


def page(review: Review) -> str:
    """Answers with all that was changed in them, marks, sound and text."""
    card, answers = cards.card_of(review), cards.answers_of(review)
    laid_out = sheet.lay_out(card, answers, shown.language())
    lines = {line.key: line for line in laid_out.lines()}
    return render_template(
        "reviews/published.html",
        review=review,
        public=review.state is ReviewState.PUBLISHED and review.purpose is Purpose.COUNTED,
        own=review.reviewer_id == current_user.id,
        mine=review.call.manager_id == current_user.id,
        sheet=laid_out,
        improve=[lines[loss.item.key] for loss in rules.to_improve(card, answers)],
        marks=shown.marks(review),
        changes=shown.changes(review),
        corrections=correction_words.shown(db(), review.call, numbers()),
        **shown.heard(review.call),
        **_answers_to_it(review),
        **_outcome(review),
        shadows=_shadows(review),
    )


def _answers_to_it(review: Review) -> dict[str, Any]:
    """What can be, or was, said against the review: the dispute, the end of its window, correction by the QC lead."""
    dispute = disputes.dispute_of(db(), review.id)
    hours = settings().dispute_hours
    obstacle = may_open(clock.now(), review.published_at, hours, disputed=dispute is not None)
    try:
        disputing.demand_correctable(db(), review, by=current_user)
        correctable = True
    except Refused:
        correctable = False
    return {
        "dispute": dispute,
        "disputable_until": None
        if obstacle or not review.published_at
        else window_ends(review.published_at, hours),
        "correctable": correctable,
    }


def _outcome(review: Review) -> dict[str, Any]:
    """The reviewer's verdict beside the CRM's word, and the task it opened."""
    crm = (review.call.outcome or "").strip()
    differs = bool(crm and review.outcome and not says_the_same(crm, review.outcome))
    recall = recalls.recall_of(db(), review.id)
    return {
        "outcome": label(review.outcome) if review.outcome else None,
        "crm_outcome": numbers().text(crm, review.call),
        "outcome_differs": differs,
        "recall": recall if recall and recalls.may_see(db(), recall, current_user) else None,
    }


def _shadows(review: Review) -> list[dict[str, Any]]:
    """For its reviewer: the cards under trial this call can be scored on too, or has been."""
    if review.reviewer_id != current_user.id:
        return []
    return [
        {"version": version, "review": shadow.shadow_of(db(), review, version)}
        for version in shadow.offered(db(), review)
    ]
