"""The next thing in words, with the page on which it is done."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for

from qcapp.calls.start_words import call_date
from qcapp.core.formats import day, local_date
from qcapp.core.i18n import _, label, ngettext
from qcapp.onboarding.board.words import refusal_words
from qcapp.onboarding.home.next_thing import NextThing, is_late
from qcapp.onboarding.home.queries import ManagerWork, agreed
from qcapp.onboarding.program.plan import OF_CALLS
from qcapp.onboarding.rules import State, lacking_calls
from qcapp.onboarding.states import WorkState
from qcapp.onboarding.words import sentence
from qcapp.terms import ConditionKind


@dataclass(frozen=True, slots=True)
class Next:
    """One clear sentence, and one button; ``url`` None: there is nothing to press."""

    thing: NextThing
    sentence: str
    button: str = ""
    url: str | None = None


def told(thing: NextThing, found: ManagerWork, today: date, decision: str = "") -> Next:
    """The thing for this manager; ``decision``: whose is waited for, as a sentence."""
    words, button, url = _TOLD[thing](found, today)
    if thing is NextThing.WAIT:
        words = f"{words} {decision}".strip()
    return Next(thing, words, button, url)


Told = tuple[str, str, str | None]


def _fix_work(found: ManagerWork, _today: date) -> Told:
    work = next(work for work in found.works if work.state is WorkState.RETURNED)
    what = label(ConditionKind(work.kind))
    return (
        _("“%(what)s” has come back. Put it right and hand it in again.", what=what),
        _("Put it right"),
        url_for("work.edit", manager_id=found.standing.person.id, work=work.kind.value),
    )


def _fix_script(found: ManagerWork, _today: date) -> Told:
    return (
        _("Your script has come back with comments. Put it right and hand it in again."),
        _("Put it right"),
        url_for("scripts.of_manager", manager_id=found.standing.person.id),
    )


def _overdue_task(found: ManagerWork, today: date) -> Told:
    task = next(task for task in found.tasks if is_late(agreed(task), today))
    return (
        _(
            "You agreed with %(coach)s to do this by %(day)s: %(task)s",
            coach=task.session.coach.name,
            day=day(task.due_on),
            task=task.text,
        ),
        _("To the task"),
        url_for("coaching.show", talk_id=task.session_id, _anchor=f"task-{task.id}"),
    )


def _read_review(found: ManagerWork, _today: date) -> Told:
    oldest = found.unread[0]
    words = ngettext(
        "Your call of %(when)s has been scored: read what to improve.",
        "%(num)d of your calls have been scored: read what to improve, the call of %(when)s first.",
        len(found.unread),
        when=call_date(oldest.call),
    )
    return words, _("Read it"), url_for("reviews.show", review_id=oldest.id)


def _read_talk(found: ManagerWork, _today: date) -> Told:
    talk = found.talks[0]
    return (
        _(
            "%(coach)s has written down what you talked over: “%(topic)s”.",
            coach=talk.coach.name,
            topic=talk.topic,
        ),
        _("Read it"),
        url_for("coaching.show", talk_id=talk.id),
    )


def _step(found: ManagerWork, _today: date) -> Told:
    assert found.step is not None
    return _to_do(found.step), _("Go on"), _page_of(found.step, found.standing.person.id)


def _wait(found: ManagerWork, _today: date) -> Told:
    words, taken_away = "", found.standing.taken_away
    record = found.standing.record
    if found.step:
        words = f"{sentence(found.step)}."
    elif record is not None and record.refusal is not None:
        words = refusal_words(record)
    elif taken_away:
        words = _("Your clearance was taken away on %(day)s.", day=local_date(taken_away))
    url = url_for("clearance.show", manager_id=found.standing.person.id)
    return words, _("What is met and what is missing"), url


def _begin(found: ManagerWork, _today: date) -> Told:
    words = _("You may not call leads yet: HR begins your onboarding, or it is decided that you need none.")
    return words, _("Clearance"), url_for("clearance.show", manager_id=found.standing.person.id)


def _parted(found: ManagerWork, _today: date) -> Told:
    trainee = found.standing.trainee
    assert trainee is not None
    assert trainee.parted_at is not None
    words = _(
        "Your onboarding ended on %(day)s (%(why)s). You may not call leads; HR or your head of sales says what "
        "follows.",
        day=local_date(trainee.parted_at),
        why=trainee.stages[-1].why,
    )
    return words, _("My way to hot leads"), url_for("onboarding.show", manager_id=found.standing.person.id)


def _nothing(_found: ManagerWork, _today: date) -> Told:
    return _("All done: nothing waits for you."), "", None


def _to_do(step: State) -> str:
    """A condition that is not met as something to do."""
    have, need = round(step.have or 0), round(step.need)
    words: dict[ConditionKind, str] = {
        ConditionKind.SPVE: _("Fill in the SPVE table and hand it in."),
        ConditionKind.REASONS: _(
            "Write the reasons to buy and hand them in: %(have)d of %(need)d.", have=have, need=need
        ),
        ConditionKind.LESSONS: _(
            "Go through the lessons and confirm them: %(have)d of %(need)d.", have=have, need=need
        ),
        ConditionKind.SCRIPT: _("Write your own script and hand it in."),
        ConditionKind.EXAM: _("Prepare for the exam: your coach plays the client."),
        ConditionKind.SCORED_CALLS: _("Make calls: %(have)d of %(need)d are scored.", have=have, need=need),
        ConditionKind.SALE: _("Make a sale and enter it."),
        ConditionKind.SCORE: _("Raise the average score of your last calls to %(need)d %%.", need=need),
        ConditionKind.NO_CRITICAL: ngettext(
            "Make %(num)d more call without a critical error.",
            "Make %(num)d more calls in a row without a critical error.",
            lacking_calls(step),
        ),
    }
    return words[step.kind]


def _page_of(step: State, manager_id: int) -> str:
    """Where the step is made."""
    if step.kind in OF_CALLS:
        return url_for("reviews.index")
    endpoint, more = _PAGES[step.kind]
    return url_for(endpoint, manager_id=manager_id, **more)


_PAGES: dict[ConditionKind, tuple[str, dict[str, Any]]] = {
    ConditionKind.SPVE: ("work.edit", {"work": "spve"}),
    ConditionKind.REASONS: ("work.edit", {"work": "reasons"}),
    ConditionKind.LESSONS: ("work.index", {"_anchor": "lessons"}),
    ConditionKind.SCRIPT: ("scripts.of_manager", {}),
    ConditionKind.EXAM: ("exams.index", {}),
    ConditionKind.SALE: ("sales.index", {}),
}
_TOLD = {
    NextThing.FIX_WORK: _fix_work,
    NextThing.FIX_SCRIPT: _fix_script,
    NextThing.OVERDUE_TASK: _overdue_task,
    NextThing.READ_REVIEW: _read_review,
    NextThing.READ_TALK: _read_talk,
    NextThing.STEP: _step,
    NextThing.WAIT: _wait,
    NextThing.BEGIN: _begin,
    NextThing.PARTED: _parted,
    NextThing.NOTHING: _nothing,
}
