"""The list of calls: filtered, sorted and counted, its saved views, and corrections of several calls at once."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from qcapp.calls import beside, listing, queries, saved
from qcapp.calls.facts import correct_several
from qcapp.calls.facts_form import SeveralFactsForm
from qcapp.calls.forms import CallFilterForm, SavedViewForm
from qcapp.calls.listing import NEWEST_FIRST, SORTED, CallPage, CallSort, Cursor, SortedPage, Sorting
from qcapp.calls.models import Call
from qcapp.calls.queries import CallFilter
from qcapp.calls.start_words import call_time
from qcapp.calls.views import calls
from qcapp.core.errors import Refused
from qcapp.core.forms import kept
from qcapp.core.i18n import _, ngettext
from qcapp.core.web import db, requires, settings
from qcapp.people.permissions import Permission, holds

__all__ = ["calls", "left_out", "list_args"]
PLACES = ("newer", "older", "start")  # which part of the list is meant


@calls.get("/")
@requires(Permission.VIEW_CALLS)
def index() -> str:
    return _list()


def _list(several: SeveralFactsForm | None = None, chosen: Collection[int] = ()) -> str:
    """The page; ``several`` and ``chosen``: what was filled in wrongly for which calls."""
    form = _filter_form()
    wanted, order = form.wanted(settings().zone), form.order()
    page = _page(wanted, order)
    ids = [call.id for call in page.calls]
    columns = beside.columns(current_user)
    return render_template(
        "calls/index.html",
        form=form,
        page=page,
        order=order,
        kept=list_args(),
        kept_filter=_filter_args(),
        links=_links(page, order),
        sortable=[sort for sort in CallSort if sort is not CallSort.SCORE or sort in columns],
        quotes=beside.quotes(db(), ids, wanted.query) if wanted.query else {},
        lost=_is_lost(),
        limit=SORTED,
        several=several,
        chosen=chosen,
        views=saved.views_of(db(), current_user),
        many_managers=queries.sees_everybody(current_user),
        may_search=holds(current_user, Permission.LISTEN),
    )


@calls.get("/count")
@requires(Permission.VIEW_CALLS)
def count() -> str:
    """How many calls the filter finds; loaded after the page, which does not wait for it."""
    found = listing.count(db(), _filter_form().wanted(settings().zone), by=current_user)
    return render_template("calls/_count.html", found=found, limit=SORTED)


@calls.post("/views")
@requires(Permission.VIEW_CALLS)
def save_view() -> Response:
    form = SavedViewForm()
    try:
        if not form.validate():
            raise Refused(_("Give the view a name of up to 60 characters."))
        saved.save_view(db(), form.name.data, _filter_args(), by=current_user)
        db().commit()
        flash(_("The view is saved. It stands above the filter."), "success")
    except Refused as refusal:
        flash(str(refusal), "warning")
    return redirect(url_for("calls.index", **list_args()), 303)


@calls.post("/views/<int:view_id>/forget")
@requires(Permission.VIEW_CALLS)
def forget_view(view_id: int) -> Response:
    saved.forget_view(db(), view_id, by=current_user)
    db().commit()
    return redirect(url_for("calls.index", **list_args()), 303)


@calls.get("/facts")
@requires(Permission.CORRECT_CALLS)
def facts_form() -> str:
    """The fields that correct the chosen calls, loaded into the list."""
    return render_template("calls/_several.html", form=_several_form(), kept=list_args())


@calls.post("/facts")
@requires(Permission.CORRECT_CALLS)
def correct_chosen() -> Any:
    """Every chosen call gets what was filled in, as far as it can; of the others it is said why not."""
    form = _several_form()
    ticked = request.form.getlist("calls", type=int)
    chosen = queries.visible_calls(db(), ticked, by=current_user)
    if not form.validate() or not chosen:
        return _list(form, ticked), 422
    changed, refused = correct_several(db(), chosen, form.changes(), by=current_user)
    db().commit()
    if changed:
        done = ngettext("%(num)d call is corrected.", "%(num)d calls are corrected.", len(changed))
        flash(done, "success")
    for left in left_out(refused):
        flash(_("Not corrected: %(calls)s. %(reason)s", **left), "warning")
    return redirect(url_for("calls.index", **list_args()), 303)


def left_out(refused: Mapping[str, Sequence[Call]]) -> Iterator[dict[str, str]]:
    """``calls`` and ``reason`` of a sentence about chosen calls with which something could not be done."""
    for reason, calls_of in refused.items():
        yield {"calls": ", ".join(call_time(call) for call in calls_of), "reason": reason}


def list_args() -> dict[str, Any]:
    """What of this address says which part of the list is meant, for links; whatever else it holds goes into none."""
    return _filter_args() | {name: value for name in PLACES if (value := request.args.get(name))}


def _filter_args() -> dict[str, Any]:
    return kept(CallFilterForm(formdata=None))


def _filter_form() -> CallFilterForm:
    form = CallFilterForm(request.args)
    form.offer_managers(queries.manager_names(db(), by=current_user))
    form.validate()
    return form


def _several_form() -> SeveralFactsForm:
    form = SeveralFactsForm()
    form.offer(queries.managers(db(), by=current_user))
    return form


def _page(wanted: CallFilter, order: Sorting) -> CallPage | SortedPage:
    if order.by is not CallSort.STARTED:
        start = request.args.get("start", 0, type=int)
        return listing.sorted_page(db(), wanted, order, min(max(start, 0), SORTED), by=current_user)
    return listing.call_page(db(), wanted, _cursor(), by=current_user, newest_first=order == NEWEST_FIRST)


def _cursor() -> Cursor | None:
    if newer := request.args.get("newer"):
        return Cursor.parse(newer, newer=True)
    return Cursor.parse(request.args.get("older", ""), newer=False)


def _is_lost() -> bool:
    """Whether the address names a place that no list has; then the first page is shown."""
    asked = request.args.get("newer") or request.args.get("older")
    return bool(asked) and _cursor() is None


def _links(page: CallPage | SortedPage, order: Sorting) -> tuple[str | None, str | None]:
    """The addresses of the pages before and after this one."""
    if isinstance(page, SortedPage):
        return _place("start", page.previous), _place("start", page.next)
    newer, older = _place("newer", page.newer), _place("older", page.older)
    return (newer, older) if order.descending else (older, newer)


def _place(name: str, value: Cursor | int | None) -> str | None:
    return None if value is None else url_for("calls.index", **(_filter_args() | {name: str(value)}))
