"""The pages of tasks to call lost clients again: what is open, overdue and closed, and closing one."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_login import current_user
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from qcapp.core import clock
from qcapp.core.forms import Form, options
from qcapp.core.i18n import _, lazy
from qcapp.core.web import db, requires
from qcapp.people.permissions import Permission
from qcapp.reviews.recalls import queries, service
from qcapp.reviews.recalls.models import Recall, RecallState

recalls = Blueprint("recalls", __name__)
STATES = {
    RecallState.CALLED: lazy("Called again"),
    RecallState.DROPPED: lazy("Not needed"),
}


class CloseRecallForm(Form):
    state = RadioField(
        lazy("What was done"),
        [InputRequired()],
        choices=options((state.value, label) for state, label in STATES.items()),
    )
    note = TextAreaField(
        lazy("What came of it, or why no call is needed"),
        [Length(max=5_000)],
        filters=[lambda text: (text or "").strip()],
    )

    def validate_note(self, field: TextAreaField) -> None:
        if not field.data:
            raise ValidationError(_("Say in a few words what came of it, or why the client is not called."))


@recalls.get("/recalls")
@requires(Permission.RECALL)
def index() -> str:
    before = request.args.get("before", type=int)
    closed, older = queries.closed(db(), current_user, before=before)
    return render_template(
        "recalls/index.html",
        waiting=queries.open_recalls(db(), current_user),
        closed=closed,
        older=older,
        before=before,
        states=STATES,
        now=clock.now(),
    )


@recalls.get("/recalls/<int:recall_id>")
@requires(Permission.RECALL)
def show(recall_id: int) -> Any:
    return _page(queries.get_recall(db(), recall_id, current_user), CloseRecallForm())


@recalls.post("/recalls/<int:recall_id>/close")
@requires(Permission.RECALL)
def close(recall_id: int) -> Any:
    recall = queries.get_recall(db(), recall_id, current_user)
    form = CloseRecallForm(request.form)
    if not form.validate():
        return _page(recall, form), 422
    service.close_recall(db(), recall, RecallState(form.state.data), form.note.data, by=current_user)
    db().commit()
    flash(_("The task is closed."), "success")
    return redirect(url_for("recalls.index"), 303)


def _page(recall: Recall, form: CloseRecallForm) -> str:
    return render_template("recalls/show.html", recall=recall, form=form, states=STATES, now=clock.now())
