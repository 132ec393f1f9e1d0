"""The page of one talk: its calls with their marks, its tasks with what later calls show, the forms of its coach."""

from dataclasses import dataclass
from typing import Any

from flask import render_template, request
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from wtforms import SelectChoice

from qcapp.calls.models import Call
from qcapp.calls.start_words import call_time
from qcapp.coaching import agreements, forms, items, queries, writing
from qcapp.coaching.forms import CloseTaskForm, RecheckForm, TaskForm
from qcapp.coaching.models import CoachingSession, CoachingTask, TaskState
from qcapp.core import local
from qcapp.core.web import db, settings
from qcapp.people.models import User
from qcapp.reviews import shown
from qcapp.reviews.models import Mark, Review
from qcapp.reviews.queries import readable

LATER_CALLS = 30


@dataclass(frozen=True, slots=True)
class DiscussedCall:
    """A call of the talk, and the marks at which it was stopped."""

    call: Call
    marks: tuple[Mark, ...]


def show(
    talk: CoachingSession,
    *,
    closing: dict[int, CloseTaskForm] | None = None,
    further: TaskForm | None = None,
    refused: tuple[str, ...] = (),
) -> str:
    """The page; forms are given where what was typed into them cannot be taken yet."""
    heard = _heard(talk)
    at_hand = _at_hand(heard)
    enough = settings().enough_reviews
    return render_template(
        "coaching/show.html",
        talk=talk,
        heard=heard,
        at_hand=at_hand,
        sound=shown.heard(at_hand.call) if at_hand else {"lanes": None},
        marks=[_on_the_wave(mark) for mark in at_hand.marks] if at_hand else [],
        progress=items.progress_of(db(), talk, enough, by=current_user),
        titles=items.titles(db(), talk.tasks),
        enough=enough,
        refused=refused,
        today=local.today(),
        **_of_the_coach(talk, closing or {}, further),
    )


def panel(session: Session, call: Call, user: User) -> str:
    """On a call's page: the talks it was part of, and for who coaches its manager the way to one."""
    talks = queries.talks_about(session, call, user)
    coaches = agreements.may_coach(session, call.manager_id, user)
    if not talks and not coaches:
        return ""
    return render_template("coaching/_panel.html", call=call, talks=talks, coaches=coaches)


def further_task(data: MultiDict[str, str] | None) -> TaskForm:
    """The form that agrees one more task."""
    due_on = local.today() + forms.USUAL_TIME
    return forms.task_form(data, 0, writing.item_choices(), due_on=due_on)


def chosen_recheck(task: CoachingTask, data: MultiDict[str, str]) -> Call | None:
    """The call that was chosen to check the task on; one that was not offered is none."""
    form = _recheck_form(task, _later(task.session), data)
    return db().get(Call, int(form.call.data)) if form.validate() and form.call.data else None


def _of_the_coach(
    talk: CoachingSession, closing: dict[int, CloseTaskForm], further: TaskForm | None
) -> dict[str, Any]:
    """What only who coaches the manager can do."""
    if not agreements.may_coach(db(), talk.manager_id, current_user):
        return {"coaches": False}
    later = _later(talk)
    waiting = [task for task in talk.tasks if task.state is TaskState.OPEN]
    return {
        "coaches": True,
        "closing": {
            task.id: closing.get(task.id) or CloseTaskForm(None, prefix=f"close{task.id}-")
            for task in waiting
        },
        "wrong": set(closing),
        "rechecks": {task.id: _recheck_form(task, later, None) for task in waiting} if later else {},
        "further": further or further_task(None),
        "further_wrong": further is not None,
    }


def _heard(talk: CoachingSession) -> list[DiscussedCall]:
    """The calls in the order they were linked, with the marks of reviews the person may read."""
    reviews = {link.mark.review_id for link in talk.calls if link.mark}
    open_ones = set(db().scalars(select(Review.id).where(Review.id.in_(reviews), readable(current_user))))
    calls: dict[int, list[Mark]] = {}
    for link in talk.calls:
        marks = calls.setdefault(link.call_id, [])
        if link.mark and link.mark.review_id in open_ones:
            marks.append(link.mark)
    rows = {link.call_id: link.call for link in talk.calls}
    return [
        DiscussedCall(rows[call_id], tuple(sorted(marks, key=lambda mark: mark.start_s)))
        for call_id, marks in calls.items()
    ]


def _at_hand(heard: list[DiscussedCall]) -> DiscussedCall | None:
    """The call in the player: the one asked for, else the first."""
    wanted = request.args.get("call", type=int)
    return next((each for each in heard if each.call.id == wanted), heard[0] if heard else None)


def _on_the_wave(mark: Mark) -> dict[str, Any]:
    return {"id": mark.id, "start": mark.start_s, "end": mark.end_s, "text": mark.text}


def _later(talk: CoachingSession) -> list[Call]:
    """Calls made after the talk whose reviews are published, the first ones first."""
    scored = select(Review.call_id).where(readable(current_user), Review.manager_id == talk.manager_id)
    found = select(Call).where(
        Call.manager_id == talk.manager_id,
        Call.started_at > talk.held_at,
        Call.start_known.is_(True),
        Call.id.in_(scored),
    )
    return list(db().scalars(found.order_by(Call.started_at, Call.id).limit(LATER_CALLS)))


def _recheck_form(task: CoachingTask, later: list[Call], data: MultiDict[str, str] | None) -> RecheckForm:
    chosen = task.recheck_call
    calls = later if chosen is None or chosen in later else [*later, chosen]
    choices = [SelectChoice(str(call.id), call_time(call)) for call in calls]
    return forms.recheck_form(data, task.id, choices, chosen.id if chosen else None)
