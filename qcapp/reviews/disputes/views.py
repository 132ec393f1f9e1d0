"""The pages of disputes: opened by a manager, listed and decided by somebody impartial, counted; and corrections."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user

from qcapp.core import clock, local
from qcapp.core.errors import Forbidden, Refused
from qcapp.core.forms import Form
from qcapp.core.i18n import _
from qcapp.core.period_form import PeriodForm
from qcapp.core.web import db, requires, settings
from qcapp.people.permissions import Permission
from qcapp.reviews import cards, shown
from qcapp.reviews import queries as reviews
from qcapp.reviews.disputes import forms, queries, service
from qcapp.reviews.disputes.models import Dispute
from qcapp.reviews.disputes.rules import ContestedAnswer, Decision, Ruling, window_ends
from qcapp.reviews.models import Review
from qcapp.reviews.sheet import label_of

disputes = Blueprint("disputes", __name__)


@disputes.get("/disputes")
@requires(Permission.DECIDE_DISPUTES)
def index() -> str:
    before = request.args.get("before", type=int)
    rows, older = queries.decided(db(), current_user, before=before)
    waiting = queries.open_disputes(db(), current_user)
    return render_template(
        "disputes/index.html", waiting=waiting, decided=rows, older=older, before=before, now=clock.now()
    )


@disputes.get("/disputes/statistics")
@requires(Permission.DECIDE_DISPUTES)
def statistics() -> str:
    form, zone = PeriodForm(request.args), settings().zone
    form.validate()
    days, _before = form.days(local.today())
    since, until = days.moments(zone)
    return render_template(
        "disputes/statistics.html",
        form=form,
        days=days,
        statistics=queries.statistics(db(), current_user, since=since, until=until),
        enough=settings().enough_reviews,
    )


@disputes.route("/reviews/<int:review_id>/dispute", methods=["GET", "POST"])
@requires(Permission.DISPUTE)
def dispute(review_id: int) -> Any:
    """A manager says which answers he does not agree with, what they should have been, and why."""
    review = reviews.get_review(db(), review_id, current_user)
    hours = settings().dispute_hours
    service.demand_disputable(db(), review, hours, by=current_user)
    data = request.form if request.method == "POST" else None
    asked = {
        item.key: forms.asked_form(data, item, given.value, shown.language())
        for item, given in _answered(review)
    }
    refused: tuple[str, ...] = ()
    if data is not None and _valid(asked.values()):
        chosen = [
            ContestedAnswer(key, form.proposed.data, form.comment.data)
            for key, form in asked.items()
            if form.proposed.data
        ]
        try:
            opened = service.open_dispute(db(), review, chosen, hours, by=current_user)
            db().commit()
        except Forbidden:
            raise
        except Refused as error:
            refused = error.reasons
        else:
            flash(_("The dispute is opened. You will be told when it is decided."), "success")
            return redirect(url_for("disputes.show", dispute_id=opened.id), 303)
    page = render_template(
        "disputes/new.html",
        review=review,
        sheet=shown.laid_out(review),
        forms=asked,
        refused=refused,
        until=window_ends(review.published_at, hours) if review.published_at else None,
    )
    return page, 422 if data is not None else 200


@disputes.get("/disputes/<int:dispute_id>")
@requires(Permission.READ_PUBLISHED)
def show(dispute_id: int) -> Any:
    found = queries.get_dispute(db(), dispute_id, current_user)
    return _page(found, _rulings(found, None) if _may_decide(found) else {})


@disputes.post("/disputes/<int:dispute_id>/decide")
@requires(Permission.DECIDE_DISPUTES)
def decide(dispute_id: int) -> Any:
    found = queries.get_dispute(db(), dispute_id, current_user)
    service.demand_impartial(db(), found.review, by=current_user)
    rulings = _rulings(found, request.form)
    if not _valid(rulings.values()):
        return _page(found, rulings), 422
    decided = {
        key: Ruling(Decision(form.decision.data), form.reason.data, form.value.data or "")
        for key, form in rulings.items()
    }
    service.decide_dispute(db(), found, decided, by=current_user)
    db().commit()
    flash(_("The dispute is decided. Manager and reviewer have been told."), "success")
    return redirect(url_for("disputes.show", dispute_id=found.id), 303)


@disputes.route("/reviews/<int:review_id>/correction", methods=["GET", "POST"])
@requires(Permission.DECIDE_DISPUTES)
def correct(review_id: int) -> Any:
    """Put right a slip of the reviewer."""
    review = reviews.get_review(db(), review_id, current_user)
    service.demand_correctable(db(), review, by=current_user)
    data = request.form if request.method == "POST" else None
    corrected = {
        item.key: forms.corrected_form(data, item, given.value, shown.language())
        for item, given in _answered(review)
    }
    why = forms.WhyForm(data)
    if data is not None and _valid([why, *corrected.values()]):
        values = {key: form.value.data for key, form in corrected.items() if form.value.data}
        service.correct_answers(db(), review, values, why.why.data, by=current_user)
        db().commit()
        flash(_("The review is corrected. Manager and reviewer have been told."), "success")
        return redirect(url_for("reviews.show", review_id=review.id), 303)
    page = render_template(
        "disputes/correction.html", review=review, sheet=shown.laid_out(review), forms=corrected, why=why
    )
    return page, 422 if data is not None else 200


def _page(found: Dispute, rulings: dict[int, forms.RulingForm]) -> str:
    review = found.review
    items = {item.key: item for item in cards.card_of(review).items()}

    def said(answer_item: str, value: str | None) -> str:
        return label_of(items[answer_item], value or "", shown.language())

    return render_template(
        "disputes/show.html",
        dispute=found,
        review=review,
        lines={line.key: line for line in shown.laid_out(review).lines()},
        said=said,
        rulings=rulings,
        marks=shown.marks(review),
        **shown.heard(review.call),
    )


def _rulings(found: Dispute, data: forms.Data) -> dict[int, forms.RulingForm]:
    items = {item.key: item for item in cards.card_of(found.review).items()}
    return {
        answer.id: forms.ruling_form(data, answer, items[answer.answer.item.key], shown.language())
        for answer in found.answers
    }


def _valid(filled: Iterable[Form]) -> bool:
    """Whether all of them are, each with its errors in it: none is left unchecked because of one before."""
    found = [form.validate() for form in filled]
    return all(found)


def _may_decide(found: Dispute) -> bool:
    if found.decided_at is not None:
        return False
    try:
        service.demand_impartial(db(), found.review, by=current_user)
    except Forbidden:
        return False
    return True


def _answered(review: Review) -> list[Any]:
    """The items whose answer can be another one, with the answer they have."""
    answers = cards.answers_of(review)
    items = cards.card_of(review).items()
    return [(item, answers[item.key]) for item in items if item.choices()]
