"""The pages of calibrations: the list, planning, scoring and progress, the reference, the report."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import format_date, to_user_timezone
from werkzeug.wrappers import Response

from qcapp.calls import queries as calls
from qcapp.checklists import queries as checklists
from qcapp.checklists.card import say
from qcapp.core import clock
from qcapp.core.errors import Forbidden, Refused
from qcapp.core.i18n import _
from qcapp.core.web import db, requires, settings
from qcapp.people.access import me
from qcapp.people.permissions import Permission, holds
from qcapp.people.queries import holders_of
from qcapp.reviews import shown
from qcapp.reviews.calibration import answers, queries, service, tables
from qcapp.reviews.calibration.forms import CalibrationForm, read_agreed
from qcapp.reviews.calibration.models import Calibration, CalibrationState
from qcapp.terms import Role

calibrations = Blueprint("calibrations", __name__, url_prefix="/calibrations")
DAYS = 7  # to score, unless the facilitator says otherwise


@calibrations.get("/")
@requires(Permission.REVIEW)
def index() -> str:
    return render_template(
        "calibrations/index.html",
        calibrations=queries.calibrations_of(db(), me()),
        now=clock.now(),
    )


@calibrations.get("/new")
@requires(Permission.CALIBRATE)
def new() -> Any:
    form = _offered(CalibrationForm(request.args))
    if not request.args:
        today = to_user_timezone(clock.now()).date()
        form.title.data = _("Calibration of %(day)s", day=format_date(today, "d MMMM y"))
        form.due.data = today + timedelta(days=DAYS)
        form.reviewers.data = [
            each.id for each in holders_of(db(), Permission.REVIEW) if each.role is Role.QC
        ]
    return _plan_page(form, request.args.getlist("call", type=int))


@calibrations.post("/new")
@requires(Permission.CALIBRATE)
def plan() -> Any:
    form = _offered(CalibrationForm(request.form))
    picked = request.form.getlist("call", type=int)
    if not form.validate():
        return _plan_page(form, picked)
    try:
        made = _planned(form, picked)
    except Forbidden:
        raise
    except Refused as refused:
        db().rollback()
        form.form_errors.extend(refused.reasons)
        return _plan_page(form, picked)
    db().commit()
    flash(_("The calibration is planned. The reviewers have been told."), "success")
    return redirect(url_for("calibrations.show", calibration_id=made.id), 303)


@calibrations.get("/<int:calibration_id>")
@requires(Permission.REVIEW)
def show(calibration_id: int) -> str:
    calibration = queries.get_calibration(db(), calibration_id, me())
    return render_template(
        "calibrations/show.html",
        calibration=calibration,
        mine=queries.own_reviews(db(), calibration, me()),
        takes_part=queries.takes_part(calibration, me()),
        handed_in=queries.handed_in(db(), calibration),
        now=clock.now(),
    )


@calibrations.post("/<int:calibration_id>/calls/<int:call_id>")
@requires(Permission.REVIEW)
def begin(calibration_id: int, call_id: int) -> Response:
    calibration = queries.get_calibration(db(), calibration_id, me())
    review = service.begin(db(), calibration, queries.part_of(calibration, call_id).call, by=me())
    db().commit()
    return redirect(url_for("reviews.show", review_id=review.id), 303)


@calibrations.post("/<int:calibration_id>/end")
@requires(Permission.CALIBRATE)
def end(calibration_id: int) -> Response:
    calibration = queries.get_calibration(db(), calibration_id, me())
    service.end_blind(db(), calibration, by=me(), reason=request.form.get("reason", ""))
    db().commit()
    flash(_("The scoring has ended. Now set the reference answers."), "success")
    return redirect(url_for("calibrations.reference", calibration_id=calibration_id), 303)


@calibrations.post("/<int:calibration_id>/cancel")
@requires(Permission.CALIBRATE)
def cancel(calibration_id: int) -> Response:
    calibration = queries.get_calibration(db(), calibration_id, me())
    service.cancel(db(), calibration, by=me(), reason=request.form.get("reason", ""))
    db().commit()
    flash(_("The calibration is cancelled. The reviewers have been told."), "success")
    return redirect(url_for("calibrations.show", calibration_id=calibration_id), 303)


@calibrations.get("/<int:calibration_id>/reference")
@requires(Permission.CALIBRATE)
def reference(calibration_id: int) -> Any:
    """One call at a time: everybody's answers side by side, and the agreed ones."""
    calibration = queries.get_calibration(db(), calibration_id, me())
    if calibration.state is not CalibrationState.REFERENCE:
        return redirect(url_for("calibrations.show", calibration_id=calibration_id))
    lacking = {part.call_id: len(answers.undecided(db(), part)) for part in calibration.calls}
    first = next((call_id for call_id, lacks in lacking.items() if lacks), calibration.calls[0].call_id)
    part = queries.part_of(calibration, request.args.get("call", first, type=int))
    return render_template(
        "calibrations/reference.html",
        calibration=calibration,
        part=part,
        lacking=lacking,
        lines=tables.side_by_side(db(), part, shown.language()),
        **shown.heard(part.call),
    )


@calibrations.post("/<int:calibration_id>/calls/<int:call_id>/reference")
@requires(Permission.CALIBRATE)
def set_reference(calibration_id: int, call_id: int) -> Response:
    calibration = queries.get_calibration(db(), calibration_id, me())
    part = queries.part_of(calibration, call_id)
    keys = [item.key for item in answers.asked(db(), part).items()]
    agreed = read_agreed(request.form, keys)
    service.set_reference(db(), calibration, part, agreed, note=request.form.get("note", ""), by=me())
    db().commit()
    left = [each.call_id for each in calibration.calls if answers.undecided(db(), each)]
    if left:
        flash(_("The reference of this call is saved."), "success")
    else:
        flash(_("Every call has its reference. Close the calibration to open the report."), "success")
    following = call_id if call_id in left or not left else left[0]
    return redirect(url_for("calibrations.reference", calibration_id=calibration_id, call=following), 303)


@calibrations.post("/<int:calibration_id>/close")
@requires(Permission.CALIBRATE)
def close(calibration_id: int) -> Response:
    calibration = queries.get_calibration(db(), calibration_id, me())
    service.close(db(), calibration, by=me())
    db().commit()
    flash(_("The calibration is closed, and its report is open to all who took part."), "success")
    return redirect(url_for("calibrations.report", calibration_id=calibration_id), 303)


@calibrations.get("/<int:calibration_id>/report")
@requires(Permission.REVIEW)
def report(calibration_id: int) -> Any:
    calibration = queries.get_calibration(db(), calibration_id, me())
    if calibration.state is not CalibrationState.CLOSED:
        flash(_("The report opens when the calibration is closed."), "info")
        return redirect(url_for("calibrations.show", calibration_id=calibration_id))
    found = answers.report_of(db(), calibration, settings().enough_reviews)
    return render_template(
        "calibrations/report.html",
        calibration=calibration,
        report=found,
        items=tables.item_lines(found, shown.language()),
        names={each.reviewer_id: each.reviewer.name for each in calibration.reviewers},
        parts={part.call_id: part for part in calibration.calls},
        details={
            part.call_id: tables.side_by_side(db(), part, shown.language()) for part in calibration.calls
        },
        enough=settings().enough_reviews,
        runs=holds(me(), Permission.CALIBRATE),
    )


def _offered(form: CalibrationForm) -> CalibrationForm:
    cards = [(card.key, say(card.title, shown.language())) for card in checklists.cards_in_force(db())]
    form.offer(cards, holders_of(db(), Permission.REVIEW), calls.managers(db(), by=me()))
    return form


def _planned(form: CalibrationForm, picked: list[int]) -> Calibration:
    checklist = checklists.checklist_by_key(db(), form.checklist.data)
    version = checklists.version_in_force(db(), checklist)
    if version is None:
        raise Refused(_("This checklist is not in force. Choose another one."))
    return service.plan_calibration(
        db(),
        title=form.title.data,
        version=version,
        calls=calls.visible_calls(db(), picked, by=me()),
        reviewers=[each for each in holders_of(db(), Permission.REVIEW) if each.id in form.reviewers.data],
        due_at=form.due_at(settings().zone),
        by=me(),
    )


def _plan_page(form: CalibrationForm, picked: list[int]) -> Any:
    chosen = calls.visible_calls(db(), picked, by=me())
    offered = queries.candidates(db(), form.wanted(), by=me())
    page = render_template(
        "calibrations/new.html",
        form=form,
        chosen=chosen,
        offered=[call for call in offered if call.id not in picked],
    )
    return page, 422 if form.errors else 200
