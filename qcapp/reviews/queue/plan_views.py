"""The plans' pages: the list, the form with its live count, progress, calls, and the talks of a contact plan."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from werkzeug.wrappers import Response

from qcapp.checklists import queries as checklists
from qcapp.checklists.card import say
from qcapp.checklists.models import Checklist, ChecklistVersion
from qcapp.core import clock, local
from qcapp.core.dates import read_day
from qcapp.core.errors import Missing, Refused
from qcapp.core.i18n import _, ngettext
from qcapp.core.periods import DAY, Days
from qcapp.core.web import db, get_or_404, requires, settings
from qcapp.people import queries as people
from qcapp.people.access import me
from qcapp.people.models import User
from qcapp.people.permissions import Permission
from qcapp.reviews.queue import candidates, draws, periods, progress, queries, talks, words
from qcapp.reviews.queue import plans as service
from qcapp.reviews.queue.forms import ContactReportForm, CountForm, SamplingPlanForm, written
from qcapp.reviews.queue.models import PlanRun, SamplingPlan
from qcapp.reviews.queue.states import Period, PlanKind

plans = Blueprint("plans", __name__, url_prefix="/plans")


@plans.get("")
@requires(Permission.VIEW_PLANS)
def index() -> str:
    found = progress.all_plans(db())
    spans = {plan.id: periods.span_of(plan.period, local.today()) for plan in found}
    runs, teams = progress.runs_in(db(), spans), _teams()
    return render_template(
        "plans/index.html",
        plans=found,
        runs=runs,
        spans={key: words.days(span) for key, span in spans.items()},
        totals=progress.totals(db(), [run.id for run in runs.values()]),
        sentences={plan.id: words.sentence(plan, teams) for plan in found},
    )


@plans.route("/new", methods=["GET", "POST"])
@requires(Permission.PLAN)
def new() -> Any:
    form = _offered(SamplingPlanForm())
    if form.validate_on_submit():
        try:
            plan = service.create_plan(db(), _terms(form), by=me())
            db().commit()
        except Refused as refused:
            return _refused(form, refused, None)
        flash(_("The plan is made. It draws by itself; “Draw now” does it at once."), "success")
        return redirect(url_for("plans.show", plan_id=plan.id), 303)
    return _form_page(form, None)


@plans.get("/fit")
@requires(Permission.PLAN)
def fit() -> str:
    """What the form's conditions would find, while they are being written."""
    form = _offered(CountForm(request.args))
    form.validate()
    return render_template("plans/_fit.html", fits=_fits(form))


@plans.get("/<int:plan_id>")
@requires(Permission.VIEW_PLANS)
def show(plan_id: int) -> str:
    plan = get_or_404(SamplingPlan, plan_id)
    span = _span(plan)
    later = periods.span_of(plan.period, span.last + DAY)
    found = progress.progress(db(), plan, span)
    zone = settings().zone
    drawn = found.run.made_at.astimezone(zone).date() if found.run else local.today()
    return render_template(
        "plans/show.html",
        plan=plan,
        contacts=plan.kind is PlanKind.CONTACTS,
        sentence=words.sentence(plan, _teams()),
        days=words.days(span),
        span=span,
        earlier=periods.previous(plan.period, span),
        later=later if later.first <= local.today() else None,
        may_draw=plan.active and span.first <= local.today(),
        progress=found,
        shortages=words.SHORTAGES,
        due=periods.due_at(span, plan.due_days, zone, drawn=drawn) - DAY,
        reviewers=_names(plan.reviewers),
        talks=talks.talks_of(db(), found.run) if found.run else {},
    )


@plans.get("/<int:plan_id>/calls")
@requires(Permission.VIEW_PLANS)
def calls(plan_id: int) -> str:
    """The calls of one period's draw, of everybody or of one manager."""
    plan = get_or_404(SamplingPlan, plan_id)
    span = _span(plan)
    run = progress.run_of(db(), plan, span)
    manager = db().get(User, request.args.get("manager", 0, type=int))
    return render_template(
        "plans/calls.html",
        plan=plan,
        span=span,
        days=words.days(span),
        manager=manager,
        assignments=progress.calls_of(db(), run, manager.id if manager else None) if run else [],
        now=clock.now(),
    )


@plans.route("/<int:plan_id>/edit", methods=["GET", "POST"])
@requires(Permission.PLAN)
def edit(plan_id: int) -> Any:
    plan = get_or_404(SamplingPlan, plan_id)
    form = _offered(SamplingPlanForm(data=written(plan)), plan)
    if form.validate_on_submit():
        try:
            service.change_plan(db(), plan, _terms(form), by=me())
            db().commit()
        except Refused as refused:
            return _refused(form, refused, plan_id)
        flash(_("The plan is changed. What it has drawn stays."), "success")
        return redirect(url_for("plans.show", plan_id=plan_id), 303)
    return _form_page(form, plan)


@plans.post("/<int:plan_id>/draw")
@requires(Permission.PLAN)
def draw(plan_id: int) -> Response:
    plan = get_or_404(SamplingPlan, plan_id)
    span = _span(plan)
    before = _drawn(plan, span)
    draws.draw(db(), plan, span.first, by=me())
    number = _drawn(plan, span) - before
    db().commit()
    if number:
        told = ngettext(
            "%(num)d call has been put into the queue.",
            "%(num)d calls have been put into the queue.",
            number,
        )
        flash(told, "success")
    else:
        flash(
            _("Nothing to add: the plan is filled, also by what was done by hand, or no more calls fit."),
            "info",
        )
    return redirect(url_for("plans.show", plan_id=plan_id, day=span.first), 303)


@plans.post("/<int:plan_id>/stop")
@requires(Permission.PLAN)
def stop(plan_id: int) -> Response:
    service.stop_plan(db(), get_or_404(SamplingPlan, plan_id), by=me())
    db().commit()
    flash(_("The plan is stopped. Its calls in the queue stay there."), "success")
    return redirect(url_for("plans.show", plan_id=plan_id), 303)


@plans.post("/<int:plan_id>/resume")
@requires(Permission.PLAN)
def resume(plan_id: int) -> Response:
    service.resume_plan(db(), get_or_404(SamplingPlan, plan_id), by=me())
    db().commit()
    flash(_("The plan draws again."), "success")
    return redirect(url_for("plans.show", plan_id=plan_id), 303)


@plans.get("/draws/<int:run_id>/managers/<int:user_id>")
@requires(Permission.VIEW_PLANS)
def talk(run_id: int, user_id: int) -> str:
    """The report of a contact plan for one manager, and the talk about it."""
    run, manager = get_or_404(PlanRun, run_id), get_or_404(User, user_id)
    kept = talks.talk_of(db(), run, manager)
    form = ContactReportForm(obj=kept) if kept else ContactReportForm()
    return _talk_page(run, manager, form)


@plans.post("/draws/<int:run_id>/managers/<int:user_id>")
@requires(Permission.PLAN)
def write_talk(run_id: int, user_id: int) -> Any:
    run, manager = get_or_404(PlanRun, run_id), get_or_404(User, user_id)
    form = ContactReportForm()
    if not form.validate():
        return _talk_page(run, manager, form), 422
    talks.write_talk(
        db(),
        run,
        manager,
        report=form.report.data or "",
        agreed=form.agreed.data or "",
        talked_on=form.talked_on.data,
        by=me(),
    )
    db().commit()
    flash(_("The report is saved."), "success")
    return redirect(url_for("plans.talk", run_id=run_id, user_id=user_id), 303)


def _talk_page(run: PlanRun, manager: User, form: ContactReportForm) -> str:
    return render_template(
        "plans/talk.html",
        run=run,
        manager=manager,
        form=form,
        days=words.days(Days(run.first_day, run.last_day)),
        report=talks.month_report(db(), run, manager, by=me()),
        talk=talks.talk_of(db(), run, manager),
        enough=settings().enough_reviews,
    )


def _offered(form: SamplingPlanForm, plan: SamplingPlan | None = None) -> SamplingPlanForm:
    """The form with its choices; a reviewer who has left is only offered where he is chosen already."""
    usable = [(each.checklist_id, _title(each)) for each in checklists.versions_in_force(db())]
    form.offer(people.all_teams(db()), usable, queries.reviewers(db()))
    if plan is not None:
        known = {choice.value for choice in form.reviewers.choices or []}
        form.reviewers.data = [each for each in form.reviewers.data or [] if str(each) in known]
    return form


def _title(version: ChecklistVersion) -> str:
    return say(version.title, str(get_locale()))


def _terms(form: SamplingPlanForm) -> service.PlanTerms:
    checklist = get_or_404(Checklist, form.checklist.data) if form.checklist.data else None
    return form.terms(checklist, [get_or_404(User, each) for each in form.reviewers.data or []])


def _fits(form: SamplingPlanForm) -> list[tuple[str, candidates.Fit]]:
    """The open period and the one before, in words, with what could be drawn from each."""
    period = Period(form.period.data) if form.period.data in {each.value for each in Period} else Period.WEEK
    present = periods.span_of(period, local.today())
    return [
        (words.days(span), candidates.fit(db(), form.conditions(), span, settings().zone))
        for span in (present, periods.previous(period, present))
    ]


def _form_page(form: SamplingPlanForm, plan: SamplingPlan | None) -> Any:
    drawn = plan is not None and bool(progress.runs_of(db(), plan, 1))
    page = render_template(
        "plans/form.html",
        form=form,
        plan=plan,
        drawn=drawn,
        kinds=words.KINDS,
        periods=words.PERIODS,
        fits=_fits(form),
    )
    return page, 422 if form.errors else 200


def _refused(form: SamplingPlanForm, refused: Refused, plan_id: int | None) -> Any:
    db().rollback()
    form.form_errors.extend(refused.reasons)
    return _form_page(form, get_or_404(SamplingPlan, plan_id) if plan_id else None)


def _span(plan: SamplingPlan) -> Days:
    """The period of the address's ``day``; without one, the open period."""
    text = request.values.get("day", "")
    try:
        day = read_day(text) if text else local.today()
    except ValueError:
        raise Missing(_("There is no such page.")) from None
    return periods.span_of(plan.period, day)


def _drawn(plan: SamplingPlan, span: Days) -> int:
    run = progress.run_of(db(), plan, span)
    found = progress.totals(db(), [run.id]).get(run.id) if run else None
    return found.drawn if found else 0


def _teams() -> dict[int, str]:
    return {team.id: team.name for team in people.all_teams(db())}


def _names(ids: list[int]) -> list[str]:
    return sorted(people.names_of(db(), set(ids)).values())
