"""The page on which a talk is written down: what it begins with, what it offers, and what was typed into it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_login import current_user
from werkzeug.datastructures import MultiDict
from wtforms import SelectChoice

from qcapp.calls import queries as calls
from qcapp.calls.models import Call
from qcapp.calls.numbers import numbers
from qcapp.coaching import forms, offers
from qcapp.coaching.forms import SessionForm, TaskForm, all_valid
from qcapp.coaching.models import CoachingSession
from qcapp.coaching.offers import Offer
from qcapp.core import clock, local
from qcapp.core.errors import Missing
from qcapp.core.i18n import _
from qcapp.core.web import db, settings
from qcapp.people.models import User
from qcapp.reviews import queries as reviews
from qcapp.reviews import shown
from qcapp.reviews.models import Review

EMPTY_TASKS = 2
MOST_TASKS = 10  # that one page can bring


@dataclass(frozen=True, slots=True)
class Begun:
    """With whom the talk was, and the review or the call it began from."""

    manager: User
    review: Review | None = None
    call: Call | None = None


@dataclass(frozen=True, slots=True)
class SessionPage:
    """The forms of the page, the calls it offers, and which of them are chosen."""

    manager: User
    form: SessionForm
    tasks: Sequence[TaskForm]
    offered: Sequence[Offer]
    chosen: frozenset[str]
    sent: bool
    talk: CoachingSession | None = None
    """What is changed; None: a new one."""

    def sent_well(self) -> bool:
        """Whether it was sent and makes sense; otherwise the forms say what is wrong."""
        return self.sent and all_valid([self.form, *self.tasks])

    @property
    def others(self) -> list[Offer]:
        """The calls of which nothing is chosen."""
        return [offer for offer in self.offered if offer not in self.picked]

    @property
    def picked(self) -> list[Offer]:
        """The calls that are chosen, or marks of them."""
        return [offer for offer in self.offered if offers.links([offer], self.chosen)]

    def words(self) -> dict[str, Any]:
        """What the services ask for. Raises Refused for a masked number that was changed."""
        return {
            "held_at": self.form.moment(settings().zone),
            "topic": self._meant(self.form.topic.data, "topic"),
            "notes": self._meant(self.form.notes.data, "notes"),
            "calls": offers.links(self.offered, self.chosen),
        }

    def _meant(self, written: str, name: str) -> str:
        if self.talk is None:
            return written
        return numbers().meant_beside(written, getattr(self.talk, name), self.talk.manager_id)


def begun_from(args: Mapping[str, str]) -> Begun | None:
    """What the address names: ``review``, ``call`` or ``manager``; None: nobody yet."""
    numbers = {
        name: int(text) for name in ("review", "call", "manager") if (text := args.get(name, "")).isdecimal()
    }
    if "review" in numbers:
        review = reviews.get_review(db(), numbers["review"], current_user)
        if review.manager is None:
            raise Missing(_("Nobody knows whose call this was."))
        return Begun(review.manager, review=review, call=review.call)
    if "call" in numbers:
        call = calls.visible_call(db(), numbers["call"], by=current_user)
        if call is None or call.manager is None:
            raise Missing(_("Nobody knows whose call this was."))
        return Begun(call.manager, call=call)
    if "manager" in numbers:
        manager = db().get(User, numbers["manager"])
        if manager is None:
            raise Missing(_("There is no such person."))
        return Begun(manager)
    return None


def new_sheet(begun: Begun, data: MultiDict[str, str] | None) -> SessionPage:
    """An empty sheet, or one that begins with what went badly in a review; or what was sent of it."""
    now = local.time_of(clock.now())
    review, language = begun.review, shown.language()
    suggested = offers.suggested(review, language) if review else []
    choices = item_choices(review)
    if data is not None:
        tasks = forms.sent_tasks(data, choices, MOST_TASKS)
    else:
        due_on = now.date() + forms.USUAL_TIME
        rows: list[dict[str, str]] = [
            *(each.row() for each in suggested),
            *({} for _row in range(EMPTY_TASKS)),
        ]
        tasks = [
            forms.task_form(None, number, choices, due_on=due_on, **row) for number, row in enumerate(rows)
        ]
    topic = suggested[0].title[: forms.TOPIC] if suggested else ""
    first = offers.chosen_from(review) if review else {offers.key(begun.call)} if begun.call else set()
    return SessionPage(
        begun.manager,
        SessionForm(data, data={"topic": topic, "held_at": now}),
        tasks,
        offers.calls(db(), begun.manager, by=current_user, also=[begun.call.id] if begun.call else ()),
        frozenset(first if data is None else data.getlist("calls")),
        sent=data is not None,
    )


def sheet_of(talk: CoachingSession, data: MultiDict[str, str] | None) -> SessionPage:
    """What is written of a talk, to be changed; its tasks are agreed and stay."""
    written = {name: numbers().beside(getattr(talk, name), talk.manager_id) for name in ("topic", "notes")}
    return SessionPage(
        talk.manager,
        SessionForm(data, data=written | {"held_at": local.time_of(talk.held_at)}),
        (),
        offers.calls(db(), talk.manager, by=current_user, also={link.call_id for link in talk.calls}),
        frozenset(offers.chosen_of(talk) if data is None else data.getlist("calls")),
        sent=data is not None,
        talk=talk,
    )


def item_choices(review: Review | None = None) -> list[SelectChoice]:
    """The items a task can be about, by checklist."""
    found = offers.items(db(), shown.language(), review.version if review else None)
    return [SelectChoice(value, title, optgroup=card) for value, title, card in found]
