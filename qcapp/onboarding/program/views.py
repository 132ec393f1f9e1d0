"""Programs in the browser: read, changed as a draft, put in force, as files in and out."""

from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import format_time
from werkzeug.wrappers import Response

from qcapp.checklists import queries as checklists
from qcapp.checklists.card import say
from qcapp.checklists.views import language
from qcapp.checklists.yaml_text import LARGEST_FILE
from qcapp.core import audit, clock
from qcapp.core.autosave import seen_in
from qcapp.core.errors import Refused
from qcapp.core.export import as_file
from qcapp.core.i18n import _
from qcapp.core.web import db, requires
from qcapp.onboarding.audited import OnboardingAction
from qcapp.onboarding.program import (
    changes,
    files,
    forms,
    versions,
    words,
)
from qcapp.onboarding.program import (
    plan as program,
)
from qcapp.onboarding.program.models import ProgramVersion
from qcapp.onboarding.program.plan import PARAMETERS
from qcapp.onboarding.states import ProgramState
from qcapp.people.access import me
from qcapp.people.permissions import Permission
from qcapp.terms import ConditionKind, LeadSource, Stage

programs = Blueprint("programs", __name__, url_prefix="/programs")


@programs.get("/")
@requires(Permission.EDIT_PROGRAM)
def index() -> str:
    return _index_page()


@programs.post("/from-file")
@requires(Permission.EDIT_PROGRAM)
def bring_in() -> Any:
    """A program out of a YAML file; everything wrong with it is told at once, by line and field."""
    upload = request.files.get("file")
    try:
        if upload is None or not upload.filename:
            raise Refused(_("Choose a YAML file first."))
        found = files.parse_program(upload.read(LARGEST_FILE + 1), name=upload.filename)
        version = versions.bring_in(db(), found, by=me())
    except Refused as refusal:
        db().rollback()
        return _index_page(refusal.reasons), 422
    db().commit()
    return redirect(url_for("programs.edit", program_key=version.key), 303)


@programs.get("/<program_key>")
@requires(Permission.EDIT_PROGRAM)
def show(program_key: str) -> Any:
    version = versions.version_of(db(), program_key, request.args.get("version", type=int))
    try:
        found = program.read(version.document)
    except program.UnsoundError:
        found = None
    if found is None or (version.state is ProgramState.DRAFT and program.problems(version.document)):
        return redirect(url_for("programs.edit", program_key=program_key))
    return render_template(
        "onboarding/program.html",
        version=version,
        program=found,
        versions=versions.versions(db(), program_key),
        used=versions.how_many(db(), version),
        states=words.STATES,
        asked=words.asked,
        term=words.term,
        leads=words.leads_words,
        say=_say,
    )


@programs.get("/<program_key>/diff")
@requires(Permission.EDIT_PROGRAM)
def diff(program_key: str) -> str:
    """Two versions compared; without numbers the version shown first and the one before it."""
    known = versions.versions(db(), program_key)
    after = versions.version_of(db(), program_key, request.args.get("to", type=int))
    earlier = [each.number for each in known if each.number < after.number]
    number = request.args.get("from", type=int) or max(earlier, default=after.number)
    before = versions.version_of(db(), program_key, number)
    return render_template(
        "onboarding/program_diff.html",
        versions=known,
        before=before,
        after=after,
        title=_title(after),
        blocks=changes.blocks(_readable(before), _readable(after), language()),
    )


@programs.post("/<program_key>/export")
@requires(Permission.EXPORT)
def export(program_key: str) -> Response:
    """A version as a YAML file. POST, because every use is written to the audit log."""
    version = versions.version_of(db(), program_key, request.form.get("version", type=int))
    text = files.write_program(versions.sound(version))
    audit.record(
        db(), OnboardingAction.EXPORT_PROGRAM, versions.thing(version), by_id=me().id, version=version.number
    )
    db().commit()
    return as_file(Response(text, mimetype="application/yaml"), f"{program_key}-{version.number}.yaml")


@programs.post("/<program_key>/draft")
@requires(Permission.EDIT_PROGRAM)
def begin(program_key: str) -> Response:
    versions.open_draft(db(), program_key, by=me())
    db().commit()
    return redirect(url_for("programs.edit", program_key=program_key), 303)


@programs.get("/<program_key>/edit")
@requires(Permission.EDIT_PROGRAM)
def edit(program_key: str) -> Any:
    draft = versions.draft_of(db(), program_key)
    if draft is None:
        flash(_("There is no draft of this program. “Change” begins one."), "info")
        return redirect(url_for("programs.show", program_key=program_key))
    cards = [(card.key, say(card.title, language())) for card in checklists.exam_cards_in_force(db())]
    return render_template(
        "onboarding/edit_program.html",
        version=draft,
        title=_title(draft),
        problems=_problems(draft),
        kinds=ConditionKind,
        needs={kind.value: names for kind, names in PARAMETERS.items()},
        fields=words.FIELDS,
        cards=cards,
        leads=LeadSource,
        stages=Stage,
    )


@programs.post("/<program_key>/save")
@requires(Permission.EDIT_PROGRAM)
def save(program_key: str) -> Any:
    """The editor's autosave: JSON in; the new revision and what is still wrong out."""
    typed = forms.read_editor(request.get_json(silent=True))
    version = versions.save_draft(db(), _draft(program_key), typed, by=me())
    db().commit()
    return jsonify(_saved(version))


@programs.post("/<program_key>/publish")
@requires(Permission.EDIT_PROGRAM)
def publish(program_key: str) -> Any:
    """Save what the editor holds and put it in force; an unsound draft is saved all the same."""
    typed = forms.read_editor(request.get_json(silent=True))
    version = versions.save_draft(db(), _draft(program_key), typed, by=me())
    saved = _saved(version)
    if saved["problems"]:
        db().commit()
        return jsonify(saved | {"error": _("The program has problems."), "first": 0}), 422
    versions.publish_draft(db(), version, by=me())
    db().commit()
    flash(_("The program is in force for whoever begins from now on."), "success")
    return jsonify(url=url_for("programs.show", program_key=program_key))


@programs.post("/<program_key>/discard")
@requires(Permission.EDIT_PROGRAM)
def discard(program_key: str) -> Response:
    versions.discard_draft(db(), _draft(program_key), by=me(), seen=seen_in(request.form))
    db().commit()
    flash(_("The draft has been removed."), "success")
    return redirect(url_for("programs.index"), 303)


def _index_page(wrong: tuple[str, ...] = ()) -> str:
    by_key: dict[str, list[ProgramVersion]] = {}
    for version in versions.all_versions(db()):
        by_key.setdefault(version.key, []).append(version)
    return render_template(
        "onboarding/programs.html",
        rows=[(_shown(found), found) for found in by_key.values()],
        states=words.STATES,
        title=_title,
        wrong=wrong,
    )


def _shown(found: list[ProgramVersion]) -> ProgramVersion:
    """The version in force, else the newest."""
    return next((each for each in found if each.state is ProgramState.PUBLISHED), found[0])


def _readable(version: ProgramVersion) -> program.Program:
    """Also of a version that nobody could get through; of a draft, whatever is a program already."""
    try:
        return program.read(version.document)
    except program.UnsoundError:
        raise Refused(_("This draft has problems. Correct them first, then it can be compared.")) from None


def _draft(program_key: str) -> ProgramVersion:
    """The draft, which is to be the one that the page says it shows: by now there may be another one."""
    draft = versions.draft_of(db(), program_key)
    if draft is None or request.values.get("draft", draft.id, type=int) != draft.id:
        raise Refused(
            _("There is no draft of this program any more: it was published, or somebody removed it.")
        )
    return draft


def _saved(version: ProgramVersion) -> dict[str, Any]:
    return {
        "revision": version.revision,
        "saved": format_time(clock.now(), "HH:mm"),
        "problems": _problems(version),
    }


def _problems(version: ProgramVersion) -> list[dict[str, Any]]:
    """What is wrong: the path of the field, where that is in words, and what is wrong with it."""
    return [
        {
            "path": each.path,
            "where": words.place(each.path, version.document),
            "text": words.sentence(each),
        }
        for each in program.problems(version.document)
    ]


def _title(version: ProgramVersion) -> str:
    title = version.document.get("title")
    return _say(title) if isinstance(title, dict) else str(title or "…")


def _say(text: dict[str, str]) -> str:
    return say(text, language())
