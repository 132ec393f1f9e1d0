"""Writing instructions: the form with its preview, publishing, the archive, and the order of the contents."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from qcapp.core.errors import Refused
from qcapp.core.forms import options
from qcapp.core.i18n import _
from qcapp.core.web import db, requires
from qcapp.knowledge import queries, service
from qcapp.knowledge.forms import ArticleForm
from qcapp.knowledge.markdown import LONGEST, rendered
from qcapp.knowledge.models import Article
from qcapp.knowledge.service import ArticleConflict, ArticleMove
from qcapp.knowledge.tree import under
from qcapp.knowledge.views import knowledge
from qcapp.people.access import me
from qcapp.people.permissions import Permission

__all__ = ["knowledge"]


@knowledge.route("/knowledge/new", methods=["GET", "POST"])
@requires(Permission.EDIT_KNOWLEDGE)
def new() -> Any:
    """Title and key may come with the address: so a page offers to write what it lacks."""
    form = _form(data={name: request.args.get(name) for name in ("title", "key", "parent")})
    if not form.validate_on_submit():
        return _page(form, None)
    try:
        article = service.create_article(
            db(),
            title=form.title.data,
            body=form.body.data,
            parent=_section(form),
            key=form.key.data or None,
            by=me(),
        )
        return _done(article)
    except Refused as refused:
        return _refused(form, None, refused)


@knowledge.route("/knowledge/<int:article_id>/edit", methods=["GET", "POST"])
@requires(Permission.EDIT_KNOWLEDGE)
def edit(article_id: int) -> Any:
    article = queries.get_article(db(), article_id, me())
    form = _form(article)
    if not form.validate_on_submit():
        return _page(form, article)
    try:
        service.save_article(
            db(),
            article,
            title=form.title.data,
            body=form.body.data,
            key=form.key.data or article.key,
            parent=_section(form),
            seen=form.seen_at(),
            by=me(),
        )
        return _done(article)
    except Refused as refused:
        return _refused(form, article, refused)


@knowledge.post("/knowledge/preview")
@requires(Permission.EDIT_KNOWLEDGE)
def preview() -> str:
    """What the text will look like; nothing is kept."""
    body = request.form.get("body", "")
    if len(body) > LONGEST:
        raise Refused(_("A text is longer than %(limit)d characters. Shorten it.", limit=LONGEST))
    return str(rendered(body))


@knowledge.post("/knowledge/<int:article_id>/archive")
@requires(Permission.EDIT_KNOWLEDGE)
def archive(article_id: int) -> Response:
    article = queries.get_article(db(), article_id, me())
    service.archive_article(db(), article, by=me())
    db().commit()
    flash(_("The article is archived; links to it still work."), "success")
    return redirect(url_for("knowledge.index"), 303)


@knowledge.post("/knowledge/<int:article_id>/restore")
@requires(Permission.EDIT_KNOWLEDGE)
def restore(article_id: int) -> Response:
    article = queries.get_article(db(), article_id, me())
    service.restore_article(db(), article, by=me())
    db().commit()
    flash(_("The article is back in the contents."), "success")
    return redirect(url_for("knowledge.show", article_id=article.id), 303)


@knowledge.post("/knowledge/<int:article_id>/remove")
@requires(Permission.EDIT_KNOWLEDGE)
def remove(article_id: int) -> Response:
    service.remove_draft(db(), queries.get_article(db(), article_id, me()), by=me())
    db().commit()
    flash(_("The draft has been removed."), "success")
    return redirect(url_for("knowledge.index"), 303)


@knowledge.post("/knowledge/<int:article_id>/move")
@requires(Permission.EDIT_KNOWLEDGE)
def move(article_id: int) -> Response:
    way = ArticleMove.UP if request.form.get("way") == "up" else ArticleMove.DOWN
    service.move_article(db(), queries.get_article(db(), article_id, me()), way, by=me())
    db().commit()
    return redirect(url_for("knowledge.index", arrange=1, _anchor=f"article-{article_id}"), 303)


def _form(article: Article | None = None, data: dict[str, Any] | None = None) -> ArticleForm:
    if article is None:
        form = ArticleForm(data=data)
    else:
        form = ArticleForm(
            title=article.title,
            body=article.body,
            parent=article.parent_id,
            key=article.key,
            seen=article.updated_at.isoformat(),
        )
    below = under(service.places(db()), article.id) if article else set()
    sections = queries.sections(db(), me(), without=below)
    if article and article.parent and article.parent_id not in dict(sections):  # a draft, or archived
        sections.append((article.parent.id, article.parent.title))
    form.parent.choices = options([("", _("Top of the contents")), *sections])
    return form


def _section(form: ArticleForm) -> Article | None:
    return db().get(Article, form.parent.data) if form.parent.data else None


def _done(article: Article) -> Response:
    """Saved; published as well, if that button was pressed."""
    if "publish" in request.form:
        service.publish_article(db(), article, by=me())
        db().commit()
        flash(_("The article is published."), "success")
        return redirect(url_for("knowledge.show", article_id=article.id), 303)
    db().commit()
    flash(_("Saved. Readers see it when you publish it."), "success")
    return redirect(url_for("knowledge.edit", article_id=article.id), 303)


def _refused(form: ArticleForm, article: Article | None, refused: Refused) -> Any:
    """Nothing typed is lost: the form comes back as it was, with what stands against it."""
    db().rollback()
    form.form_errors.extend(refused.reasons)
    if article is not None and isinstance(refused, ArticleConflict):
        db().refresh(article)
        form.seen.data = article.updated_at.isoformat()
    return _page(form, article)


def _page(form: ArticleForm, article: Article | None) -> Any:
    news = article is not None and article.number > 0 and service.has_news(db(), article)
    page = render_template("knowledge/edit.html", form=form, article=article, has_news=news)
    return page, 422 if form.errors else 200
