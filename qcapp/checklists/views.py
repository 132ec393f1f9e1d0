"""Reading checklists: the list, and one card as a reviewer meets it, with its guides."""

from flask import Blueprint, render_template, request
from flask_babel import get_locale

from qcapp.checklists import preview, queries
from qcapp.checklists.card import say
from qcapp.checklists.models import Checklist, ChecklistVersion, VersionState
from qcapp.core.web import db, requires
from qcapp.people.permissions import Permission

checklists = Blueprint("checklists", __name__, url_prefix="/checklists")


@checklists.get("/")
@requires(Permission.VIEW_CHECKLISTS)
def index() -> str:
    language = str(get_locale())
    rows = [
        {
            "checklist": checklist,
            "version": version,
            "title": say(version.title, language),
            "purpose": say(checklist.purpose, language),
        }
        for checklist in queries.all_checklists(db())
        if (version := _shown(checklist))
    ]
    return render_template("checklists/index.html", rows=rows)


@checklists.get("/<key>")
@requires(Permission.VIEW_CHECKLISTS)
def show(key: str) -> str:
    language = str(get_locale())
    checklist = queries.checklist_by_key(db(), key)
    version = queries.version_by_number(db(), checklist, request.args.get("version", type=int))
    card = queries.card_of(version)
    return render_template(
        "checklists/show.html",
        checklist=checklist,
        version=version,
        title=say(card.title, language),
        purpose=say(card.purpose, language),
        conditions=preview.conditions(card.applies_to),
        sections=preview.lay_out(card, language),
    )


def _shown(checklist: Checklist) -> ChecklistVersion | None:
    """The version in force, else the newest."""
    in_force = (version for version in checklist.versions if version.state is VersionState.PUBLISHED)
    return next(in_force, checklist.versions[-1] if checklist.versions else None)
