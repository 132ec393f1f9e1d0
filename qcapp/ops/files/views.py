"""The page of stored files that are missing, changed or unknown, and when everything was last looked at."""

from flask import Blueprint, render_template, request
from sqlalchemy import func, select

from qcapp.core.storage import PARTS
from qcapp.core.web import db, requires
from qcapp.ops.files import words
from qcapp.ops.files.models import FileFault, FileRound
from qcapp.people.permissions import Permission

files = Blueprint("files", __name__, url_prefix="/files")
PAGE = 50


@files.get("")
@requires(Permission.CHECK_FILES)
def index() -> str:
    page = max(1, request.args.get("page", 1, type=int))
    faults = select(FileFault).order_by(FileFault.mended_at.is_not(None), FileFault.id.desc())
    found = db().scalars(faults.offset((page - 1) * PAGE).limit(PAGE + 1)).all()
    checked, oldest = (
        db().execute(select(func.count(FileRound.checked_at), func.min(FileRound.checked_at))).one()
    )
    return render_template(
        "files/index.html",
        faults=found[:PAGE],
        page=page,
        more=len(found) > PAGE,
        share=100 * checked // len(PARTS),
        oldest=oldest,
        words=words,
    )
