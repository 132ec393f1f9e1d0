"""A person's notices: the list, and the way from each to its page."""

from typing import Any

from flask import Blueprint, redirect, render_template, url_for

from qcapp.core.web import db, requires
from qcapp.people import notices
from qcapp.people.access import me
from qcapp.people.notice_words import sentence
from qcapp.people.permissions import Permission

inbox = Blueprint("notices", __name__)
inbox.add_app_template_filter(sentence, "sentence")


@inbox.app_template_global()
def unread_notices() -> int:
    """How many notices the person has not read, for the header of every page."""
    return notices.unread_count(db(), me())


@inbox.get("/notices")
@requires(Permission.START_PAGE)
def index() -> str:
    return render_template("notices/index.html", notices=notices.latest(db(), me()))


@inbox.post("/notices/<int:notice_id>/open")
@requires(Permission.START_PAGE)
def open_one(notice_id: int) -> Any:
    """Opening a notice is reading it."""
    notice = notices.get_notice(db(), notice_id, me())
    notices.mark_one_read(db(), notice)
    db().commit()
    return redirect(notice.path, 303)


@inbox.post("/notices/read/<int:up_to>")
@requires(Permission.START_PAGE)
def read_all(up_to: int) -> Any:
    """All up to the newest one the page showed; what came since stays unread."""
    notices.mark_read(db(), me(), up_to=up_to)
    db().commit()
    return redirect(url_for("notices.index"), 303)
