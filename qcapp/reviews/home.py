"""The start page: what there is to do for this person, and the panel about reviews on a call's page."""

from typing import Any

from flask import render_template
from flask_login import current_user
from sqlalchemy.orm import Session

from qcapp.calls.models import Call
from qcapp.core.errors import Forbidden
from qcapp.core.web import db, requires
from qcapp.people.models import User
from qcapp.people.permissions import Permission, holds
from qcapp.people.views import home as first_page
from qcapp.reviews import queries, service
from qcapp.reviews.queue import queries as queue
from qcapp.reviews.queue.queries import OpenFilter

LATEST = 10


@requires(Permission.START_PAGE)
def home(above: str = "") -> Any:
    """The queue, drafts and calls to score, and what was published; whoever reads none of it goes to another page.

    ``above``: HTML of features above, shown first.
    """
    if not holds(current_user, Permission.READ_PUBLISHED):
        return first_page()
    reviewer = holds(current_user, Permission.REVIEW)
    return render_template(
        "reviews/home.html",
        above=above,
        drafts=queries.drafts_of(db(), current_user) if reviewer else [],
        waiting=queries.waiting_calls(db(), current_user) if reviewer else [],
        numbers=queue.numbers(db(), current_user) if reviewer else None,
        everything=queue.open_count(db(), OpenFilter())
        if holds(current_user, Permission.VIEW_PLANS)
        else None,
        latest=queries.published(db(), current_user, size=LATEST),
    )


def panel(session: Session, call: Call, user: User) -> str:
    """The reviews of a call the person may see, and the button that begins one."""
    reviews = queries.reviews_of_call(session, call, user)
    begun = any(review.reviewer_id == user.id for review in reviews)
    scorable = call.recording is not None and not call.role_play
    may_score = not begun and scorable and _may_score(session, call, user)
    if not reviews and not may_score:
        return ""
    return render_template("reviews/_panel.html", reviews=reviews, call=call, may_score=may_score)


def _may_score(session: Session, call: Call, user: User) -> bool:
    try:
        service.demand_unrelated(session, call, user)
    except Forbidden:
        return False
    return True
