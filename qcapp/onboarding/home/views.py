"""The start page. A manager's says what to do next and shows what waits; a coach's too; others have that of reviews."""

from typing import Any

from flask import render_template
from markupsafe import Markup

from qcapp.callscripts.words import BLOCKS
from qcapp.core import local
from qcapp.core.i18n import label
from qcapp.core.web import db, requires
from qcapp.onboarding.board.queries import row_of
from qcapp.onboarding.board.words import decision_words, refusal_words
from qcapp.onboarding.clearance.queries import Standing
from qcapp.onboarding.home import coach as coach_home
from qcapp.onboarding.home import words as next_words
from qcapp.onboarding.home.first_steps import first_steps
from qcapp.onboarding.home.next_thing import next_thing
from qcapp.onboarding.home.queries import waiting_for
from qcapp.onboarding.home.training import to_train
from qcapp.onboarding.sales.views import money
from qcapp.onboarding.words import sentence
from qcapp.people.access import me
from qcapp.people.models import User
from qcapp.people.permissions import Permission, holds
from qcapp.reviews import home as reviews_home
from qcapp.reviews import queries as reviews
from qcapp.terms import Role

READ = 5  # reviews read before that are shown


@requires(Permission.START_PAGE)
def home() -> Any:
    """The page behind the product's address."""
    match me().role:
        case Role.MANAGER:
            return _managers_page(me())
        case Role.COACH:
            return coach_home.page(me())
    return _start_page()


def _start_page() -> Any:
    """Of whoever leads, reviews or keeps the product running; led to the first score while there is none."""
    steps = first_steps(db(), me())
    if steps and not holds(me(), Permission.READ_PUBLISHED):
        return render_template("home/first.html", steps=steps)
    above = _training()
    if steps:
        to_score = reviews.waiting_calls(db(), me(), 1) if holds(me(), Permission.REVIEW) else []
        above = (
            render_template("home/_first_steps.html", steps=steps, to_score=next(iter(to_score), None))
            + above
        )
    return reviews_home.home(Markup(above))  # noqa: S704 (our own)


def _training() -> str:
    """Whoever trains besides sees what waits for it: those without a coach, or whose coach he stands in for."""
    waiting = to_train(db(), me()) if holds(me(), Permission.TRAIN) else None
    return render_template("home/_training.html", waiting=waiting) if waiting else ""


def _managers_page(manager: User) -> str:
    found, today = waiting_for(db(), manager), local.today()
    way: dict[str, Any] = _the_way(found.standing) if found.on_the_way else {"stage": None, "decision": ""}
    return render_template(
        "home/manager.html",
        found=found,
        next=next_words.told(next_thing(found.known(), today), found, today, way["decision"]),
        latest=reviews.published(db(), manager, size=READ + len(found.unread)),
        blocks=BLOCKS,
        today=today,
        money=money,
        **way,
    )


def _the_way(standing: Standing) -> dict[str, Any]:
    """What is missing for hot leads: of the stage of today, and what comes later."""
    assert standing.trainee is not None
    assert standing.program is not None
    assert standing.record is not None
    row = row_of(db(), standing.trainee, standing.program, standing.record, local.today())
    return {
        "stage": label(standing.record.now.stage),
        "attempt": standing.record.attempt,
        "failed": standing.record.failed_exam,
        "left": row.time,
        "decision": decision_words(row),
        "refused": refusal_words(standing.record),
        "now": [state for state in standing.missing if state.stage is standing.stage],
        "later": [state for state in standing.missing if state.stage is not standing.stage],
        "sentence": sentence,
    }
