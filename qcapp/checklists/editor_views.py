"""Changing checklists in the browser: new cards, the editor and its autosave, and the life of a version."""

from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_babel import format_time
from flask_login import current_user
from werkzeug.wrappers import Response

from qcapp.checklists import card_files, documents, drafts, life, queries
from qcapp.checklists.card import say
from qcapp.checklists.editor_words import words_for_editor
from qcapp.checklists.forms import CardFileForm, CardSettingsForm, NewCardForm, read_editor
from qcapp.checklists.keys import LETTERS
from qcapp.checklists.models import Checklist, ChecklistVersion, VersionState
from qcapp.checklists.views import checklists, language
from qcapp.checklists.yaml_text import LARGEST_FILE
from qcapp.core import clock
from qcapp.core.autosave import seen_in
from qcapp.core.errors import Refused
from qcapp.core.forms import options
from qcapp.core.i18n import _
from qcapp.core.web import db, requires
from qcapp.people.choices import told_apart
from qcapp.people.permissions import Permission

__all__ = ["checklists"]


@checklists.get("/new-card")
@requires(Permission.EDIT_CHECKLISTS)
def new() -> str:
    return _new_page(_new_form(), CardFileForm())


@checklists.post("/new-card")
@requires(Permission.EDIT_CHECKLISTS)
def create() -> Any:
    form = _new_form()
    if not form.validate_on_submit():
        return _new_page(form, CardFileForm()), 422
    like = queries.checklist_by_key(db(), form.like.data) if form.like.data else None
    card = queries.card_of(queries.version_by_number(db(), like, None)) if like else None
    version = drafts.create_checklist(db(), {language(): form.title.data}, by=current_user, like=card)
    db().commit()
    return redirect(url_for("checklists.edit", key=version.checklist.key), 303)


@checklists.post("/from-file")
@requires(Permission.EDIT_CHECKLISTS)
def bring_in() -> Any:
    """A card out of a YAML file; everything wrong with the file is told at once, by line and field."""
    form = CardFileForm()
    form.validate_on_submit()
    upload = request.files.get("file")
    try:
        if upload is None or not upload.filename:
            raise Refused(_("Choose a YAML file first."))
        card = card_files.parse_card(upload.read(LARGEST_FILE + 1), name=upload.filename)
        version = drafts.bring_in(db(), card, by=current_user)
    except Refused as refusal:
        form.file.errors = [*form.file.errors, *refusal.reasons]
        return _new_page(_new_form(), form), 422
    db().commit()
    return redirect(url_for("checklists.edit", key=version.checklist.key), 303)


@checklists.post("/<key>/draft")
@requires(Permission.EDIT_CHECKLISTS)
def begin(key: str) -> Response:
    drafts.open_draft(db(), queries.checklist_by_key(db(), key), by=current_user)
    db().commit()
    return redirect(url_for("checklists.edit", key=key), 303)


@checklists.get("/<key>/edit")
@requires(Permission.EDIT_CHECKLISTS)
def edit(key: str) -> Any:
    checklist = queries.checklist_by_key(db(), key)
    draft = drafts.draft_of(db(), checklist)
    if draft is None:
        flash(_("There is no draft of this checklist. “Edit” begins one."), "info")
        return redirect(url_for("checklists.show", key=key))
    document = draft.document or documents.document_of(queries.card_of(draft))
    return render_template(
        "checklists/edit.html",
        checklist=checklist,
        version=draft,
        document=document,
        crm=documents.blank_crm(),
        problems=_problems(document),
        known=_known(checklist, draft),
        letters=LETTERS,
        words=words_for_editor(),
        owners=told_apart(queries.owners_for(db(), checklist)),
        in_force=any(each.state is VersionState.PUBLISHED for each in checklist.versions),
        title=say(draft.title, language()),
    )


@checklists.post("/<key>/save")
@requires(Permission.EDIT_CHECKLISTS)
def save(key: str) -> Any:
    """The editor's autosave: JSON in; the new revision and what is still wrong out."""
    typed, _shadow = read_editor(request.get_json(silent=True))
    version = drafts.save_draft(db(), _draft(key), typed, by=current_user)
    db().commit()
    return jsonify(_saved(version))


@checklists.post("/<key>/publish")
@requires(Permission.EDIT_CHECKLISTS)
def publish(key: str) -> Any:
    """Save what the editor holds and put it in force or in the shadow; an unsound draft is saved all the same."""
    typed, shadow = read_editor(request.get_json(silent=True))
    version = drafts.save_draft(db(), _draft(key), typed, by=current_user)
    saved = _saved(version)
    if saved["problems"]:
        db().commit()
        return jsonify(saved | {"error": _("The checklist has problems."), "first": 0}), 422
    if shadow:
        life.start_shadow(db(), version, review_on=version.review_on, by=current_user)
    else:
        version = drafts.publish_draft(db(), version, by=current_user)
    number = version.number
    db().commit()
    flash(
        _("The version is being tried in the shadow.") if shadow else _("The checklist is in force."),
        "success",
    )
    return jsonify(url=url_for("checklists.show", key=key, version=number))


@checklists.post("/<key>/discard")
@requires(Permission.EDIT_CHECKLISTS)
def discard(key: str) -> Response:
    remains = drafts.discard_draft(db(), _draft(key), by=current_user, seen=seen_in(request.form))
    db().commit()
    flash(_("The draft has been removed."), "success")
    return redirect(url_for("checklists.show", key=key) if remains else url_for("checklists.index"), 303)


@checklists.post("/<key>/archive")
@requires(Permission.EDIT_CHECKLISTS)
def archive(key: str) -> Response:
    life.archive_version(db(), _version(key), by=current_user)
    return _done(key, _("The version is archived. No call is scored by this checklist any more."))


@checklists.post("/<key>/restore")
@requires(Permission.EDIT_CHECKLISTS)
def restore(key: str) -> Response:
    life.restore_version(db(), _version(key), by=current_user)
    return _done(key, _("The checklist is in force."))


@checklists.post("/<key>/switch-on")
@requires(Permission.EDIT_CHECKLISTS)
def switch_on(key: str) -> Response:
    life.switch_on(db(), _version(key), by=current_user)
    return _done(key, _("The checklist is in force."))


@checklists.post("/<key>/stop-shadow")
@requires(Permission.EDIT_CHECKLISTS)
def stop_shadow(key: str) -> Response:
    version = _version(key)
    life.stop_shadow(db(), version, by=current_user)
    again = version.state is VersionState.DRAFT
    told = _("The trial is over; the version is a draft again.") if again else _("The trial is over.")
    return _done(key, told)


@checklists.post("/<key>/settings")
@requires(Permission.EDIT_CHECKLISTS)
def change_settings(key: str) -> Response:
    """The owner, and the end of the trial period: an empty day keeps the version for good."""
    checklist = queries.checklist_by_key(db(), key)
    form = CardSettingsForm()
    people = queries.owners_for(db(), checklist)
    form.owner.choices = options([("", ""), *told_apart(people).items()])
    if not form.validate_on_submit():
        raise Refused(*(str(error) for errors in form.errors.values() for error in errors))
    drafts.choose_owner(db(), checklist, form.owner.data, by=current_user)
    if request.form.get("version"):
        life.set_trial(db(), _version(key), form.review_on.data, by=current_user)
    return _done(key, _("Saved."))


def _done(key: str, told: str) -> Response:
    number = request.form.get("version", type=int)
    db().commit()
    flash(told, "success")
    return redirect(url_for("checklists.show", key=key, version=number), 303)


def _version(key: str) -> ChecklistVersion:
    checklist = queries.checklist_by_key(db(), key)
    return queries.version_by_number(db(), checklist, request.form.get("version", type=int))


def _draft(key: str) -> ChecklistVersion:
    """The draft, which is to be the one that the page says it shows: by now there may be another one."""
    draft = drafts.draft_of(db(), queries.checklist_by_key(db(), key))
    if draft is None or request.values.get("draft", draft.id, type=int) != draft.id:
        raise Refused(
            _("There is no draft of this checklist any more: it was published, or somebody removed it.")
        )
    return draft


def _saved(version: ChecklistVersion) -> dict[str, Any]:
    return {
        "revision": version.revision,
        "saved": format_time(clock.now(), "HH:mm"),
        "problems": _problems(version.document or {}),
    }


def _problems(document: documents.Document) -> list[dict[str, Any]]:
    """What is wrong: the path of the field, where that is in words, and what is wrong with it."""
    return [
        {"path": path, "where": documents.place(path, document, language()), "text": told}
        for path, told in documents.read(document).problems
    ]


def _known(checklist: Checklist, draft: ChecklistVersion) -> dict[str, list[str]]:
    """Keys that earlier versions have: they say what is the same thing through all versions, and stay."""
    earlier = [queries.card_of(each) for each in checklist.versions if each is not draft]
    return {
        "sections": sorted({section.key for card in earlier for section in card.sections}),
        "items": sorted({item.key for card in earlier for item in card.items()}),
    }


def _new_form() -> NewCardForm:
    form = NewCardForm()
    cards = [
        (each.key, say(each.versions[-1].title, language()))
        for each in queries.all_checklists(db())
        if each.versions
    ]
    copies = ((key, _("A copy of “%(title)s”", title=title)) for key, title in cards)
    form.like.choices = options([("", _("An empty checklist")), *copies])
    return form


def _new_page(form: NewCardForm, file_form: CardFileForm) -> str:
    return render_template("checklists/new.html", form=form, file_form=file_form)
