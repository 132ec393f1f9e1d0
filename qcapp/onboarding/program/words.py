"""What keeps a document from being a program, in words, and what its fields are called."""

from collections.abc import Mapping, Sequence
from typing import Any

from babel.support import LazyProxy

from qcapp.checklists import form_errors
from qcapp.checklists.card import say
from qcapp.core.formats import decimal
from qcapp.core.i18n import _, label, lazy, ngettext
from qcapp.onboarding.program.plan import Condition, ProgramProblem, StagePlan
from qcapp.onboarding.states import ProgramState
from qcapp.terms import ConditionKind, Stage

FIELDS: dict[str, LazyProxy] = {
    "key": lazy("Key"),
    "title": lazy("Title"),
    "stage": lazy("Stage"),
    "what": lazy("What happens"),
    "lead_sources": lazy("Leads that may be called"),
    "days": lazy("Days"),
    "working_days": lazy("Working days only"),
    "exam_card": lazy("Checklist of the exam"),
    "lessons": lazy("Lessons"),
    "article": lazy("Instruction"),
    "conditions": lazy("Conditions"),
    "clearance": lazy("Clearance for hot leads"),
    "holidays": lazy("Further days off"),
    "kind": lazy("Condition"),
    "count": lazy("How many"),
    "mark": lazy("Mark"),
    "score": lazy("Score, %"),
    "last": lazy("Last calls"),
}

_ONE_OF: dict[str, LazyProxy] = {
    "lessons": lazy("Lesson"),
    "conditions": lazy("Condition"),
    "clearance": lazy("Clearance, condition"),
    "holidays": lazy("Further day off"),
}
STATES: dict[ProgramState, tuple[LazyProxy, str]] = {
    ProgramState.DRAFT: (lazy("draft"), "warn"),
    ProgramState.PUBLISHED: (lazy("in force"), "good"),
    ProgramState.ARCHIVED: (lazy("archived"), ""),
}


def asked(condition: Condition) -> str:
    """What a condition asks for, of nobody in particular."""
    count, last = condition.count or 0, condition.last or 0
    said: dict[ConditionKind, str] = {
        ConditionKind.SPVE: _("The SPVE table with %(count)d rows is accepted", count=count),
        ConditionKind.REASONS: _("%(count)d reasons to buy are accepted", count=count),
        ConditionKind.LESSONS: _("Every lesson is confirmed"),
        ConditionKind.SCRIPT: _("A draft of the own script is approved"),
        ConditionKind.EXAM: _("The exam is passed with %(mark)s or better", mark=_short(condition.mark)),
        ConditionKind.SCORED_CALLS: _("Calls scored: %(count)d", count=count),
        ConditionKind.SALE: _("Sales confirmed: %(count)d", count=count),
        ConditionKind.SCORE: _(
            "The last %(last)d calls have %(score)s %% on average", last=last, score=_short(condition.score)
        ),
        ConditionKind.NO_CRITICAL: _("The last %(last)d calls have no critical error", last=last),
    }
    return said[condition.kind]


def term(plan: StagePlan) -> str:
    """How long the stage may take."""
    if plan.days is None:
        return _("no limit")
    if plan.working_days:
        return ngettext("%(num)d working day", "%(num)d working days", plan.days)
    return ngettext("%(num)d day", "%(num)d days", plan.days)


def leads_words(plan: StagePlan) -> str:
    """From which leads calls are allowed; empty: from none."""
    return ", ".join(str(label(source)) for source in plan.lead_sources)


def sentence(problem: ProgramProblem) -> str:
    """What is wrong, without where."""
    if problem.kind == "extra_forbidden":
        return form_errors.unknown_field(problem.path[-1])
    if problem.kind == "unknown_language":
        return form_errors.unknown_language()
    if problem.kind in (own := _sentences()):
        return own[problem.kind] % problem.values
    return form_errors.sentence(problem.kind, problem.values, problem.message)


def placed(problem: ProgramProblem, document: Mapping[str, Any]) -> str:
    """Where and what: “Day 2. Technique › Lessons 3 › Title: this text is empty.”"""
    where = place(problem.path, document)
    return f"{where}: {sentence(problem)}" if where else sentence(problem)


def place(path: Sequence[str | int], document: Mapping[str, Any]) -> str:
    """Where a path leads, in the words of the editor."""
    words: list[str] = []
    here: Any = document
    for depth, step in enumerate(path):
        here = _step(here, step)
        if isinstance(step, str):
            followed = depth + 1 < len(path) and isinstance(path[depth + 1], int)
            if step in FIELDS and not followed:
                words.append(str(FIELDS[step]))
        elif path[depth - 1] == "stages":
            words.append(_stage_of(here) or str(step + 1))
        else:
            words.append(f"{_ONE_OF.get(str(path[depth - 1]), '')} {step + 1}".strip())
    return " › ".join(words)


def _stage_of(data: Any) -> str:
    """What a stage is called in the document, else in the product."""
    if not isinstance(data, Mapping):
        return ""
    title = data.get("title")
    if isinstance(title, str) or not title:
        return title or (str(label(Stage(data["stage"]))) if data.get("stage") in list(Stage) else "")
    return say(title, "ru") if isinstance(title, Mapping) else ""


def _short(value: float | None) -> str:
    return decimal(value, 0 if value is None or value == round(value) else 1)


def _step(data: Any, step: str | int) -> Any:
    try:
        return data[step]
    except (KeyError, IndexError, TypeError):
        return None


def _sentences() -> dict[str, str]:
    """Of what only a program can have; looked up when needed, because the language is the reader's."""
    any_day = _("“%(value)s” is no day; write it as 2027-01-31.")
    return {
        "date_from_datetime_parsing": any_day,
        "date_from_datetime_inexact": any_day,
        "date_parsing": any_day,
        "date_type": any_day,
        "not_of_this_kind": _("this condition has no such number; leave it out."),
        "double": _("“%(key)s” is there twice; keep one of the two."),
        "no_lessons": _("a condition asks for the lessons, but this stage has none. Add a lesson."),
        "no_exam_card": _("a condition asks for an exam, but no checklist of the exam is chosen."),
        "no_leads": _("a condition asks for calls, but no leads may be called in this stage."),
        "no_leads_at_last": _(
            "conditions ask for calls, but no leads may be called in the last stage, where they may have to be made."
        ),
        "no_exam": _("a condition asks for an exam, but no stage has one."),
        "not_the_way": _("there must be exactly these stages, in this order: %(way)s."),
        "lessons_of_no_stage": _("lessons belong to a stage; ask for them there."),
    }
