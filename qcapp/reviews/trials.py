"""A checklist under trial beside the one in force, on the calls that one reviewer scored on both."""

from flask import Blueprint, render_template
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from qcapp.calls.models import Call
from qcapp.checklists import queries as checklists
from qcapp.core.web import db, requires, settings
from qcapp.people.permissions import Permission
from qcapp.reviews import queries, rules

trials = Blueprint("trials", __name__)


@trials.get("/checklists/<key>/trial/<int:number>")
@requires(Permission.EDIT_CHECKLISTS)
def show(key: str, number: int) -> str:
    """For whoever decides whether the new version is switched on. It names no reviewer."""
    version = checklists.version_by_number(db(), checklists.checklist_by_key(db(), key), number)
    pairs = queries.shadow_pairs(db(), version)
    wanted = select(Call).where(Call.id.in_([call for _old, _new, call in pairs]))
    calls = {call.id: call for call in db().scalars(wanted.options(joinedload(Call.manager)))}
    return render_template(
        "reviews/trial.html",
        version=version,
        pairs=[(old, new, calls[call]) for old, new, call in pairs],
        comparison=rules.compare((old, new) for old, new, _call in pairs),
        close=rules.CLOSE,
        enough=settings().enough_reviews,
    )
