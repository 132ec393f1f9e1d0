"""Pages of imports: a new one, the list, the report of each.

Without JavaScript the form carries everything in one request. With it, upload.js opens the batch, sends the
files one by one and finishes it, so that each file shows its own progress and outcome.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_login import current_user
from sqlalchemy import func, or_, select

from qcapp.calls import import_report as report
from qcapp.calls.audited import CallAction
from qcapp.calls.import_forms import ImportForm, ZoneForm, shown_zone
from qcapp.calls.import_labels import KINDS, ORIGINS
from qcapp.calls.import_options import FileResult, ImportFile
from qcapp.calls.import_run import (
    import_batch,
    is_time_zone_missing,
    open_batch,
    resume_batch,
    time_zone_question,
)
from qcapp.calls.import_zone import move_import
from qcapp.calls.managers import find_managers
from qcapp.calls.models import Call, ImportBatch, ImportRow, Source
from qcapp.calls.numbers import numbers
from qcapp.calls.states import BatchState, RowKind
from qcapp.core import audit, export
from qcapp.core.errors import Refused
from qcapp.core.i18n import _, ngettext, told
from qcapp.core.incoming import uploaded_name
from qcapp.core.web import database, db, get_or_404, requires, settings, storage
from qcapp.people.permissions import Permission, demand, holds

imports = Blueprint("imports", __name__, url_prefix="/imports")
PAGE = 50
ROWS = 200
UNPROCESSABLE = 422


@imports.get("/")
@requires(Permission.IMPORT_CALLS)
def index() -> str:
    page = max(1, request.args.get("page", 1, type=int))
    found = db().scalars(report.batches(page, PAGE)).all()
    return render_template(
        "imports/index.html",
        batches=found,
        counts=report.counts_of(db(), [batch.id for batch in found]),
        kinds=KINDS,
        origins=ORIGINS,
        page=page,
        more=len(found) == PAGE,
    )


@imports.get("/new")
@requires(Permission.IMPORT_CALLS)
def new() -> str:
    form = ImportForm()
    known = _known_sources()
    if known:
        form.source.data = known[0].name
    else:  # later ones know their zone, or have to say it
        form.timezone.data = settings().timezone
    return _form_page(form)


@imports.post("/new")
@requires(Permission.IMPORT_CALLS)
def create() -> Any:
    form = ImportForm()
    if not form.validate():
        return _form_page(form), UNPROCESSABLE
    with tempfile.TemporaryDirectory(prefix="qcapp-upload-") as folder:
        files, cdrs = _saved(folder, "files"), _saved(folder, "cdr")
        try:
            if not files and not cdrs:
                raise Refused(_("Choose at least one recording or a CDR."))
            done = import_batch(database(), storage(), files, cdrs, form.options(), by=current_user)
        except Refused as refusal:
            form.form_errors.extend(refusal.reasons)
            return _form_page(form), UNPROCESSABLE
    return redirect(url_for("imports.show", batch_id=done.batch_id), 303)


@imports.post("/")
@requires(Permission.IMPORT_CALLS)
def begin() -> Any:
    """Open a batch for files that follow one by one; `names` of some tell whether a time zone is needed."""
    form = ImportForm()
    if not form.validate():
        return jsonify(errors=[text for texts in form.errors.values() for text in texts]), UNPROCESSABLE
    names = [ImportFile(Path(), name) for name in request.form.getlist("names")]
    with tempfile.TemporaryDirectory(prefix="qcapp-upload-") as folder:
        cdrs = _saved(folder, "cdr")
        try:
            if not names and not cdrs:
                raise Refused(_("Choose at least one recording or a CDR."))
            if is_time_zone_missing(database(), names, cdrs, form.options()):
                raise Refused(time_zone_question())
            run = open_batch(database(), storage(), cdrs, form.options(), by=current_user)
        except Refused as refusal:
            return jsonify(errors=refusal.reasons), UNPROCESSABLE
    return jsonify(
        files_url=url_for("imports.add", batch_id=run.batch_id),
        finish_url=url_for("imports.finish", batch_id=run.batch_id),
    ), 201


@imports.post("/<int:batch_id>/files")
@requires(Permission.IMPORT_CALLS)
def add(batch_id: int) -> Any:
    batch = _open_batch_or_refuse(batch_id)
    with tempfile.TemporaryDirectory(prefix="qcapp-upload-") as folder:
        results = [
            resume_batch(database(), storage(), batch).add(file, with_playback=False)
            for file in _saved(folder, "files")
        ]
    return jsonify(results=[_told(result) for result in results])


@imports.post("/<int:batch_id>/finish")
@requires(Permission.IMPORT_CALLS)
def finish(batch_id: int) -> Any:
    batch = get_or_404(ImportBatch, batch_id)
    db().commit()
    resume_batch(database(), storage(), batch).finish(by=current_user)
    return redirect(url_for("imports.show", batch_id=batch_id), 303)


@imports.post("/managers")
@requires(Permission.IMPORT_CALLS)
def managers() -> Any:
    """For calls that came in before their extensions were given to somebody."""
    found = find_managers(db(), by=current_user)
    db().commit()
    flash(ngettext("%(num)d call found its manager.", "%(num)d calls found their managers.", found))
    batch_id = request.form.get("batch_id", type=int)
    if batch_id is None:
        return redirect(url_for("imports.index"), 303)
    return redirect(url_for("imports.show", batch_id=batch_id, kind=RowKind.WITHOUT_MANAGER.value), 303)


@imports.get("/<int:batch_id>")
@requires(Permission.IMPORT_CALLS)
def show(batch_id: int) -> str:
    batch = get_or_404(ImportBatch, batch_id)
    counts = report.counts_of(db(), [batch_id])[batch_id]
    kind = _wanted_kind(counts)
    page = max(1, request.args.get("page", 1, type=int))
    rows = report.rows_of(batch_id, kind).offset((page - 1) * ROWS).limit(ROWS)
    return render_template(
        "imports/show.html",
        batch=batch,
        counts=counts,
        kind=kind,
        kinds=KINDS,
        origins=ORIGINS,
        rows=db().scalars(rows).all(),
        notices=db().scalars(report.rows_of(batch_id, RowKind.NOTICE)).all(),
        page=page,
        more=counts[kind] > page * ROWS,
        may_export=holds(current_user, Permission.EXPORT),
        zone=ZoneForm(timezone=batch.timezone),
        may_move=batch.timezone is not None and holds(current_user, Permission.CORRECT_CALLS),
        running=batch.state is BatchState.RUNNING,
    )


@imports.post("/<int:batch_id>/zone")
@requires(Permission.IMPORT_CALLS)
def move(batch_id: int) -> Any:
    """The times of the import were in another zone."""
    get_or_404(ImportBatch, batch_id)
    db().commit()  # nothing is held while the calls are moved
    form = ZoneForm()
    if not form.validate():
        raise Refused(_("Choose another zone than the one this import was read in."))
    moved, left = move_import(database(), batch_id, ZoneInfo(form.timezone.data), by=current_user)
    flash(ngettext("%(num)d call has its new time.", "%(num)d calls have their new time.", moved), "good")
    if left:
        told = ngettext(
            "The time of %(num)d call was left: see why.",
            "The times of %(num)d calls were left: see why.",
            left,
        )
        flash(told, "warning")
    kind = RowKind.TIME_KEPT.value if left else None
    return redirect(url_for("imports.show", batch_id=batch_id, kind=kind), 303)


@imports.post("/<int:batch_id>/report.<any(csv, xlsx):kind>")
@requires(Permission.EXPORT)
def download(batch_id: int, kind: str) -> Response:
    """The whole report as a file. POST, because every use is written to the audit log."""
    demand(current_user, Permission.IMPORT_CALLS)
    batch = get_or_404(ImportBatch, batch_id)
    audit.record(
        db(), CallAction.EXPORT_IMPORT_REPORT, f"import:{batch_id}", by_id=current_user.id, format=kind
    )
    db().commit()
    rows = [
        (str(KINDS[row.kind]), *(numbers().text(text, row.call) for text in _texts(row)))
        for row in report.export_rows(db(), batch.id)
    ]
    headings = (_("What happened"), _("File"), _("Why"), _("Call"))
    return export.attachment(f"import-{batch_id}", kind, headings, rows, settings().zone)


def _texts(row: ImportRow) -> tuple[str | None, ...]:
    return told(row.file), told(row.reason), row.call.external_id if row.call else None


def _form_page(form: ImportForm) -> str:
    zones = {
        source.name: shown_zone(source.timezone) if source.timezone else None for source in _known_sources()
    }
    return render_template("imports/new.html", form=form, sources=zones, kinds=KINDS)


def _known_sources() -> Sequence[Source]:
    """Exchanges with imports or a known zone, the one of the newest import first."""
    newest = select(func.max(ImportBatch.id)).where(ImportBatch.source_id == Source.id).scalar_subquery()
    found = select(Source).where(or_(Source.timezone.is_not(None), newest.is_not(None)))
    return db().scalars(found.order_by(func.coalesce(newest, 0).desc(), Source.name)).all()


def _wanted_kind(counts: dict[RowKind, int]) -> RowKind:
    """The kind asked for; otherwise what needs a person: refusals first."""
    wanted = request.args.get("kind", "")
    if wanted in {kind.value for kind in RowKind if kind is not RowKind.NOTICE}:
        return RowKind(wanted)
    return RowKind.REFUSED if counts[RowKind.REFUSED] else RowKind.IMPORTED


def _open_batch_or_refuse(batch_id: int) -> ImportBatch:
    batch = get_or_404(ImportBatch, batch_id)
    db().commit()  # nothing is held while the upload is worked on
    if batch.state is not BatchState.RUNNING:
        raise Refused(_("This import is finished. Begin a new one for more files."))
    return batch


def _told(result: FileResult) -> dict[str, object]:
    call = db().get(Call, result.call_id) if result.call_id else None
    url = url_for("transcripts.show", call_id=result.call_id) if result.call_id else None
    return {
        "file": result.file,
        "kind": result.kind.value,
        "label": str(KINDS[result.kind]),
        "reason": numbers().text(result.reason, call),
        "url": url,
    }


def _saved(folder: str, field: str) -> list[ImportFile]:
    """Uploaded files as local ones. Their own names are only remembered, never used as paths."""
    place = Path(folder)
    files: list[ImportFile] = []
    for number, upload in enumerate(request.files.getlist(field)):
        name = uploaded_name(upload.filename)
        if not name:
            continue
        path = place / f"{field}-{number}"
        upload.save(path)
        files.append(ImportFile(path, name))
    return files
