"""Work as it was handed in, and the coach's answer to it, which saves itself until it is given."""

from collections import Counter
from typing import Any

from flask import flash, jsonify, render_template, request, url_for
from flask_babel import format_time
from flask_login import current_user

from qcapp.core import clock
from qcapp.core.errors import Missing, Refused
from qcapp.core.i18n import _
from qcapp.core.web import db, requires
from qcapp.onboarding.states import DeliverableKind
from qcapp.onboarding.work import answers, changes, queries, reasons, rules
from qcapp.onboarding.work.deliverables import WRITABLE
from qcapp.onboarding.work.forms import LONGEST_COMMENT, LONGEST_ROW_COMMENT, read_answer
from qcapp.onboarding.work.models import Deliverable, Submission
from qcapp.onboarding.work.views import work
from qcapp.people.permissions import Permission, allowed

__all__ = ["work"]


@work.get("/work/<int:deliverable_id>")
@requires(Permission.VIEW_ONBOARDING)
def show(deliverable_id: int) -> str:
    """What was handed in last, or the time that ?number names, with what changed since the time before."""
    deliverable = queries.get_deliverable(db(), deliverable_id, current_user)
    number = request.args.get("number", type=int)
    submission = _submission(deliverable, number) or next(reversed(deliverable.submissions), None)
    return render_template(
        "work/show.html",
        deliverable=deliverable,
        submission=submission,
        count=rules.count,
        needed=queries.needed(deliverable.trainee, deliverable.kind),
        decides=submission is not None and submission.accepted is None and _may_decide(deliverable),
        writes=deliverable.state in WRITABLE
        and deliverable.trainee.parted_at is None
        and deliverable.attempt == queries.attempt_of(deliverable.trainee)
        and allowed(db(), current_user, Permission.LEARN, deliverable.trainee.manager_id),
        **(_read(submission) if submission else {}),
    )


@work.post("/work/<int:deliverable_id>/<int:number>/save")
@requires(Permission.TRAIN)
def save_answer(deliverable_id: int, number: int) -> Any:
    """The answer's autosave: JSON in, the new revision out."""
    _saved_now, answer = _save(deliverable_id, number)
    db().commit()
    return jsonify(answer)


@work.post("/work/<int:deliverable_id>/<int:number>/<any(accept, return):decision>")
@requires(Permission.TRAIN)
def decide(deliverable_id: int, number: int, decision: str) -> Any:
    """Save what the page holds and give the answer; work is not returned without a word."""
    submission, answer = _save(deliverable_id, number)
    accepted = decision == "accept"
    if not accepted and (sentence := answers.lacking(submission)):
        db().commit()
        return jsonify(answer | {"error": sentence}), 422
    deed = answers.accept_work if accepted else answers.return_work
    deed(db(), submission, by=current_user)
    db().commit()
    flash(
        _("Accepted. The trainee has been told.") if accepted else _("Returned. The trainee has been told."),
        "success",
    )
    return jsonify(url=url_for("work.show", deliverable_id=deliverable_id))


def _save(deliverable_id: int, number: int) -> tuple[Submission, dict[str, Any]]:
    """The submission with the answer as it is kept now, and what the page learns of it."""
    deliverable = queries.get_deliverable(db(), deliverable_id, current_user)
    answers.demand_judge(db(), deliverable, by=current_user)
    submission = _submission(deliverable, number)
    if submission is None:
        raise Missing(_("Nothing like that was handed in."))
    answers.save_answer(db(), submission, read_answer(request.get_json(silent=True)), by=current_user)
    return submission, {"revision": submission.revision, "saved": format_time(clock.now(), "HH:mm")}


def _read(submission: Submission) -> dict[str, Any]:
    """The rows with what became of them since the work was handed in before, and what was said of each."""
    deliverable = submission.deliverable
    before = _submission(deliverable, submission.number - 1)
    rows = changes.compare(before.rows if before else submission.rows, submission.rows)
    lines = rules.lines(submission.rows)
    repeats = reasons.repeats(lines) if deliverable.kind is DeliverableKind.REASONS else []
    return {
        "rows": rows,
        "before": before,
        "fates": Counter(row.fate for row in rows) if before else {},
        "repeats": {each.second + 1: each for each in repeats},
        "longest": LONGEST_COMMENT,
        "longest_of_row": LONGEST_ROW_COMMENT,
    }


def _submission(deliverable: Deliverable, number: int | None) -> Submission | None:
    return next((each for each in deliverable.submissions if each.number == number), None)


def _may_decide(deliverable: Deliverable) -> bool:
    try:
        answers.demand_judge(db(), deliverable, by=current_user)
    except Refused:
        return False
    return True
