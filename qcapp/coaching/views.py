"""The pages of coaching: tasks and talks, one talk with its calls, writing one down, and what becomes of its tasks."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from qcapp.coaching import agreements, labels, page, queries, service, writing
from qcapp.coaching.forms import CloseTaskForm, TalksFilter
from qcapp.coaching.models import TaskState
from qcapp.core import local
from qcapp.core.errors import Forbidden, Refused
from qcapp.core.i18n import _
from qcapp.core.web import db, requires
from qcapp.people.choices import told_apart
from qcapp.people.permissions import Permission, Scope, scope_of
from qcapp.transcripts import panels

coaching = Blueprint("coaching", __name__, url_prefix="/coaching")
panels.add("coaching", page.panel)


@coaching.get("/")
@requires(Permission.READ_COACHING)
def index() -> str:
    """What is to be done, what is overdue first, and the talks it was agreed in."""
    form = TalksFilter(request.args)
    form.offer(queries.managers(db(), current_user, Permission.READ_COACHING))
    before, manager_id = request.args.get("before", type=int), form.manager_id
    talks, older = queries.talks(db(), current_user, manager_id=manager_id, before=before)
    return render_template(
        "coaching/index.html",
        form=form,
        many=scope_of(current_user, Permission.READ_COACHING) is not Scope.OWN,
        tasks=queries.open_tasks(db(), current_user, manager_id=manager_id),
        talks=talks,
        older=older,
        before=before,
        today=local.today(),
    )


@coaching.route("/new", methods=["GET", "POST"])
@requires(Permission.COACH)
def new() -> Any:
    """Write down a talk with a manager, perhaps beginning from a published review or a call of his."""
    begun = writing.begun_from(request.args)
    if begun is None:
        managers = queries.managers(db(), current_user, Permission.COACH)
        active = [each for each in managers if each.active and each.id != current_user.id]
        return render_template("coaching/choose.html", managers=told_apart(active))
    agreements.demand_coach(db(), begun.manager.id, current_user)
    sheet = writing.new_sheet(begun, request.form if request.method == "POST" else None)
    if not sheet.sent_well():
        return _written("coaching/new.html", sheet)
    try:
        talk = service.hold_session(
            db(),
            begun.manager,
            by=current_user,
            tasks=[task.agreed() for task in sheet.tasks if task.meant],
            **sheet.words(),
        )
        db().commit()
    except Forbidden:
        raise
    except Refused as error:
        return _written("coaching/new.html", sheet, refused=error.reasons)
    flash(_("The session is written down. The manager has been told."), "success")
    return redirect(url_for("coaching.show", talk_id=talk.id), 303)


@coaching.get("/<int:talk_id>")
@requires(Permission.READ_COACHING)
def show(talk_id: int) -> Any:
    return page.show(queries.get_talk(db(), talk_id, current_user, Permission.READ_COACHING))


@coaching.route("/<int:talk_id>/edit", methods=["GET", "POST"])
@requires(Permission.COACH)
def edit(talk_id: int) -> Any:
    talk = queries.get_talk(db(), talk_id, current_user, Permission.COACH)
    sheet = writing.sheet_of(talk, request.form if request.method == "POST" else None)
    if not sheet.sent_well():
        return _written("coaching/edit.html", sheet, talk=talk)
    try:
        service.edit_session(db(), talk, by=current_user, **sheet.words())
        db().commit()
    except Forbidden:
        raise
    except Refused as error:
        return _written("coaching/edit.html", sheet, refused=error.reasons, talk=talk)
    flash(_("The session has been changed."), "success")
    return redirect(url_for("coaching.show", talk_id=talk.id), 303)


@coaching.post("/<int:talk_id>/acknowledge")
@requires(Permission.ACKNOWLEDGE)
def acknowledge(talk_id: int) -> Response:
    talk = queries.get_talk(db(), talk_id, current_user, Permission.ACKNOWLEDGE)
    service.acknowledge(db(), talk, by=current_user)
    db().commit()
    return redirect(url_for("coaching.show", talk_id=talk.id), 303)


@coaching.post("/<int:talk_id>/tasks")
@requires(Permission.COACH)
def agree(talk_id: int) -> Any:
    """A further task, agreed after the talk was written down."""
    talk = queries.get_talk(db(), talk_id, current_user, Permission.COACH)
    form = page.further_task(request.form)
    if not form.validate() or not form.meant:
        return page.show(talk, further=form), 422
    try:
        task = agreements.agree_task(db(), talk, form.agreed(), by=current_user)
        db().commit()
    except Forbidden:
        raise
    except Refused as error:
        return page.show(talk, further=form, refused=error.reasons), 422
    return redirect(agreements.path(task), 303)


@coaching.post("/tasks/<int:coaching_task_id>/close")
@requires(Permission.COACH)
def close(coaching_task_id: int) -> Any:
    task = queries.get_task(db(), coaching_task_id, current_user, Permission.COACH)
    form = CloseTaskForm(request.form, prefix=f"close{task.id}-")
    if not form.validate():
        talk = queries.get_talk(db(), task.session_id, current_user, Permission.COACH)
        return page.show(talk, closing={task.id: form}), 422
    agreements.close_task(db(), task, TaskState(form.state.data), form.closing.data, by=current_user)
    db().commit()
    flash(_("The task is closed."), "success")
    return redirect(agreements.path(task), 303)


@coaching.post("/tasks/<int:coaching_task_id>/recheck")
@requires(Permission.COACH)
def recheck(coaching_task_id: int) -> Any:
    """On which later call the task is checked."""
    task = queries.get_task(db(), coaching_task_id, current_user, Permission.COACH)
    agreements.link_recheck(db(), task, page.chosen_recheck(task, request.form), by=current_user)
    db().commit()
    return redirect(agreements.path(task), 303)


def _written(template: str, sheet: writing.SessionPage, **facts: Any) -> Any:
    """The page with everything that was typed still in it."""
    text = render_template(template, sheet=sheet, **({"refused": ()} | facts))
    return text, 422 if sheet.sent else 200


@coaching.app_template_global()
def coaching_words() -> dict[str, Any]:
    """What states of tasks and verdicts are called, for every page that lists them."""
    return {"states": labels.STATES, "verdicts": labels.VERDICTS, "tones": labels.TONES}
