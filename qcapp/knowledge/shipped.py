"""Articles that come with the product, as files: a head with key, title and section, then the text in Markdown.

What people have changed is theirs: a file is loaded again only over wordings that no person has published.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.core.errors import Refused
from qcapp.core.i18n import _
from qcapp.knowledge.models import Article, ArticleState, Wording
from qcapp.knowledge.service import article_by_key, create_article, publish_article

FOLDER = Path(__file__).parent / "articles"
_HEAD = "---\n"


class ArticleLoad(StrEnum):
    """What loading an article came to."""

    CREATED = "created"
    UNCHANGED = "unchanged"
    NEW_WORDING = "new_wording"
    KEPT = "kept"
    """Somebody has written his own; the file is left aside."""


@dataclass(frozen=True, slots=True)
class ShippedArticle:
    """An article as a file tells it; ``parent``: the key of the section it stands in."""

    key: str
    title: str
    parent: str | None
    body: str


def read_pages(folder: Path = FOLDER) -> list[ShippedArticle]:
    """The articles of a folder in the order of their file names; a section comes before what is in it."""
    return [_page(path) for path in sorted(folder.glob("*.md"))]


def load_pages(session: Session, pages: Iterable[ShippedArticle]) -> list[tuple[ShippedArticle, ArticleLoad]]:
    """Bring them in and publish them; the same twice changes nothing."""
    return [(page, _load(session, page)) for page in pages]


def _load(session: Session, page: ShippedArticle) -> ArticleLoad:
    article = article_by_key(session, page.key)
    if article is None:
        parent = article_by_key(session, page.parent) if page.parent else None
        article = create_article(
            session, title=page.title, body=page.body, parent=parent, key=page.key, by=None
        )
        publish_article(session, article, by=None)
        return ArticleLoad.CREATED
    if (article.title, article.body) == (page.title, page.body):
        return ArticleLoad.UNCHANGED
    if not _ours(session, article):
        return ArticleLoad.KEPT
    article.title, article.body = page.title, page.body
    session.flush()
    publish_article(session, article, by=None)
    return ArticleLoad.NEW_WORDING


def _ours(session: Session, article: Article) -> bool:
    """Whether nobody has touched it since the product published it."""
    if article.state is not ArticleState.PUBLISHED:
        return False
    last = session.scalars(
        select(Wording).where(Wording.article_id == article.id, Wording.number == article.number)
    ).one()
    return last.by_id is None and (last.title, last.body) == (article.title, article.body)


def _page(path: Path) -> ShippedArticle:
    _before, head, body = path.read_text(encoding="utf-8").split(_HEAD, 2)
    facts = yaml.safe_load(head)
    if not isinstance(facts, dict) or not {"key", "title"} <= facts.keys() or not body.strip():
        raise Refused(_("%(file)s: an article needs a head with key and title, and a text.", file=path))
    return ShippedArticle(facts["key"], facts["title"], facts.get("parent"), body.strip())
