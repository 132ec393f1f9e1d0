"""The queue's pages: a reviewer's own part, everything open for those who plan, and the form on a call's page."""

from datetime import datetime, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from qcapp.calls.list_views import left_out, list_args
from qcapp.calls.models import Call
from qcapp.calls.queries import visible_calls
from qcapp.calls.views import call_or_404
from qcapp.core import clock, local
from qcapp.core.autosave import Seen, seen_in
from qcapp.core.errors import Forbidden, Refused
from qcapp.core.formats import local_date
from qcapp.core.forms import kept
from qcapp.core.i18n import _, ngettext
from qcapp.core.web import db, get_or_404, requires, settings
from qcapp.people.access import me
from qcapp.people.models import User
from qcapp.people.permissions import Permission, holds
from qcapp.reviews.queue import assignments, claims, progress, queries
from qcapp.reviews.queue.forms import AssignForm, HandOnForm, OpenFilterForm, QueueReasonForm
from qcapp.reviews.queue.models import Assignment
from qcapp.reviews.queue.queries import OpenFilter
from qcapp.transcripts import panels

queue = Blueprint("queue", __name__)


@queue.get("/queue")
@requires(Permission.REVIEW)
def index() -> str:
    return render_template(
        "queue/index.html",
        numbers=queries.numbers(db(), current_user),
        taken=queries.taken(db(), current_user),
        assigned=queries.assigned(db(), current_user),
        limit=settings().claim_limit,
        now=clock.now(),
    )


@queue.post("/queue/next")
@requires(Permission.REVIEW)
def take_next() -> Response:
    """The next call, straight into the workspace; with nothing left, the page that says so."""
    try:
        assignment = claims.take_next(db(), by=me())
    except Forbidden:
        raise
    except Refused as refused:  # the limit, or no card for the call: both are seen on the page of the queue
        db().rollback()
        flash(str(refused), "warning")
        return redirect(url_for("queue.index"), 303)
    if assignment is None:
        flash(_("The queue is empty: there is no call for you to score."), "info")
        return redirect(url_for("queue.index"), 303)
    return _into_workspace(assignment)


@queue.post("/queue/<int:assignment_id>/take")
@requires(Permission.REVIEW)
def take(assignment_id: int) -> Response:
    assignment = queries.get_assignment(db(), assignment_id)
    return _into_workspace(claims.take(db(), assignment, by=me()))


@queue.post("/queue/<int:assignment_id>/release")
@requires(Permission.REVIEW)
def release(assignment_id: int) -> Response:
    assignment = queries.get_assignment(db(), assignment_id)
    assignments.release(db(), assignment, by=me(), discard=_discards())
    db().commit()
    flash(_("The call is in the common queue again."), "success")
    return redirect(url_for("queue.index"), 303)


@queue.post("/queue/<int:assignment_id>/remove")
@requires(Permission.REVIEW)
def remove(assignment_id: int) -> Response:
    """A call that cannot be scored, and why."""
    assignment = queries.get_assignment(db(), assignment_id)
    reason = QueueReasonForm().reason.data or ""
    assignments.remove(db(), assignment, reason=reason, by=me(), discard=_discards())
    db().commit()
    flash(_("The call has left the queue; its plan draws another one."), "success")
    return redirect(url_for("queue.index"), 303)


def _discards() -> Seen | None:
    """What the workspace has shown of the draft that is to be removed as well; elsewhere one sees none of it."""
    return seen_in(request.form) if request.form.get("discard") == "yes" else None


@queue.get("/queue/all")
@requires(Permission.VIEW_PLANS)
def everything() -> str:
    form = OpenFilterForm(request.args)
    reviewers = queries.reviewers(db())
    known = {each.id: each for each in [*reviewers, *queries.holders(db())]}
    form.offer(list(known.values()), progress.all_plans(db()))
    wanted = _wanted(form) if form.validate() else OpenFilter()
    hand_on = HandOnForm(formdata=None)
    hand_on.offer(reviewers)
    count, overdue = queries.open_count(db(), wanted)
    page = queries.open_page(db(), wanted, request.args.get("after", type=int))
    link = kept(form)
    return render_template(
        "queue/all.html",
        form=form,
        hand_on=hand_on,
        page=page,
        count=count,
        overdue=overdue,
        active=bool(link),
        next_url=url_for("queue.everything", **link, after=page.after) if page.after else None,
        now=clock.now(),
    )


@queue.post("/queue/hand-on")
@requires(Permission.PLAN)
def hand_on() -> Response:
    """Several calls at once: to another reviewer, or out of the queue."""
    form = HandOnForm()
    form.offer(queries.reviewers(db()))
    if not form.validate():
        raise Refused(_("Choose calls, and say why: it is kept with each of them."))
    chosen = assignments.open_among(db(), form.calls.data)
    away = request.form.get("deed") == "remove"
    for each in chosen:
        if away:
            assignments.remove(db(), each, reason=form.reason.data, by=me())
        else:
            assignments.reassign(
                db(), each, reviewer=_person(form.reviewer.data), reason=form.reason.data, by=me()
            )
    db().commit()
    number = len(chosen)
    done = (
        ngettext("%(num)d call has left the queue.", "%(num)d calls have left the queue.", number)
        if away
        else ngettext("%(num)d call is handed on.", "%(num)d calls are handed on.", number)
    )
    flash(done, "success")
    return redirect(url_for("queue.everything"), 303)


@queue.get("/queue/assign")
@requires(Permission.PLAN)
def assign_form() -> str:
    """The fields under the list of calls, which knows nothing of the queue."""
    return render_template("queue/_assign.html", form=_assign_form(), kept=list_args())


@queue.post("/queue/assign")
@requires(Permission.PLAN)
def assign_many() -> Response:
    """The calls that were ticked in the list, as far as they can be scored; of the others it is said why not."""
    form = _assign_form()
    chosen = visible_calls(db(), request.form.getlist("calls", type=int), by=me())
    if not form.validate() or not chosen:
        raise Refused(_("Tick calls in the list, and say who scores them and until when."))
    made, refused = assignments.assign_fitting(
        db(),
        chosen,
        reviewer=_person(form.reviewer.data),
        due_at=form.due_at(settings().zone),
        priority=form.priority.data,
        by=me(),
    )
    db().commit()
    if made:
        done = ngettext("%(num)d call is in the queue.", "%(num)d calls are in the queue.", len(made))
        flash(done, "success")
    for left in left_out(refused):
        flash(_("Not put into the queue: %(calls)s. %(reason)s", **left), "warning")
    return redirect(url_for("calls.index", **list_args()), 303)


@queue.post("/queue/calls/<int:call_id>")
@requires(Permission.PLAN)
def assign(call_id: int) -> Response:
    call = call_or_404(call_id)
    form = _assign_form()
    if not form.validate():
        raise Refused(_("Choose who scores the call and until when."))
    assignments.assign(
        db(),
        [call],
        reviewer=_person(form.reviewer.data),
        due_at=form.due_at(settings().zone),
        priority=form.priority.data,
        by=me(),
    )
    db().commit()
    flash(_("The call is in the queue."), "success")
    return redirect(url_for("transcripts.show", call_id=call_id), 303)


def panel(session: Session, call: Call, user: User) -> str:
    """On a call's page: its place in the queue, and for those who plan a form that gives it one."""
    if not holds(user, Permission.VIEW_PLANS):
        return ""
    assignment = queries.of_call(session, call.id)
    scorable = call.recording is not None and not call.role_play
    form = _assign_form() if holds(user, Permission.PLAN) and scorable and not assignment else None
    if assignment is None and form is None:
        return ""
    return render_template("queue/_panel.html", assignment=assignment, form=form, call=call, now=clock.now())


panels.add("queue", panel)


@queue.app_template_filter()
def last_day(due_at: datetime) -> str:
    """The day on which something is due at the latest; ``due_at`` is the moment after it."""
    return local_date(due_at - timedelta(seconds=1))


def _into_workspace(assignment: Assignment) -> Response:
    review = claims.begin(db(), assignment, by=me())
    db().commit()
    return redirect(url_for("reviews.show", review_id=review.id), 303)


def _assign_form() -> AssignForm:
    form = AssignForm()
    form.offer(queries.reviewers(db()), local.today())
    return form


def _wanted(form: OpenFilterForm) -> OpenFilter:
    return OpenFilter(
        reviewer_id=int(form.reviewer.data) if form.reviewer.data else None,
        plan_id=int(form.plan.data) if form.plan.data else None,
        overdue=form.overdue.data == "yes",
    )


def _person(user_id: int | None) -> User | None:
    return get_or_404(User, user_id) if user_id else None
