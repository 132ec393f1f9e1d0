"""The pages of the first days: what is to be handed in, its editors, what waits for the coach; lessons."""

from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import format_time, get_locale
from flask_login import current_user
from werkzeug.wrappers import Response

from qcapp.checklists.card import say
from qcapp.core import clock
from qcapp.core.i18n import _
from qcapp.core.web import db, requires
from qcapp.onboarding.states import DeliverableKind, WorkState
from qcapp.onboarding.work import deliverables, lessons, queries, reasons, rules, words
from qcapp.onboarding.work.deliverables import WRITABLE
from qcapp.onboarding.work.forms import read_editor
from qcapp.onboarding.work.models import Deliverable
from qcapp.people.permissions import Permission, allowed

work = Blueprint("work", __name__, url_prefix="/onboarding")
EDITORS = {DeliverableKind.SPVE: "work/spve.html", DeliverableKind.REASONS: "work/reasons.html"}


@work.context_processor
def wording() -> dict[str, Any]:
    return {"work_words": words, "say": lambda text: say(text, str(get_locale()))}


@work.get("/work")
@requires(Permission.TRAIN)
def waiting() -> str:
    """What the person is to accept or return."""
    return render_template(
        "work/waiting.html", waiting=queries.waiting(db(), current_user), count=rules.count
    )


@work.get("/<int:manager_id>/work")
@requires(Permission.VIEW_ONBOARDING)
def index(manager_id: int) -> str:
    trainee = queries.trainee_of(db(), manager_id, current_user)
    asked = {
        kind: number for kind in DeliverableKind if (number := queries.needed(trainee, kind)) is not None
    }
    attempt, asked_lessons = queries.attempt_of(trainee), queries.lessons_of(db(), trainee)
    return render_template(
        "work/index.html",
        trainee=trainee,
        asked=asked,
        works={kind: queries.deliverable_of(db(), trainee, kind, attempt) for kind in asked},
        previous={kind: queries.previous(db(), trainee, kind) for kind in asked},
        submissions=queries.submissions_of(db(), trainee),
        lessons=asked_lessons,
        articles={each.key for each in asked_lessons if queries.article_of(db(), each)},
        done=queries.lessons_done(db(), trainee),
        count=rules.count,
        learns=trainee.parted_at is None
        and allowed(db(), current_user, Permission.LEARN, trainee.manager_id),
    )


@work.get("/<int:manager_id>/work/<any(spve, reasons):work>")
@requires(Permission.LEARN)
def edit(manager_id: int, work: str) -> Any:
    """The editor. What was never saved exists in the browser only; the first save begins it."""
    trainee = queries.trainee_of(db(), manager_id, current_user)
    kind = DeliverableKind(work)
    deliverables.demand_writer(db(), trainee, kind, by=current_user)
    found = queries.deliverable_of(db(), trainee, kind, queries.attempt_of(trainee))
    if found is not None and found.state not in WRITABLE:
        return redirect(url_for("work.show", deliverable_id=found.id))
    rows = found.rows if found else []
    return render_template(
        EDITORS[kind],
        trainee=trainee,
        kind=kind,
        deliverable=found,
        rows=rows,
        returned=found.submissions[-1] if found and found.state is WorkState.RETURNED else None,
        told=_told(kind, rows),
        needed=queries.needed(trainee, kind),
        longest=rules.LONGEST[kind],
    )


@work.post("/<int:manager_id>/work/<any(spve, reasons):work>/save")
@requires(Permission.LEARN)
def save(manager_id: int, work: str) -> Any:
    """An editor's autosave: JSON in; the new revision and what the lines are worth out."""
    _deliverable, answer = _save(manager_id, DeliverableKind(work))
    db().commit()
    return jsonify(answer)


@work.post("/<int:manager_id>/work/<any(spve, reasons):work>/submit")
@requires(Permission.LEARN)
def submit(manager_id: int, work: str) -> Any:
    """Save what the editor holds and hand it in; too little is saved all the same."""
    deliverable, answer = _save(manager_id, DeliverableKind(work))
    if sentence := deliverables.lacking(deliverable):
        db().commit()
        return jsonify(answer | {"error": sentence}), 422
    deliverables.submit(db(), deliverable, by=current_user)
    db().commit()
    flash(_("Handed in. You will be told what the coach says."), "success")
    return jsonify(url=url_for("work.index", manager_id=manager_id))


@work.post("/<int:manager_id>/work/<any(spve, reasons):work>/copy")
@requires(Permission.LEARN)
def copy(manager_id: int, work: str) -> Response:
    trainee = queries.trainee_of(db(), manager_id, current_user)
    deliverables.copy_previous(db(), trainee, DeliverableKind(work), by=current_user)
    db().commit()
    flash(_("Copied from the attempt before. Look through it again, and go on."), "success")
    return redirect(url_for("work.edit", manager_id=manager_id, work=work), 303)


@work.post("/<int:manager_id>/lessons/<lesson>")
@requires(Permission.LEARN)
def confirm(manager_id: int, lesson: str) -> Response:
    trainee = queries.trainee_of(db(), manager_id, current_user)
    lessons.confirm_lesson(db(), trainee, lesson, by=current_user)
    db().commit()
    return redirect(url_for("work.index", manager_id=manager_id, _anchor="lessons"), 303)


def _save(manager_id: int, kind: DeliverableKind) -> tuple[Deliverable, dict[str, Any]]:
    """The work as it is kept now, and what the editor learns of it.

    ``cleaned``: lines that are kept otherwise than they were typed, by what was typed.
    """
    trainee = queries.trainee_of(db(), manager_id, current_user)
    typed = read_editor(request.get_json(silent=True))
    deliverable = deliverables.open_deliverable(db(), trainee, kind, by=current_user)
    deliverables.save(db(), deliverable, typed, by=current_user)
    texts = {row["id"]: row["cells"][0] for row in typed.rows if kind is DeliverableKind.REASONS}
    kept = {texts[row["id"]]: row["cells"][0] for row in rules.tidy(kind, typed.rows) if texts}
    return deliverable, {
        "revision": deliverable.revision,
        "saved": format_time(clock.now(), "HH:mm"),
        "cleaned": {text: line for text, line in kept.items() if text != line},
        **_told(kind, deliverable.rows),
    }


def _told(kind: DeliverableKind, rows: list[rules.DeliverableRow]) -> dict[str, Any]:
    """How much of it counts; of reasons also which line repeats which, each by its text."""
    lines = rules.lines(rows)
    found = reasons.repeats(lines) if kind is DeliverableKind.REASONS else []
    repeats = [[lines[each.second], lines[each.first], each.exact] for each in found]
    return {"count": rules.count(kind, rows), "repeats": repeats}
