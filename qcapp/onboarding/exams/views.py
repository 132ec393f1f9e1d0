"""The pages of exams: all of a trainee, the one that goes on as its coach scores it, and a finished one."""

import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import format_time
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from qcapp.calls.import_options import ImportFile
from qcapp.calls.models import Call
from qcapp.callscripts import queries as scripts
from qcapp.callscripts import wording
from qcapp.callscripts.blocks import Block, blocks_of
from qcapp.callscripts.words import BLOCKS
from qcapp.checklists import queries as checklists
from qcapp.checklists import scoring
from qcapp.checklists.card import Card, say
from qcapp.core.autosave import seen_in, tried
from qcapp.core.errors import Refused
from qcapp.core.i18n import _
from qcapp.core.incoming import uploaded_name
from qcapp.core.web import database, db, requires, storage
from qcapp.onboarding.exams import queries, recordings, rules, service
from qcapp.onboarding.exams.models import Exam
from qcapp.onboarding.models import Trainee
from qcapp.people.access import me
from qcapp.people.models import User
from qcapp.people.permissions import Permission, allowed
from qcapp.reviews import sheet, shown
from qcapp.reviews.forms import read_draft
from qcapp.reviews.service import Incomplete
from qcapp.transcripts import panels

exams = Blueprint("exams", __name__)


@exams.get("/onboarding/<int:manager_id>/exams")
@requires(Permission.VIEW_ONBOARDING)
def index(manager_id: int) -> str:
    trainee = queries.get_trainee(db(), manager_id, me())
    held = queries.exams_of(db(), trainee)
    return render_template(
        "exams/index.html",
        trainee=trainee,
        rows=[_row(exam) for exam in reversed(held) if exam.finished_at],
        going_on=next((exam for exam in held if exam.finished_at is None), None),
        trains=_trains(trainee),
        plan=service.plan_now(db(), trainee),
    )


@exams.post("/onboarding/<int:manager_id>/exams")
@requires(Permission.TRAIN)
def begin(manager_id: int) -> Response:
    exam = service.begin_exam(db(), queries.get_trainee(db(), manager_id, me()), by=me())
    db().commit()
    return redirect(url_for("exams.show", exam_id=exam.id), 303)


@exams.get("/exams/<int:exam_id>")
@requires(Permission.VIEW_ONBOARDING)
def show(exam_id: int) -> str:
    """Finished: what it came to. While it goes on, its coach scores it here, and others learn only that it does."""
    exam = queries.get_exam(db(), exam_id, me())
    if exam.finished_at is not None:
        return _finished(exam)
    trains = _trains(exam.trainee)
    if trains and exam.coach_id == current_user.id:
        return _desk(exam)
    return render_template("exams/going_on.html", exam=exam, trains=trains)


@exams.post("/exams/<int:exam_id>/draft")
@requires(Permission.TRAIN)
def save(exam_id: int) -> Any:
    """The page's autosave: JSON in; the new revision and the mark so far out."""
    exam = _saved_now(exam_id)
    db().commit()
    return jsonify(_saved(exam))


@exams.post("/exams/<int:exam_id>/finish")
@requires(Permission.TRAIN)
def finish(exam_id: int) -> Any:
    """Save what the page holds and settle the mark; an incomplete exam is saved all the same.

    Before a trainee is sent back to the first stage the page is asked whether that is meant (?sure).
    """
    exam = _saved_now(exam_id)
    if _fails(exam) and "sure" not in request.args:
        db().commit()
        return jsonify(_saved(exam) | {"ask": _ask(exam)})
    if refused := tried(db(), lambda: service.finish_exam(db(), exam, by=me())):
        db().commit()
        first = {"first": refused.missing[0].item} if isinstance(refused, Incomplete) else {}
        return jsonify(_saved(exam) | {"error": str(refused)} | first), 422
    db().commit()
    flash(_("The exam is finished."), "success")
    return jsonify(url=url_for("exams.show", exam_id=exam.id))


@exams.post("/exams/<int:exam_id>/discard")
@requires(Permission.TRAIN)
def discard(exam_id: int) -> Response:
    exam = queries.get_exam(db(), exam_id, me())
    manager_id = exam.trainee.manager_id
    service.discard_exam(db(), exam, by=me(), seen=seen_in(request.form))
    db().commit()
    flash(_("The unfinished exam has been removed."), "success")
    return redirect(url_for("exams.index", manager_id=manager_id), 303)


@exams.post("/exams/<int:exam_id>/recording")
@requires(Permission.TRAIN)
def record(exam_id: int) -> Any:
    """A recording made in the browser, or a file."""
    exam = queries.get_exam(db(), exam_id, me())
    recordings.demand_recordable(db(), exam, by=me())
    db().commit()  # nothing is held while the sound is worked on
    upload = request.files.get("recording")
    if upload is None or not upload.filename:
        raise Refused(_("Choose a recording first."))
    with tempfile.TemporaryDirectory(prefix="qcapp-upload-") as folder:
        path = Path(folder) / "recording"
        upload.save(path)
        name = uploaded_name(upload.filename)
        recordings.take_in(database(), storage(), exam, ImportFile(path, name), by=me())
    db().refresh(exam)
    return jsonify(html=render_template("exams/_recorded.html", exam=exam))


def panel(session: Session, call: Call, user: User) -> str:
    """On the page of a role-play: the exam it is the recording of."""
    exam = session.scalar(select(Exam).where(Exam.call_id == call.id)) if call.role_play else None
    if exam is None or not allowed(session, user, Permission.VIEW_ONBOARDING, call.manager_id):
        return ""
    return render_template("exams/_panel.html", exam=exam, mark=_rounded(exam.mark))


panels.add("exams", panel)


def _trains(trainee: Trainee) -> bool:
    try:
        service.demand_examiner(db(), trainee, me())
    except Refused:
        return False
    return True


def _saved_now(exam_id: int) -> Exam:
    exam = queries.get_exam(db(), exam_id, me())
    return service.save_exam(db(), exam, read_draft(request.get_json(silent=True)), by=me())


def _saved(exam: Exam) -> dict[str, Any]:
    return {
        "revision": exam.revision,
        "saved": format_time(exam.updated_at, "HH:mm"),
        "result": render_template("exams/_result.html", **_result(exam)),
    }


def _fails(exam: Exam) -> bool:
    came_to = _result(exam)
    return came_to["mark"] is not None and not came_to["passed"] and not came_to["missing"]


def _ask(exam: Exam) -> str:
    name = exam.trainee.manager.name
    return _("Not passed: %(name)s learns everything again from the first stage. Finish the exam?", name=name)


def _result(exam: Exam) -> dict[str, Any]:
    """What the page says of the exam so far; the mark is the one that was settled, if it was."""
    card, answers = checklists.card_of(exam.version), queries.answers_of(exam)
    result = queries.result_of(exam)
    return {
        "exam": exam,
        "sheet": sheet.lay_out(card, answers, shown.language()),
        "mark": _rounded(exam.mark if exam.finished_at else result.mark),
        "marks": {key: _rounded(mark) for key, mark in result.sections.items()},
        "passed": exam.passed if exam.finished_at else result.passed,
        "wanted": queries.wanted_of(exam).mark,
        "failed": _titles(card, exam.failed_items if exam.finished_at else result.failed),
        "missing": [
            {"item": each.item, "lack": sheet.lack_sentence(each.lack)}
            for each in scoring.missing(card, answers)
        ],
    }


def _desk(exam: Exam) -> str:
    return render_template(
        "exams/desk.html",
        **_result(exam),
        **_script(exam),
        saved_at=format_time(exam.updated_at, "HH:mm") if exam.revision else None,
    )


def _script(exam: Exam) -> dict[str, Any]:
    """The trainee's own script as it was approved, and which of its blocks a section asks about."""
    draft = scripts.draft_in_force(db(), exam.trainee.manager_id, exam.started_at)
    keys = [section.key for section in exam.version.sections]
    return {
        "draft": draft,
        "wording": wording.read(draft.blocks) if draft else None,
        "blocks": {block: BLOCKS[block] for block in Block},
        "block_of": {key: blocks_of(key)[0] for key in keys if blocks_of(key)},
    }


def _finished(exam: Exam) -> str:
    manager_id = exam.trainee.manager_id
    return render_template(
        "exams/show.html",
        **_result(exam),
        lanes=shown.heard(exam.call)["lanes"] if exam.call else None,
        listens=allowed(db(), me(), Permission.LISTEN, manager_id),
        recordable=exam.call is None and exam.coach_id == current_user.id and _trains(exam.trainee),
        mine=manager_id == current_user.id,
    )


def _row(exam: Exam) -> dict[str, Any]:
    """A finished exam in the list: critical errors, and where it was not passed the weak sections."""
    card, wanted = checklists.card_of(exam.version), queries.wanted_of(exam)
    below = {
        key: mark
        for key, mark in queries.result_of(exam).sections.items()
        if not exam.passed and mark is not None and mark < (wanted.mark or rules.WORST)
    }
    return {
        "exam": exam,
        "mark": _rounded(exam.mark),
        "failed": _titles(card, exam.failed_items),
        "weak": [
            (say(section.title, shown.language()), _rounded(below[section.key]))
            for section in card.sections
            if section.key in below
        ],
    }


def _titles(card: Card, keys: Any) -> list[str]:
    return [say(item.title, shown.language()) for item in card.items() if item.key in set(keys)]


def _rounded(mark: float | None) -> Decimal | None:
    return None if mark is None else rules.rounded(mark)
