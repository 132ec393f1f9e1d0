"""Reading instructions: contents and search, an article, the receipt, a question, the book in one file."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from qcapp.core import audit, clock
from qcapp.core.errors import Missing
from qcapp.core.export import as_file
from qcapp.core.i18n import _
from qcapp.core.text_search import parse
from qcapp.core.web import db, requires
from qcapp.knowledge import queries, service
from qcapp.knowledge.audited import KnowledgeAction
from qcapp.knowledge.book import as_html
from qcapp.knowledge.forms import QuestionForm
from qcapp.knowledge.markdown import rendered
from qcapp.people.access import me, safe_next
from qcapp.people.permissions import Permission, holds

knowledge = Blueprint("knowledge", __name__)


@knowledge.get("/knowledge")
@requires(Permission.READ_KNOWLEDGE)
def index() -> str:
    text = request.args.get("q", "").strip()
    query = parse(text)
    edits = holds(me(), Permission.EDIT_KNOWLEDGE)
    return render_template(
        "knowledge/index.html",
        contents=queries.contents(db(), me()),
        arranging=edits and "arrange" in request.args,
        q=text,
        found=queries.search(db(), query) if query else None,
        questions=queries.questions(db()) if edits else [],
        drafts=queries.drafts(db()) if edits else [],
        archived=queries.archived(db()) if edits else [],
    )


@knowledge.get("/knowledge/<int:article_id>")
@requires(Permission.READ_KNOWLEDGE)
def show(article_id: int) -> Any:
    article = queries.get_article(db(), article_id, me())
    wording = queries.wording_of(db(), article, request.args.get("wording", type=int))
    if wording is None:
        if article.number:
            raise Missing(_("There is no such article."))
        return redirect(url_for("knowledge.edit", article_id=article.id), 303)
    edits = holds(me(), Permission.EDIT_KNOWLEDGE)
    origin = request.args.get("origin")
    return render_template(
        "knowledge/show.html",
        article=article,
        wording=wording,
        origin=origin if safe_next(origin) else None,
        html=rendered(wording.body),
        contents=queries.contents(db(), me()),
        receipt=queries.receipt_of(db(), wording, me()),
        readers=queries.readers(db(), wording) if edits else None,
        has_news=edits and service.has_news(db(), article),
    )


@knowledge.get("/knowledge/key/<article_key>")
@requires(Permission.READ_KNOWLEDGE)
def by_key(article_key: str) -> Answer:
    article = queries.get_by_key(db(), article_key, me())
    return redirect(url_for("knowledge.show", article_id=article.id), 303)


@knowledge.post("/knowledge/<int:article_id>/read")
@requires(Permission.READ_KNOWLEDGE)
def read(article_id: int) -> Answer:
    article = queries.get_article(db(), article_id, me())
    service.confirm_read(db(), article, request.form.get("wording", 0, type=int), by=me())
    db().commit()
    flash(_("Thank you, it is noted that you have read this."), "success")
    origin = request.form.get("origin")
    return redirect(
        str(origin) if safe_next(origin) else url_for("knowledge.show", article_id=article.id), 303
    )


@knowledge.route("/knowledge/ask", methods=["GET", "POST"])
@requires(Permission.READ_KNOWLEDGE)
def ask() -> Any:
    """There is no article yet. With the key of one that there is, or a section it is about, the way leads to it."""
    form = QuestionForm(data={name: request.args.get(name) for name in ("question", "origin", "key")})
    key = form.key.data or ""
    known = queries.published_about(db(), key, request.args.get("section")) if key else None
    if request.method == "GET" and known is not None:
        return redirect(url_for("knowledge.show", article_id=known.id, origin=form.origin.data or None), 303)
    if not form.validate_on_submit():
        page = render_template(
            "knowledge/ask.html", form=form, similar=queries.similar(db(), form.question.data or "")
        )
        return page, 422 if form.errors else 200
    asked = service.ask_question(db(), form.question.data, form.origin.data, key=key or None, by=me())
    db().commit()
    flash(_("Your question is noted. You will be told when it is answered."), "success")
    return redirect(asked.origin or url_for("knowledge.index"), 303)


@knowledge.post("/knowledge/export")
@requires(Permission.EXPORT)
def export() -> Response:
    """Every published article in one file that needs nothing else. POST, because it is written to the log."""
    pages = queries.book(db())
    text = as_html(pages, clock.now())
    audit.record(db(), KnowledgeAction.EXPORT_KNOWLEDGE, "knowledge:book", by_id=me().id, number=len(pages))
    db().commit()
    return as_file(Response(text, mimetype="text/html"), "knowledge.html")
