"""Plans in words: what is drawn, from which calls, and why there was not enough."""

from collections.abc import Iterator, Mapping

from flask_babel import format_date

from qcapp.core.formats import day, decimal
from qcapp.core.i18n import _, label, lazy, ngettext
from qcapp.core.periods import Days
from qcapp.reviews.queue.conditions import Conditions
from qcapp.reviews.queue.models import SamplingPlan
from qcapp.reviews.queue.states import Period, PlanKind, Shortage

KINDS = {PlanKind.CALLS: lazy("calls"), PlanKind.CONTACTS: lazy("clients with all their calls")}
PERIODS = {Period.DAY: lazy("a day"), Period.WEEK: lazy("a week"), Period.MONTH: lazy("a month")}
PRIORITIES = {-1: lazy("after the others"), 0: lazy("as usual"), 1: lazy("before the others")}
SHORTAGES = {
    Shortage.NO_CALLS: lazy("no call in the period"),
    Shortage.NONE_FIT: lazy("no call meets the conditions"),
    Shortage.NOT_TRANSCRIBED: lazy("calls that fit have no transcript yet"),
    Shortage.USED_UP: lazy("every call that fits is scored, in the queue or being calibrated already"),
}


def amount(plan: SamplingPlan) -> str:
    """How many of what, how often."""
    number = plan.per_manager
    if plan.kind is PlanKind.CALLS:
        what = ngettext("%(num)d call of every manager", "%(num)d calls of every manager", number)
    else:
        what = ngettext(
            "%(num)d client of every manager with all calls",
            "%(num)d clients of every manager with all calls",
            number,
        )
    return f"{what} {PERIODS[plan.period]}"


def sentence(plan: SamplingPlan, teams: Mapping[int, str]) -> str:
    """The plan in one line; ``teams`` are names by id."""
    return ", ".join([amount(plan), *asked(Conditions.read(plan.conditions), teams)])


def asked(conditions: Conditions, teams: Mapping[int, str]) -> Iterator[str]:
    """Each condition in words."""
    if conditions.shortest_s is not None:
        yield _("from %(n)d s", n=conditions.shortest_s)
    if conditions.longest_s is not None:
        yield _("shorter than %(n)d s", n=conditions.longest_s)
    if conditions.direction is not None:
        yield str(label(conditions.direction))
    if conditions.lead_source is not None:
        yield str(label(conditions.lead_source))
    if conditions.stages:
        names = ", ".join(str(label(each)).lower() for each in conditions.stages)
        yield _("made in the stage: %(names)s", names=names)
    if conditions.category is not None:
        yield _("clients of category %(name)s", name=conditions.category)
    if conditions.outcome is not None:
        yield _("outcome in the CRM “%(name)s”", name=conditions.outcome)
    if conditions.tag is not None:
        yield _("tag “%(name)s”", name=conditions.tag)
    yield from _of_managers(conditions, teams)


def _of_managers(conditions: Conditions, teams: Mapping[int, str]) -> Iterator[str]:
    if conditions.teams:
        yield _("team: %(names)s", names=", ".join(teams.get(each, "–") for each in conditions.teams))
    if conditions.score_from is not None:
        yield _("average score from %(percent)s %%", percent=decimal(conditions.score_from, 0))
    if conditions.score_below is not None:
        yield _("average score below %(percent)s %%", percent=decimal(conditions.score_below, 0))


def days(span: Days) -> str:
    """The days of a period, as a heading says them."""
    if span.count == 1:
        return day(span.first)
    if span.first.day == 1 and span.count > 7:
        return str(format_date(span.first, "LLLL yyyy"))
    return f"{day(span.first)} – {day(span.last)}"
