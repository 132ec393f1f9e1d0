"""The way of one trainee as a page, and the beginning of it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from qcapp.checklists.card import say
from qcapp.checklists.views import language
from qcapp.core import local
from qcapp.core.errors import Missing, Refused
from qcapp.core.formats import local_date
from qcapp.core.forms import options
from qcapp.core.i18n import _, label
from qcapp.core.web import db, requires
from qcapp.onboarding import queries, stages
from qcapp.onboarding.board.queries import row_of
from qcapp.onboarding.board.rules import BoardPlace
from qcapp.onboarding.board.words import decision_words, refusal_words
from qcapp.onboarding.by_hand.service import possible
from qcapp.onboarding.clearance.queries import Standing, standing_of, standings_of
from qcapp.onboarding.clearance.views import TONES
from qcapp.onboarding.clearance.words import Shown, reason_of, shown
from qcapp.onboarding.current import earlier_ones, may_begin_again, was_parted_with
from qcapp.onboarding.exams import rules as exam_rules
from qcapp.onboarding.exams.queries import exams_of
from qcapp.onboarding.forms import BeginForm, CoachForm
from qcapp.onboarding.models import Trainee
from qcapp.onboarding.program import versions as program_versions
from qcapp.onboarding.program.models import ProgramVersion
from qcapp.onboarding.program.plan import WAY
from qcapp.onboarding.record import program_of, record_of
from qcapp.onboarding.rules import all_conditions, marks
from qcapp.onboarding.words import RESULTS
from qcapp.onboarding.work.queries import submissions_of
from qcapp.people.access import me
from qcapp.people.at_work import works_here
from qcapp.people.choices import told_apart
from qcapp.people.models import Team, User
from qcapp.people.permissions import Permission, allowed, holds
from qcapp.terms import ConditionKind, Stage

onboarding = Blueprint("onboarding", __name__, url_prefix="/onboarding")


@onboarding.get("/")
@requires(Permission.RUN_ONBOARDING)
def index() -> str:
    form = _begin_form()
    form.started_on.data = local.today()
    form.manager.data = request.args.get("manager", type=int)
    return _index_page(form)


@onboarding.post("/")
@requires(Permission.RUN_ONBOARDING)
def begin() -> Any:
    form = _begin_form()
    if not form.validate():
        return _index_page(form), 422
    if _what_ends(form.manager.data) and form.sure_of.data != form.manager.data:
        form.form_errors = [_("Look at what ends with it, and confirm it below.")]
        return _index_page(form), 422
    try:
        trainee = stages.begin_onboarding(
            db(),
            db().get_one(User, form.manager.data),
            by=me(),
            program=db().get_one(ProgramVersion, form.program.data),
            coach=db().get_one(User, form.coach.data) if form.coach.data else None,
            started_on=form.started_on.data,
            reason=form.reason.data or "",
        )
    except Refused as refusal:
        db().rollback()
        form.form_errors = list(refusal.reasons)
        return _index_page(form), 422
    db().commit()
    flash(_("The onboarding has begun."), "success")
    return redirect(url_for("onboarding.show", manager_id=trainee.manager_id), 303)


@onboarding.get("/<int:manager_id>/script")
@requires(Permission.VIEW_ONBOARDING)
def script_needed(manager_id: int) -> str:
    """For the page of the script: that what was approved in an earlier attempt does not count any more."""
    standing = standing_of(db(), manager_id, me(), Permission.VIEW_ONBOARDING)
    trainee, record = standing.trainee, standing.record
    lacks = any(state.kind is ConditionKind.SCRIPT and not state.met for state in standing.missing)
    if trainee is None or record is None or not (lacks and standing.works_here):
        return ""
    if record.attempt == 1 and not earlier_ones(db(), trainee):
        return ""
    return render_template(
        "onboarding/_script_needed.html", mine=manager_id == me().id, exam=record.attempt > 1
    )


@onboarding.get("/<int:manager_id>")
@requires(Permission.VIEW_ONBOARDING)
def show(manager_id: int) -> str:
    standing = standing_of(db(), manager_id, me(), Permission.VIEW_ONBOARDING)
    if standing.trainee is None or standing.program is None or standing.record is None:
        return render_template("onboarding/none.html", manager=standing.person, staff=standing.cleared)
    plans = {plan.stage: plan for plan in standing.program.stages}
    row = row_of(db(), standing.trainee, standing.program, standing.record, local.today())
    return render_template(
        "onboarding/show.html",
        trainee=standing.trainee,
        manager=standing.person,
        record=standing.record,
        stage=standing.stage,
        plan=plans.get(standing.record.now.stage),
        titles={stage: say(plan.title, language()) for stage, plan in plans.items()},
        program=say(standing.program.title, language()),
        marks=marks(standing.program, standing.record),
        way=WAY,
        works=standing.works_here,
        time=row.time,
        decision=decision_words(row),
        refused=refusal_words(standing.record),
        ready=row.place is BoardPlace.READY,
        states={stage: _shown(standing, stage) for stage in (*WAY, None)},
        results=RESULTS,
        say=lambda text: say(text, language()),
        coach_form=_coach_form(standing.trainee),
        earlier=earlier_ones(db(), standing.trainee),
        again=standing.person.active and may_begin_again(standing.trainee),
        movable=bool(holds(me(), Permission.MOVE_TRAINEES) and possible(db(), standing.trainee)),
    )


@onboarding.get("/<int:manager_id>/earlier/<int:trainee_id>")
@requires(Permission.VIEW_ONBOARDING)
def earlier(manager_id: int, trainee_id: int) -> str:
    """An onboarding that has ended before the one of today: to read only."""
    trainee = queries.earlier_trainee(db(), manager_id, trainee_id, me())
    program, record = program_of(trainee), record_of(db(), trainee)
    return render_template(
        "onboarding/earlier.html",
        trainee=trainee,
        program=say(program.title, language()),
        conditions=[shown(state, me()) for state in all_conditions(program, record)],
        submissions=submissions_of(db(), trainee),
        exams=[
            (exam, exam_rules.rounded(exam.mark or 0))
            for exam in reversed(exams_of(db(), trainee))
            if exam.finished_at
        ],
        decisions=list(reversed(trainee.decisions)),
        verdict_tones=TONES,
        reason_of=reason_of,
        results=RESULTS,
    )


@onboarding.post("/<int:manager_id>/coach")
@requires(Permission.RUN_ONBOARDING)
def choose_coach(manager_id: int) -> Any:
    trainee = queries.trainee_of(db(), manager_id)
    form = _coach_form(trainee, request.form)
    if form is None or not form.validate():
        raise Missing(_("There is no such person to choose."))
    coach = db().get_one(User, form.coach.data) if form.coach.data else None
    stages.choose_coach(db(), trainee, coach, by=me())
    db().commit()
    flash(_("Saved."), "success")
    return redirect(url_for("onboarding.show", manager_id=manager_id), 303)


def _index_page(form: BeginForm) -> str:
    return render_template(
        "onboarding/index.html",
        form=form,
        ends=_what_ends(form.manager.data),
        trainees=queries.newest_trainees(db(), me()),
        staff=Stage.STAFF,
    )


def _what_ends(manager_id: int | None) -> str | None:
    """What the manager loses when an onboarding begins, as a sentence."""
    if manager_id is None or not allowed(db(), me(), Permission.RUN_ONBOARDING, manager_id):
        return None
    standing = standings_of(db(), [manager_id]).get(manager_id)
    if standing is None or standing.stage is None:
        return None
    trainee = standing.trainee
    if trainee is not None and was_parted_with(trainee):
        return _parting(trainee)
    if not standing.works_here or (trainee is not None and not may_begin_again(trainee)):
        return None
    name = standing.person.name
    if standing.cleared:
        return _(
            "%(name)s works as staff and may call every lead. When the onboarding begins, this clearance ends "
            "until a new decision.",
            name=name,
        )
    return _(
        "The onboarding of %(name)s still goes on, stage “%(stage)s”. It ends when another one begins, and nothing "
        "made in it counts any more.",
        name=name,
        stage=label(standing.stage),
    )


def _parting(trainee: Trainee) -> str:
    last = trainee.stages[-1]
    return _(
        "On %(day)s it was decided to part with %(name)s (%(by)s: %(why)s). Begin another onboarding only if that "
        "has been agreed; whoever decides about clearance is told why.",
        day=local_date(trainee.parted_at),
        name=trainee.manager.name,
        by=last.by.name if last.by else "–",
        why=last.why,
    )


def _begin_form() -> BeginForm:
    form = BeginForm(request.form)
    waiting = queries.who_can_begin(db(), me())
    names = told_apart(each for each, _last in waiting)
    people = ((each.id, _named(names[each.id], each.team, last)) for each, last in waiting)
    form.manager.choices = options([("", _("Choose")), *people])
    programs = program_versions.in_force(db())
    form.program.choices = options((each.id, _title(each)) for each in programs)
    coaches = queries.coaches(db())
    names = told_apart(coaches)
    form.coach.choices = options(
        [("", "–"), *((each.id, _with_team(names[each.id], each.team)) for each in coaches)]
    )
    return form


def _coach_form(trainee: Trainee, data: Any = None) -> CoachForm | None:
    """For those who may choose one."""
    mine = allowed(db(), me(), Permission.RUN_ONBOARDING, trainee.manager_id)
    if not mine or trainee.parted_at or not works_here(trainee.manager):
        return None
    form = CoachForm(data, coach=trainee.coach_id)
    able = queries.coaches(db(), manager_id=trainee.manager_id)
    if trainee.coach is not None and trainee.coach not in able:
        able.append(trainee.coach)
    form.coach.choices = options([("", "–"), *told_apart(able).items()])
    return form


def _shown(standing: Standing, stage: Stage | None) -> list[Shown]:
    return [shown(state, me()) for state in standing.states if state.stage is stage]


def _title(version: ProgramVersion) -> str:
    return say(version.document["title"], language())


def _named(name: str, team: Team | None, last: Trainee | None) -> str:
    return _("%(name)s, once more", name=_with_team(name, team)) if last else _with_team(name, team)


def _with_team(name: str, team: Team | None) -> str:
    return f"{name} ({team.name})" if team else name
