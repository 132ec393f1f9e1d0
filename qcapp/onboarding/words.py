"""Conditions in words, with a link to each piece of evidence; and what else of onboarding has a name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import url_for

from qcapp.core.formats import decimal
from qcapp.core.i18n import _, label, lazy, ngettext
from qcapp.onboarding.program.plan import OF_CALLS
from qcapp.onboarding.rules import Evidence, State, lacking_calls
from qcapp.onboarding.states import Result
from qcapp.terms import ConditionKind

RESULTS = {
    Result.PASSED: lazy("stage passed"),
    Result.FAILED: lazy("exam not passed"),
    Result.REPEATED: lazy("everything again, by decision"),
    Result.PARTED: lazy("parted"),
    Result.GRANTED: lazy("cleared by decision"),
    Result.MOVED: lazy("moved by hand"),
    Result.BEGUN_ANEW: lazy("interrupted, a new onboarding was begun"),
    Result.REVOKED: lazy("clearance taken away"),
}


@dataclass(frozen=True, slots=True)
class EvidenceLink:
    """A piece of evidence as a page shows it."""

    text: str
    url: str


def sentence(state: State) -> str:
    """How the condition stands: “Reasons to buy: 84 of 100, handed in, to be accepted”."""
    words = _SENTENCES[state.kind](state)
    if state.kind in OF_CALLS and state.waiting:
        return _("%(what)s, the calls for it wait to be scored", what=words)
    return words


def links(state: State) -> list[EvidenceLink]:
    """The evidence behind it, as far as it has pages: “Review 1”, “Review 2”, in the order of time."""
    found = [each for each in state.evidence if each.kind in _PAGES]
    return [
        EvidenceLink(_named(each) if len(found) == 1 else f"{_named(each)} {number}", _address(each))
        for number, each in enumerate(found, start=1)
    ]


def _work(state: State) -> str:
    facts = {"what": str(label(state.kind)), **_numbers(state)}
    if state.met:
        return _("%(what)s: accepted, %(have)s of %(need)s", **facts)
    if state.waiting:
        return _("%(what)s: %(have)s of %(need)s, waits to be accepted", **facts)
    if state.returned:
        return _("%(what)s: returned by the coach, to be put right", **facts)
    return _("%(what)s: %(have)s of %(need)s, not accepted yet", **facts)


def _lessons(state: State) -> str:
    return _("Lessons confirmed: %(have)s of %(need)s", **_numbers(state))


def _scored_calls(state: State) -> str:
    return _("Scored calls: %(have)s of %(need)s", **_numbers(state))


def _sale(state: State) -> str:
    words = _("Confirmed sales: %(have)s of %(need)s", **_numbers(state))
    return _("%(what)s, waits for confirmation", what=words) if state.waiting and not state.met else words


def _script(state: State) -> str:
    if state.met:
        return _("Own script: a draft is approved")
    return (
        _("Own script: a draft waits to be approved")
        if state.waiting
        else _("Own script: no draft approved yet")
    )


def _exam(state: State) -> str:
    need = _short(state.need)
    if not state.evidence:
        return _("Exam: not held yet, the mark must be %(need)s or better", need=need)
    mark = _("no mark") if state.have is None else decimal(state.have)
    if state.met:
        return _("Exam: passed with %(mark)s, %(need)s is enough", mark=mark, need=need)
    if state.have is not None and state.have >= state.need:
        return _("Exam: not passed, a critical error at %(mark)s", mark=mark)
    return _("Exam: not passed with %(mark)s, the mark must be %(need)s or better", mark=mark, need=need)


def _score(state: State) -> str:
    last = state.condition.last or 0
    facts = {"need": _short(state.need), "calls": state.calls, "last": last}
    if state.have is None:
        return _("Average score of %(need)s %% or more: too few calls (%(calls)s of %(last)s)", **facts)
    return str(
        ngettext(
            "Average score %(have)s %% of the last %(num)d call, %(need)s %% is needed",
            "Average score %(have)s %% of the last %(num)d calls, %(need)s %% is needed",
            last,
            have=_short(state.have),
            need=facts["need"],
        )
    )


def _no_critical(state: State) -> str:
    last = state.condition.last or 0
    if not state.met:
        facts = {"have": round(state.have or 0), "last": last}
        return str(
            ngettext(
                "Calls in a row without a critical error: %(have)s of %(last)s, %(num)d more is needed",
                "Calls in a row without a critical error: %(have)s of %(last)s, %(num)d more are needed",
                lacking_calls(state),
                **facts,
            )
        )
    return str(
        ngettext(
            "No critical error in the last %(num)d call", "No critical error in the last %(num)d calls", last
        )
    )


def _numbers(state: State) -> dict[str, str]:
    return {"have": _short(state.have or 0), "need": _short(state.need)}


def _short(value: float) -> str:
    """Whole numbers without a decimal."""
    return decimal(value, 0 if value == round(value) else 1)


def _named(evidence: Evidence) -> str:
    return {
        "work": _("Work"),
        "draft": _("Draft"),
        "exam": _("Exam"),
        "review": _("Review"),
        "sale": _("Sale"),
    }[evidence.kind]


def _address(evidence: Evidence) -> str:
    endpoint, name = _PAGES[evidence.kind]
    values: dict[str, Any] = {name: evidence.id}
    return url_for(endpoint, **values)


_PAGES = {
    "work": ("work.show", "deliverable_id"),
    "draft": ("scripts.show", "draft_id"),
    "exam": ("exams.show", "exam_id"),
    "review": ("reviews.show", "review_id"),
    "sale": ("sales.show", "sale_id"),
}
_SENTENCES: dict[ConditionKind, Callable[[State], str]] = {
    ConditionKind.SPVE: _work,
    ConditionKind.REASONS: _work,
    ConditionKind.LESSONS: _lessons,
    ConditionKind.SCRIPT: _script,
    ConditionKind.EXAM: _exam,
    ConditionKind.SCORED_CALLS: _scored_calls,
    ConditionKind.SALE: _sale,
    ConditionKind.SCORE: _score,
    ConditionKind.NO_CRITICAL: _no_critical,
}
