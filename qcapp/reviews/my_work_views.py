"""The reviewer's own page, which the QC lead may open for each reviewer."""

from typing import Any

from flask import Blueprint, render_template

from qcapp.core import clock, local
from qcapp.core.errors import Missing
from qcapp.core.i18n import _
from qcapp.core.periods import midnight
from qcapp.core.web import db, requires, settings
from qcapp.people.access import me
from qcapp.people.choices import told_apart
from qcapp.people.models import User
from qcapp.people.permissions import Permission, holds
from qcapp.people.queries import holders_of
from qcapp.reviews import my_work, queries

mine = Blueprint("mine", __name__, url_prefix="/my-work")


@mine.get("/")
@requires(Permission.REVIEW)
def index() -> str:
    return _page(me())


@mine.get("/<int:reviewer_id>")
@requires(Permission.VIEW_PLANS)
def of_reviewer(reviewer_id: int) -> str:
    reviewer = db().get(User, reviewer_id)
    if reviewer is None or not holds(reviewer, Permission.REVIEW):
        raise Missing(_("There is no such reviewer."))
    return _page(reviewer)


def _page(reviewer: User) -> str:
    now, zone, enough = clock.now(), settings().zone, settings().enough_reviews
    today = local.day_of(now)
    since = midnight(my_work.first_monday(today), zone)
    weeks, pace = my_work.weeks_and_pace(db(), reviewer, today, zone)
    own = reviewer.id == me().id
    facts: dict[str, Any] = {
        "load": my_work.load_of(db(), reviewer, now, since),
        "to_calibrate": my_work.to_calibrate(db(), reviewer),
        "assignments": my_work.at_hand(db(), reviewer),
        "beside": my_work.beside_colleagues(db(), reviewer, since),
        "calibrations": my_work.from_the_reference(db(), reviewer, enough),
        "disputes": my_work.disputes_of(db(), reviewer, since),
    }
    return render_template(
        "mine/index.html",
        reviewer=reviewer,
        own=own,
        drafts=queries.drafts_of(db(), reviewer) if own else [],
        weeks=weeks,
        busiest=max(week.reviews for week in weeks),
        pace=pace,
        enough=enough,
        now=now,
        reviewers=told_apart(holders_of(db(), Permission.REVIEW))
        if holds(me(), Permission.VIEW_PLANS)
        else {},
        **facts,
    )
