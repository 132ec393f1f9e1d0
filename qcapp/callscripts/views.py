"""The pages of scripts: who waits for a decision, a manager's drafts, reading and judging one, comparing two."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from qcapp.callscripts import diff, printing, queries, service, wording
from qcapp.callscripts.audited import ScriptAction
from qcapp.callscripts.blocks import Block, DraftState
from qcapp.callscripts.doubts import doubts_about
from qcapp.callscripts.forms import CommentForm, ScriptDecisionForm
from qcapp.callscripts.models import BlockComment, ScriptDraft
from qcapp.callscripts.starters import starters
from qcapp.callscripts.words import BLOCKS, STATES, TONES
from qcapp.core import audit, clock
from qcapp.core.errors import Forbidden, Missing, Refused
from qcapp.core.export import as_file
from qcapp.core.formats import local_date
from qcapp.core.i18n import _
from qcapp.core.web import db, requires
from qcapp.people.permissions import Permission, Scope, scope_of

scripts = Blueprint("scripts", __name__, url_prefix="/scripts")


@scripts.app_context_processor
def words_of_scripts() -> dict[str, Any]:
    """For every page that shows a script: what blocks and states are called."""
    return {"script_blocks": BLOCKS, "script_states": STATES, "script_tones": TONES}


@scripts.get("")
@requires(Permission.READ_SCRIPTS)
def index() -> Any:
    """Drafts to decide and every script within reach; whoever has but the own one goes there."""
    if scope_of(current_user, Permission.READ_SCRIPTS) is Scope.OWN:
        return redirect(url_for("scripts.of_manager", manager_id=current_user.id))
    return render_template(
        "scripts/index.html",
        waiting=queries.waiting(db(), current_user),
        lines=queries.lines(db(), current_user),
    )


@scripts.get("/of/<int:manager_id>")
@requires(Permission.READ_SCRIPTS)
def of_manager(manager_id: int) -> str:
    """One manager's drafts; for the manager also what to do next."""
    manager = queries.get_manager(db(), manager_id, current_user)
    drafts = queries.drafts_of(db(), manager_id)
    return render_template(
        "scripts/manager.html",
        manager=manager,
        own=manager.id == current_user.id,
        drafts=drafts,
        in_force=queries.draft_in_force(db(), manager_id, clock.now()),
        starters=starters().values(),
    )


@scripts.get("/drafts/<int:draft_id>")
@requires(Permission.READ_SCRIPTS)
def show(draft_id: int) -> Any:
    draft = queries.get_draft(db(), draft_id, current_user)
    if draft.state is DraftState.WRITING:
        return redirect(url_for("scripts.edit", draft_id=draft.id))
    return _page(draft, CommentForm(formdata=None), ScriptDecisionForm(formdata=None))


@scripts.post("/drafts/<int:draft_id>/comments")
@requires(Permission.JUDGE_SCRIPTS)
def comment(draft_id: int) -> Any:
    draft = queries.get_draft(db(), draft_id, current_user)
    service.demand_judge(db(), draft, current_user)
    form = CommentForm()
    if not form.validate_on_submit():
        return _page(draft, form, ScriptDecisionForm(formdata=None)), 422
    try:
        service.comment_block(db(), draft, Block(form.block.data), form.text.data or "", by=current_user)
    except Refused as refusal:
        form.text.errors = [*form.text.errors, *refusal.reasons]
        return _page(draft, form, ScriptDecisionForm(formdata=None)), 422
    db().commit()
    return redirect(url_for("scripts.show", draft_id=draft.id, _anchor=f"block-{form.block.data}"), 303)


@scripts.post("/drafts/<int:draft_id>/decision")
@requires(Permission.JUDGE_SCRIPTS)
def decide(draft_id: int) -> Any:
    draft = queries.get_draft(db(), draft_id, current_user)
    service.demand_judge(db(), draft, current_user)
    form = ScriptDecisionForm()
    if not form.validate_on_submit():
        return _page(draft, CommentForm(formdata=None), form), 422
    approved = form.verdict.data == DraftState.APPROVED
    deed = service.approve_draft if approved else service.return_draft
    try:
        deed(db(), draft, form.words.data or "", by=current_user)
    except Forbidden:
        raise
    except Refused as refusal:
        form.words.errors = [*form.words.errors, *refusal.reasons]
        return _page(draft, CommentForm(formdata=None), form), 422
    db().commit()
    flash(
        _("The draft is approved and in force.") if approved else _("The draft was returned."),
        "success",
    )
    return redirect(url_for("scripts.show", draft_id=draft.id), 303)


@scripts.get("/drafts/<int:draft_id>/diff")
@requires(Permission.READ_SCRIPTS)
def compare(draft_id: int) -> str:
    """What changed from another draft of the same script, without one named from the draft before."""
    draft = queries.get_draft(db(), draft_id, current_user)
    others = [each for each in _handed_in(draft) if each.id != draft.id]
    number = request.args.get("from", type=int)
    older = next((each for each in others if each.number < draft.number), None)
    before = older if number is None else next((each for each in others if each.number == number), None)
    if number is not None and before is None:
        raise Missing(_("There is no such draft."))
    blank = wording.DraftWording()
    return render_template(
        "scripts/diff.html",
        draft=draft,
        before=before,
        drafts=[draft, *others],
        blocks=diff.compare(wording.read(before.blocks) if before else blank, wording.read(draft.blocks)),
    )


@scripts.post("/drafts/<int:draft_id>/docx")
@requires(Permission.READ_SCRIPTS)
def export(draft_id: int) -> Response:
    """The draft to print and keep by the telephone. POST, because every use is written to the audit log."""
    draft = queries.get_draft(db(), draft_id, current_user)
    manager = draft.script.manager
    audit.record(
        db(),
        ScriptAction.EXPORT_SCRIPT,
        service.thing(draft),
        by_id=current_user.id,
        draft=draft.number,
        manager=manager.id,
    )
    db().commit()
    about = number = _("Draft %(number)d", number=draft.number)
    if draft.state is DraftState.APPROVED:
        about = f"{about}, {_('approved %(day)s', day=local_date(draft.decided_at))}"
    titles = {block: str(title) for block, title in BLOCKS.items()}
    words = wording.read(draft.blocks)
    file = printing.print_script(
        _("Script: %(name)s", name=manager.name), about, words, titles, author=manager.name
    )
    return as_file(Response(file, mimetype=printing.DOCX_TYPE), f"{manager.name} – {number}.docx")


def _page(draft: ScriptDraft, comment_form: CommentForm, decision_form: ScriptDecisionForm) -> str:
    """A draft as its readers meet it: the words, or what changed in them, with what was said beside each block."""
    before = next(iter(queries.handed_in(db(), draft.script.manager_id, before=draft.number)), None)
    changes = before is not None and request.args.get("view") == "changes"
    words = wording.read(draft.blocks)
    return render_template(
        "scripts/show.html",
        draft=draft,
        words=words,
        own=draft.script.manager_id == current_user.id,
        newest=draft is queries.last_draft(db(), draft.script.manager_id),
        judges=_judges(draft),
        before=before,
        blocks=diff.compare(wording.read(before.blocks), words) if before and changes else None,
        comments=comments_by_block(draft),
        doubts=doubts_about(db(), draft),
        comment_form=comment_form,
        decision_form=decision_form,
    )


def comments_by_block(draft: ScriptDraft | None) -> dict[Block, list[BlockComment]]:
    """What was said about each block of a draft."""
    said = draft.comments if draft else []
    return {block: [each for each in said if each.block is block] for block in Block}


def _judges(draft: ScriptDraft) -> bool:
    try:
        service.demand_judge(db(), draft, current_user)
    except Refused:
        return False
    return True


def _handed_in(draft: ScriptDraft) -> list[ScriptDraft]:
    return list(queries.handed_in(db(), draft.script.manager_id))
