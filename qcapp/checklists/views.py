"""Reading checklists: the list, one card as a reviewer meets it, and what changed between its versions."""

from flask import Blueprint, render_template, request
from flask_babel import get_locale
from flask_login import current_user
from werkzeug.wrappers import Response

from qcapp.checklists import card_files, diff_words, documents, preview, queries
from qcapp.checklists.audited import ChecklistAction
from qcapp.checklists.card import say
from qcapp.checklists.forms import CardSettingsForm
from qcapp.checklists.models import Checklist, ChecklistVersion, VersionState
from qcapp.core import audit, local
from qcapp.core.errors import Refused
from qcapp.core.export import as_file
from qcapp.core.forms import options
from qcapp.core.i18n import _
from qcapp.core.web import db, requires
from qcapp.people.choices import told_apart
from qcapp.people.permissions import Permission, holds

checklists = Blueprint("checklists", __name__, url_prefix="/checklists")
IN_USE = (VersionState.PUBLISHED, VersionState.SHADOW)


@checklists.get("/")
@requires(Permission.VIEW_CHECKLISTS)
def index() -> str:
    rows = [
        {
            "checklist": checklist,
            "version": version,
            "others": [each for each in checklist.versions if each is not version and _lives(each)],
            "title": say(version.title, language()),
            "purpose": say(checklist.purpose, language()),
        }
        for checklist in queries.all_checklists(db())
        if (version := _shown(checklist))
    ]
    return render_template("checklists/index.html", rows=rows, today=local.today())


@checklists.get("/<key>")
@requires(Permission.VIEW_CHECKLISTS)
def show(key: str) -> str:
    checklist = queries.checklist_by_key(db(), key)
    version = queries.version_by_number(db(), checklist, request.args.get("version", type=int))
    card = queries.card_of(version)
    return render_template(
        "checklists/show.html",
        checklist=checklist,
        version=version,
        draft=next((each for each in checklist.versions if each.state is VersionState.DRAFT), None),
        unsound=_unsound(version),
        title=say(card.title, language()),
        purpose=say(card.purpose, language()),
        conditions=preview.conditions(card.applies_to),
        sections=preview.lay_out(card, language()),
        settings=_settings_form(checklist, version),
        today=local.today(),
    )


@checklists.get("/<key>/diff")
@requires(Permission.VIEW_CHECKLISTS)
def diff(key: str) -> str:
    """Two versions compared; without numbers the version shown first and the one before it."""
    checklist = queries.checklist_by_key(db(), key)
    after = queries.version_by_number(db(), checklist, request.args.get("to", type=int))
    number = request.args.get("from", type=int)
    earlier = [each.number for each in checklist.versions if each.number < after.number]
    before = queries.version_by_number(db(), checklist, number or max(earlier, default=after.number))
    old, new = queries.card_of(before), queries.card_of(after)
    return render_template(
        "checklists/diff.html",
        checklist=checklist,
        before=before,
        after=after,
        title=say(new.title, language()),
        blocks=diff_words.blocks(old, new, language()),
        unsound=any(_unsound(each) for each in (before, after)),
    )


@checklists.post("/<key>/export")
@requires(Permission.EXPORT)
def export(key: str) -> Response:
    """A version as a YAML file. POST, because every use is written to the audit log."""
    checklist = queries.checklist_by_key(db(), key)
    version = queries.version_by_number(db(), checklist, request.form.get("version", type=int))
    if _unsound(version):
        raise Refused(_("This draft has problems and would not load again. Correct them first."))
    text = card_files.write_card(queries.card_of(version))
    audit.record(
        db(),
        ChecklistAction.EXPORT_CHECKLIST,
        f"checklist:{key}",
        by_id=current_user.id,
        version=version.number,
    )
    db().commit()
    return as_file(Response(text, mimetype="application/yaml"), f"{key}-{version.number}.yaml")


def language() -> str:
    """The reader's."""
    return str(get_locale())


def _settings_form(checklist: Checklist, version: ChecklistVersion) -> CardSettingsForm | None:
    """For those who may change them."""
    if not holds(current_user, Permission.EDIT_CHECKLISTS):
        return None
    form = CardSettingsForm(owner=checklist.owner_id or "", review_on=version.review_on)
    people = queries.owners_for(db(), checklist)
    form.owner.choices = options([("", "–"), *told_apart(people).items()])
    return form


def _unsound(version: ChecklistVersion) -> bool:
    """Whether it is a draft with problems, which pages can only show in part."""
    return version.document is not None and bool(documents.read(version.document).problems)


def _lives(version: ChecklistVersion) -> bool:
    return version.state is not VersionState.ARCHIVED


def _shown(checklist: Checklist) -> ChecklistVersion | None:
    """The version in force, else the newest."""
    in_force = (version for version in checklist.versions if version.state is VersionState.PUBLISHED)
    return next(in_force, checklist.versions[-1] if checklist.versions else None)
