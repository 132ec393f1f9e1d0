"""The audit log, for those who may read it."""

from typing import Any

from flask import Blueprint, render_template, request, url_for

from qcapp.core.forms import kept, options
from qcapp.core.i18n import _
from qcapp.core.periods import moments_of
from qcapp.core.web import db, requires, settings
from qcapp.people import audit_entries, audit_words, queries
from qcapp.people.choices import told_apart
from qcapp.people.forms import AuditFilterForm
from qcapp.people.permissions import Permission

audit = Blueprint("audit", __name__)


@audit.get("/audit")
@requires(Permission.VIEW_AUDIT)
def index() -> Any:
    form = _filter_form()
    which = queries.AuditFilter()
    if form.validate():
        since, until = moments_of(form.since.data, form.until.data, settings().zone)
        which = queries.AuditFilter(
            by_id=form.who.data, action=form.action.data or None, since=since, until=until
        )
    page = queries.audit_page(
        db(), which, before=request.args.get("before", type=int), after=request.args.get("after", type=int)
    )
    link = kept(form)
    return render_template(
        "audit/index.html",
        form=form,
        entries=audit_entries.told(db(), page.entries),
        filtered=bool(link),
        newer=url_for("audit.index", **link, after=page.newer_than) if page.newer_than else None,
        older=url_for("audit.index", **link, before=page.older_than) if page.older_than else None,
    )


def _filter_form() -> AuditFilterForm:
    form = AuditFilterForm(request.args)
    everybody = queries.find_users(db(), active=None)
    form.who.choices = options([("", _("Everybody")), *told_apart(everybody).items()])
    actions = sorted((str(label), code) for code, label in audit_words.ACTIONS.items())
    form.action.choices = options([("", _("Everything")), *((code, label) for label, code in actions)])
    return form
