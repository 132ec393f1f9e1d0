"""The board for management: trainees, cohorts, and calls from leads that were not allowed."""

from datetime import date
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for

from qcapp.core import audit, export, local
from qcapp.core.forms import kept
from qcapp.core.i18n import label, lazy, ngettext
from qcapp.core.web import db, requires, settings
from qcapp.onboarding.audited import OnboardingAction
from qcapp.onboarding.board import exports, queries
from qcapp.onboarding.board.cohorts import Which
from qcapp.onboarding.board.forms import BoardForm, CohortForm
from qcapp.onboarding.board.rules import BoardPlace
from qcapp.onboarding.board.words import NOW, WHICH, period_of, waiting_words, why_nobody
from qcapp.onboarding.clearance import leads
from qcapp.onboarding.clearance.words import shown
from qcapp.onboarding.sales import queries as sales
from qcapp.people import confirmations
from qcapp.people.access import me
from qcapp.people.permissions import Permission, Scope, demand, holds, scope_of
from qcapp.reviews.disputes import queries as disputes

board = Blueprint("board", __name__, url_prefix="/board")
PLACES = {
    BoardPlace.OVERDUE: (lazy("overdue"), "bad"),
    BoardPlace.READY: (lazy("waits for a decision"), "good"),
    BoardPlace.REFUSED: (lazy("clearance refused"), "warn"),
    BoardPlace.ON_THE_WAY: (lazy("on the way"), ""),
    BoardPlace.CLEARED: (lazy("cleared"), "good"),
    BoardPlace.GONE: (lazy("left the department"), ""),
}


@board.get("")
@requires(Permission.VIEW_ONBOARDING)
def index() -> Any:
    if scope_of(me(), Permission.VIEW_ONBOARDING) is Scope.OWN:
        return redirect(url_for("clearance.show", manager_id=me().id))
    form = _form()
    rows = queries.board(db(), form.wanted(), local.today(), by=me())
    return render_template(
        "board/index.html",
        form=form,
        link=kept(form),
        rows=rows,
        shown=shown,
        me=me(),
        places=PLACES,
        waiting=waiting_words,
    )


@board.get("/waiting")
@requires(Permission.CONFIRM_SALES)
def waiting() -> str:
    """A part of the start page: what waits for a decision that this person may take, and where that is done."""
    places = [row.place for row in queries.board(db(), queries.BoardFilter(), local.today(), by=me())]
    disputed = len(disputes.open_disputes(db(), me())) if holds(me(), Permission.DECIDE_DISPUTES) else 0
    accounts = len(confirmations.waiting(db(), me())) if holds(me(), Permission.CONFIRM_ACCOUNTS) else 0
    sold = len(sales.waiting(db(), me()))
    overdue = places.count(BoardPlace.OVERDUE) if holds(me(), Permission.DECIDE_OVERDUE) else 0
    ready = places.count(BoardPlace.READY) if holds(me(), Permission.CLEAR) else 0
    found = (
        (overdue, ngettext("stage overdue", "stages overdue", overdue), url_for("board.index")),
        (ready, ngettext("waits for clearance", "wait for clearance", ready), url_for("board.index")),
        (sold, ngettext("sale to confirm", "sales to confirm", sold), url_for("sales.waiting")),
        (disputed, ngettext("dispute to decide", "disputes to decide", disputed), url_for("disputes.index")),
        (
            accounts,
            ngettext("account to confirm", "accounts to confirm", accounts),
            url_for("accounts.index"),
        ),
    )
    return render_template("board/_waiting.html", waiting=[each for each in found if each[0]])


@board.post("/export.<any(csv, xlsx):kind>")
@requires(Permission.EXPORT)
def download(kind: str) -> Response:
    """The board as a file. POST, because every use is written to the audit log."""
    demand(me(), Permission.VIEW_ONBOARDING)
    today = local.today()
    audit.record(db(), OnboardingAction.EXPORT_BOARD, f"board:{today}", by_id=me().id, format=kind)
    db().commit()
    found = queries.board(db(), _form().wanted(), today, by=me())
    return export.attachment(
        f"trainees-{today}", kind, exports.headings(), exports.rows(found, waiting_words), settings().zone
    )


@board.get("/cohorts")
@requires(Permission.RUN_ONBOARDING)
def cohorts() -> str:
    form = _cohort_form()
    wanted = form.wanted()
    return render_template(
        "board/cohorts.html",
        form=form,
        link=kept(form),
        cohorts=queries.cohorts_of(db(), wanted, local.today(), by=me()),
        named=lambda cohort: period_of(wanted.unit, cohort.first_day),
        missing=why_nobody(wanted.stage),
    )


@board.get("/cohorts/people")
@requires(Permission.RUN_ONBOARDING)
def people() -> Any:
    """Who is behind a number of the cohorts; where there is no such cohort any more, back to all of them."""
    form = _cohort_form()
    wanted = form.wanted()
    which = request.args.get("which", default=Which.ALL, type=Which)
    first_day = request.args.get("first", type=date.fromisoformat)
    found = queries.cohorts_of(db(), wanted, local.today(), by=me())
    cohort = next((each for each in found if each.first_day == first_day), None)
    if cohort is None:
        return redirect(url_for("board.cohorts", **kept(form)))
    return render_template(
        "board/people.html",
        link=kept(form),
        period=period_of(wanted.unit, cohort.first_day),
        came=label(wanted.stage) if wanted.stage else None,
        which=WHICH[which],
        hires=[hire for hire in cohort.hires if hire.is_one_of(which)],
        places=NOW,
    )


@board.get("/flags")
@requires(Permission.SEE_LEAD_FLAGS)
def flags() -> str:
    before = request.args.get("before", type=int)
    found, older = leads.flags(db(), me(), before=before)
    return render_template("board/flags.html", flags=found, older=older, before=before)


def _cohort_form() -> CohortForm:
    form = CohortForm(request.args)
    form.validate()
    return form


def _form() -> BoardForm:
    form = BoardForm(request.args)
    form.offer(queries.teams(db(), by=me()))
    form.validate()
    return form
