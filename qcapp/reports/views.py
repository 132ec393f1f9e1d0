"""Pages of results: managers side by side within like conditions, one manager over time, the items of checklists.

Whose results a person sees is decided in the queries; the state of every page is its URL.
"""

from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_babel import get_locale

from qcapp.checklists.card import say
from qcapp.checklists.queries import checklist_by_key
from qcapp.core import audit, export, local
from qcapp.core.errors import Missing
from qcapp.core.forms import kept
from qcapp.core.i18n import _, label
from qcapp.core.periods import Days, Unit, run_of
from qcapp.core.web import db, get_or_404, requires, settings
from qcapp.people.access import me
from qcapp.people.models import User
from qcapp.people.permissions import Permission, demand
from qcapp.reports import chart, exports, overview, queries, reach, rules
from qcapp.reports.audited import ReportAction
from qcapp.reports.behind import PAGE, Behind, Only, reviews_behind
from qcapp.reports.forms import UNKNOWN, ResultsForm
from qcapp.reports.item_rules import bad_values, counting_values
from qcapp.reports.queries import ReviewFilter
from qcapp.reports.rules import Cohort
from qcapp.reviews.sheet import label_of
from qcapp.terms import Group, LeadSource, Role

results = Blueprint("results", __name__, url_prefix="/results")
STEPS = 12
LATEST = 10
BEHIND = ("manager", "role", "only", "section", "item")
"""What else narrows the reviews behind a number."""
ROOM = 150  # managers shown at once; the cohorts beyond have a link


@dataclass(frozen=True, slots=True)
class AskedResults:
    """What the address asks for; ``link``: the arguments that keep it in links to other pages."""

    form: ResultsForm
    days: Days
    earlier_days: Days
    wanted: ReviewFilter
    earlier: ReviewFilter
    link: dict[str, Any]

    def of(self, **narrower: Any) -> "AskedResults":
        """The same, narrowed further."""
        return replace(
            self, wanted=replace(self.wanted, **narrower), earlier=replace(self.earlier, **narrower)
        )

    def narrowed(self, cohort: Cohort) -> dict[str, Any]:
        """The arguments of a link to this cohort alone."""
        lead = cohort.lead_source or UNKNOWN
        return of_group(self.link, cohort.group) | {"checklist": cohort.checklist_id, "lead": lead}

    def behind(self, cohort: Cohort | None = None, days: Days | None = None, **more: Any) -> str:
        """The address of the reviews behind a number of this cohort, in other days if any are given."""
        link = self.narrowed(cohort) | {"role": cohort.role} if cohort else self.link
        if days:
            own = {"since": days.first.isoformat(), "until": days.last.isoformat()}
            link = {name: value for name, value in link.items() if name != "period"} | own
        return url_for("results.behind", **(link | more))


@results.get("")
@requires(Permission.READ_RESULTS)
def index() -> Any:
    asked = _asked()
    if not reach.sees_many(me()):
        return redirect(url_for("results.manager", manager_id=me().id, **asked.link))
    found = overview.overview(
        db(), asked.wanted, asked.earlier, by=me(), enough=settings().enough_reviews, room=ROOM
    )
    return render_template("results/index.html", asked=asked, found=found, enough=settings().enough_reviews)


@results.get("/managers/<int:manager_id>")
@requires(Permission.READ_RESULTS)
def manager(manager_id: int) -> str:
    """One manager: the period by cohort, the last weeks or months, the weakest items, the newest reviews."""
    demand(me(), Permission.READ_RESULTS, session=db(), manager_id=manager_id)
    person = get_or_404(User, manager_id)
    asked = _asked().of(manager_id=manager_id, team_id=None)
    enough = settings().enough_reviews
    found = overview.overview(db(), asked.wanted, asked.earlier, by=me(), enough=enough)
    unit = Unit.MONTH if request.args.get("step") == Unit.MONTH else Unit.WEEK
    steps = run_of(unit, min(asked.days.last, local.today()), STEPS)
    over_time = overview.over_time(db(), asked.wanted, steps, settings().zone, by=me(), enough=enough)
    nothing = (rules.Average(0, None),) * STEPS  # the period may begin before the chart does
    boards = {board.cohort: board for board in found.boards}
    charts = {
        cohort: chart.draw(steps, over_time.get(cohort, nothing))
        for cohort in dict.fromkeys((*boards, *over_time))
    }
    return render_template(
        "results/manager.html",
        asked=asked,
        person=person,
        mine=person.id == me().id,
        found=found,
        boards=boards,
        charts=charts,
        unit=unit,
        weak=overview.worst(overview.items(db(), asked.wanted, by=me(), enough=enough)),
        latest=queries.latest(db(), asked.wanted, by=me(), limit=LATEST),
        titles=dict(reach.checklists(db())),
    )


@results.get("/items")
@requires(Permission.READ_RESULTS)
def items() -> str:
    asked = _asked()
    enough = settings().enough_reviews
    tables = overview.items(db(), asked.wanted, by=me(), enough=enough)
    return render_template(
        "results/items.html", asked=asked, tables=tables, enough=enough, many=reach.sees_many(me())
    )


@results.get("/items/<key>/<item_key>")
@requires(Permission.READ_RESULTS)
def answers(key: str, item_key: str) -> str:
    """The bad answers to one item, newest first, with what the reviewers wrote and marked."""
    checklist = checklist_by_key(db(), key)
    asked = _asked().of(checklist_id=checklist.id)
    if (manager_id := request.args.get("manager", type=int)) is not None:
        demand(me(), Permission.READ_RESULTS, session=db(), manager_id=manager_id)
        asked = asked.of(manager_id=manager_id, team_id=None)
    part = overview.part_of(db(), checklist.id, item_key)
    if part is None:
        raise Missing(_("There is no such page, or it is not for you to see."))
    labels = {
        (row_id, value): label_of(item, value, str(get_locale()))
        for row_id, item in part.versions
        for value in bad_values(item)
    }
    reason = request.args.get("reason") or None
    found = queries.evidence(db(), asked.wanted, list(labels), by=me(), reason=reason)
    return render_template(
        "results/answers.html",
        asked=asked,
        title=part.newest.title,
        answers=found,
        labels=labels,
        reasons=part.reason_titles(),
        reason=reason,
        marks=queries.marks_on(db(), found),
        person=db().get(User, manager_id) if manager_id else None,
        many=reach.sees_many(me()),
        limit=queries.EVIDENCE,
    )


@results.get("/reviews")
@requires(Permission.READ_RESULTS)
def behind() -> str:
    """The reviews that a number on the other pages counts, newest first."""
    asked, args = _asked(), request.args
    if (manager_id := args.get("manager", type=int)) is not None:
        demand(me(), Permission.READ_RESULTS, session=db(), manager_id=manager_id)
        asked = asked.of(manager_id=manager_id, team_id=None)
    narrowed = Behind(
        args.get("role", type=Role),
        args.get("only", type=Only),
        args.get("section"),
        _counting(asked, args.get("item")),
    )
    start = max(0, args.get("start", 0, type=int))
    link = asked.link | {name: value for name in BEHIND if (value := args.get(name))}
    return render_template(
        "results/reviews.html",
        asked=asked,
        found=reviews_behind(db(), asked.wanted, narrowed, start, by=me()),
        person=db().get(User, manager_id) if manager_id else None,
        many=reach.sees_many(me()),
        what=narrowed,
        link=link,
        start=start,
        page=PAGE,
    )


def _counting(asked: AskedResults, item_key: str | None) -> tuple[tuple[int, str], ...] | None:
    """The answers to an item that count, in all versions of the checklist that is asked for."""
    if item_key is None or asked.wanted.checklist_id is None:
        return None
    part = overview.part_of(db(), asked.wanted.checklist_id, item_key)
    if part is None:
        raise Missing(_("There is no such page, or it is not for you to see."))
    return tuple((row_id, value) for row_id, item in part.versions for value in counting_values(item))


@results.post("/export.<any(csv, xlsx):kind>")
@requires(Permission.EXPORT)
def download(kind: str) -> Response:
    """The boards as a file. POST, because every use is written to the audit log."""
    demand(me(), Permission.READ_RESULTS)
    asked = _asked()
    first, last = asked.days.first.isoformat(), asked.days.last.isoformat()
    audit.record(db(), ReportAction.EXPORT_RESULTS, f"results:{first}–{last}", by_id=me().id, format=kind)
    db().commit()
    found = overview.overview(db(), asked.wanted, asked.earlier, by=me(), enough=settings().enough_reviews)
    rows = exports.rows(found, str(get_locale()))
    return export.attachment(f"results-{first}-{last}", kind, exports.headings(), rows, settings().zone)


def _asked() -> AskedResults:
    form = ResultsForm(request.args)
    language = str(get_locale())
    known = [(key, say(title, language)) for key, title in reach.checklists(db())]
    form.offer(reach.teams(db(), by=me()), known)
    form.validate()
    zone = settings().zone
    days, earlier = form.days(local.today())
    wanted = form.wanted(days, zone)
    if not reach.sees_many(me()):
        wanted = replace(wanted, manager_id=me().id)
    return AskedResults(form, days, earlier, wanted, wanted.of(*earlier.moments(zone)), kept(form))


@results.app_template_filter()
def of_group(link: dict[str, Any], group: Group) -> dict[str, Any]:
    """The arguments of a link, narrowed to calls of this group."""
    return link | {"stage": group.value}


@results.app_template_filter()
def group_words(group: Group) -> str:
    """A group in words."""
    return str(label(group))


@results.app_template_filter()
def tone(value: float) -> str:
    """The colour of a value in per cent."""
    return rules.tone(value).value


@results.app_template_filter()
def lead_words(source: LeadSource | None) -> str:
    """A lead source in words."""
    return exports.lead_words(source)
