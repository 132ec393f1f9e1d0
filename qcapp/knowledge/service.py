"""What people do with instructions: write, publish, archive, put in order, ask for one, say that they have read it.

What is published is a wording, and never changes; an article holds what its editors are writing.
"""

import re
import secrets
from datetime import datetime
from enum import IntEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qcapp.core import audit, clock, events, row_locks
from qcapp.core.errors import Refused
from qcapp.core.i18n import _
from qcapp.knowledge.audited import KnowledgeAction
from qcapp.knowledge.events import ArticleRead
from qcapp.knowledge.models import Article, ArticleState, ReadReceipt, Wording
from qcapp.knowledge.tree import ArticlePlace, shifted, under
from qcapp.people.access import safe_next
from qcapp.people.models import User
from qcapp.people.notices import notify, notify_each
from qcapp.people.permissions import Permission, demand
from qcapp.people.queries import holders_of

LONGEST_TITLE = 200
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]*(:[a-z0-9_.-]+)?")

_SECTIONS = {
    "goal": "call_goal",
    "needs": "call_goal",
    "decision_maker": "call_goal",
    "interest": "call_goal",
    "close": "closing",
    "data": "crm",
    "manners": "technique",
}


class ArticleMove(IntEnum):
    UP = -1
    DOWN = 1


class ArticleConflict(Refused):
    """Somebody has saved this article since it was opened."""


def item_key(checklist: str, item: str) -> str:
    """The key of the article about an item of a checklist."""
    return f"item:{checklist}.{item}"


def section_key(section: str) -> str:
    """The key of the article that ships about the sections of checklists with this key."""
    return _SECTIONS.get(section, section)


def create_article(
    session: Session,
    *,
    title: str,
    body: str = "",
    parent: Article | None = None,
    key: str | None = None,
    by: User | None,
) -> Article:
    """A draft at the end of a section; ``by`` is None for what ships with the product."""
    if by is not None:
        demand(by, Permission.EDIT_KNOWLEDGE)
    article = _add(session, title=title, body=body, parent=parent, key=key, by=by)
    audit.record(
        session, KnowledgeAction.ARTICLE_BEGUN, thing(article), by_id=by and by.id, title=article.title
    )
    return article


def ask_question(
    session: Session, question: str, origin: str | None, *, key: str | None = None, by: User
) -> Article:
    """There is no article yet: a draft with the question alone, and its editors are told.

    ``origin`` is the page it was asked on; ``key`` the one by which that page will find the answer.
    """
    demand(by, Permission.READ_KNOWLEDGE)
    question = question.strip()
    if not question:
        raise Refused(_("Write the question."))
    free = key if key and article_by_key(session, key) is None else None
    article = _add(session, title=_short(question), key=free, by=by)
    article.question, article.origin = question, origin if safe_next(origin) else None
    session.flush()
    audit.record(session, KnowledgeAction.ARTICLE_ASKED, thing(article), by_id=by.id, question=article.title)
    editors = [each for each in holders_of(session, Permission.EDIT_KNOWLEDGE) if each.id != by.id]
    path = f"/knowledge/{article.id}/edit"
    notify_each(session, editors, "knowledge_asked", path, name=by.name, question=article.title)
    return article


def save_article(
    session: Session,
    article: Article,
    *,
    title: str,
    body: str,
    key: str,
    parent: Article | None,
    seen: datetime,
    by: User,
) -> Article:
    """Keep what an editor has written; readers see it when it is published. ``seen``: as of when he had opened it."""
    demand(by, Permission.EDIT_KNOWLEDGE)
    _lock(session, article)
    if article.updated_at != seen:
        raise ArticleConflict(
            _("Somebody has changed this article since you opened it. Save again to replace what he wrote.")
        )
    _demand_key(session, key, article)
    if (parent and parent.id) != article.parent_id:
        _put_under(session, article, parent)
    article.title, article.body, article.key = _titled(title), body.strip(), key
    article.updated_at = clock.now()
    session.flush()
    return article


def publish_article(session: Session, article: Article, *, by: User | None) -> Wording:
    """A new wording, from now on the one that everybody reads. Who had asked for the article is told."""
    if by is not None:
        demand(by, Permission.EDIT_KNOWLEDGE)
    _lock(session, article)
    if not article.body:
        raise Refused(_("An article without text cannot be published."))
    if article.state is ArticleState.PUBLISHED and not has_news(session, article):
        raise Refused(_("Nothing has changed since the article was published."))
    article.number += 1
    article.state = ArticleState.PUBLISHED
    wording = Wording(
        article=article, number=article.number, title=article.title, body=article.body, by=by, at=clock.now()
    )
    session.add(wording)
    session.flush()
    audit.record(
        session,
        KnowledgeAction.ARTICLE_PUBLISHED,
        thing(article),
        by_id=by and by.id,
        title=wording.title,
        number=wording.number,
    )
    asker = article.created_by
    if article.number == 1 and article.question and asker and asker.active and asker is not by:
        notify(session, asker, "knowledge_answered", f"/knowledge/{article.id}", title=wording.title)
    return wording


def archive_article(session: Session, article: Article, *, by: User) -> None:
    """Out of the contents and the search; a link to it still opens it."""
    demand(by, Permission.EDIT_KNOWLEDGE)
    _lock(session, article)
    if article.state is not ArticleState.PUBLISHED:
        raise Refused(_("Only a published article can be archived."))
    article.state = ArticleState.ARCHIVED
    session.flush()
    audit.record(session, KnowledgeAction.ARTICLE_ARCHIVED, thing(article), by_id=by.id, title=article.title)


def restore_article(session: Session, article: Article, *, by: User) -> None:
    """Back into the contents, in the wording it had."""
    demand(by, Permission.EDIT_KNOWLEDGE)
    _lock(session, article)
    if article.state is not ArticleState.ARCHIVED:
        raise Refused(_("This article is not in the archive."))
    article.state = ArticleState.PUBLISHED
    session.flush()
    audit.record(session, KnowledgeAction.ARTICLE_RESTORED, thing(article), by_id=by.id, title=article.title)


def remove_draft(session: Session, article: Article, *, by: User) -> None:
    """Throw away what was never published."""
    demand(by, Permission.EDIT_KNOWLEDGE)
    _lock(session, article)
    if article.state is not ArticleState.DRAFT:
        raise Refused(_("What was published stays; archive it instead."))
    for child in session.scalars(select(Article).where(Article.parent_id == article.id)):
        child.parent_id = article.parent_id
    session.flush()
    audit.record(session, KnowledgeAction.ARTICLE_REMOVED, thing(article), by_id=by.id, title=article.title)
    session.delete(article)
    session.flush()


def move_article(session: Session, article: Article, way: ArticleMove, *, by: User) -> None:
    """One place up or down among its neighbours."""
    demand(by, Permission.EDIT_KNOWLEDGE)
    neighbours = {
        each.id: each
        for each in session.scalars(
            select(Article)
            .where(Article.parent_id.is_not_distinct_from(article.parent_id))
            .order_by(Article.position, Article.id)
            .with_for_update()
        )
    }
    moved = [each for each in neighbours.values() if each.state is article.state]
    order = shifted([each.id for each in moved], article.id, way)
    for place, key in enumerate([*order, *(key for key in neighbours if neighbours[key] not in moved)]):
        neighbours[key].position = place
    session.flush()


def confirm_read(session: Session, article: Article, number: int, *, by: User) -> ReadReceipt:
    """The person has read this wording; one receipt of it is kept."""
    demand(by, Permission.READ_KNOWLEDGE)
    if not 1 <= number <= article.number:
        raise Refused(_("This wording was never published."))
    session.execute(select(Article.id).where(Article.id == article.id).with_for_update())
    known = select(ReadReceipt).where(
        ReadReceipt.article_id == article.id, ReadReceipt.number == number, ReadReceipt.user_id == by.id
    )
    receipt = session.scalar(known)
    if receipt is None:
        receipt = ReadReceipt(article=article, number=number, user=by, at=clock.now())
        session.add(receipt)
        session.flush()
        audit.record(session, KnowledgeAction.ARTICLE_READ, thing(article), by_id=by.id, number=number)
    events.emit(session, ArticleRead(article.id, by.id))
    return receipt


def article_by_key(session: Session, key: str) -> Article | None:
    """The article that is named so, whatever its state."""
    return session.scalar(select(Article).where(Article.key == key))


def places(session: Session) -> list[ArticlePlace]:
    """Where every article stands."""
    rows = session.execute(select(Article.id, Article.parent_id, Article.position))
    return [ArticlePlace(*row) for row in rows]


def has_news(session: Session, article: Article) -> bool:
    """Whether its editors have written what its readers do not see yet."""
    last = session.scalar(
        select(Wording).where(Wording.article_id == article.id, Wording.number == article.number)
    )
    return last is None or (last.title, last.body) != (article.title, article.body)


def thing(article: Article) -> str:
    """What the audit log calls it."""
    return f"article:{article.id}"


def _add(
    session: Session,
    *,
    title: str,
    body: str = "",
    parent: Article | None = None,
    key: str | None,
    by: User | None,
) -> Article:
    key = key or f"a{secrets.token_hex(5)}"
    _demand_key(session, key, None)
    now = clock.now()
    article = Article(
        title=_titled(title),
        body=body.strip(),
        parent_id=parent.id if parent else None,
        position=_last(session, parent),
        key=key,
        state=ArticleState.DRAFT,
        number=0,
        question="",
        created_at=now,
        updated_at=now,
        created_by=by,
    )
    session.add(article)
    session.flush()
    return article


def _lock(session: Session, article: Article) -> None:
    row_locks.lock(session, article, _("There is no such article."))


def _put_under(session: Session, article: Article, parent: Article | None) -> None:
    if parent is not None and parent.id in under(places(session), article.id):
        raise Refused(_("An article cannot stand below itself."))
    article.parent_id = parent.id if parent else None
    article.position = _last(session, parent)


def _last(session: Session, parent: Article | None) -> int:
    neighbours = Article.parent_id.is_not_distinct_from(parent and parent.id)
    return (session.scalar(select(func.max(Article.position)).where(neighbours)) or 0) + 1


def _demand_key(session: Session, key: str, article: Article | None) -> None:
    if not _KEY.fullmatch(key) or len(key) > 200:
        raise Refused(_("A key consists of small Latin letters, digits, _ and -."))
    other = article_by_key(session, key)
    if other is not None and other is not article:
        raise Refused(_("The key “%(key)s” belongs to “%(title)s”.", key=key, title=other.title))


def _titled(title: str) -> str:
    title = " ".join(title.split())
    if not title or len(title) > LONGEST_TITLE:
        raise Refused(_("Give a title of up to %(num)s characters.", num=LONGEST_TITLE))
    return title


def _short(question: str) -> str:
    line = " ".join(question.split())
    return line if len(line) <= 100 else f"{line[:99].rstrip()}…"
