"""Reading instructions: the contents, an article as the person may see it, the search, who has read what.

A company has some hundred articles, so they are searched here and not in SQL: both databases find alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, joinedload

from qcapp.core.errors import Missing
from qcapp.core.i18n import _
from qcapp.core.text_search import Hit, Query, find, stem, stemmed, words
from qcapp.knowledge.markdown import plain
from qcapp.knowledge.models import Article, ArticleState, ReadReceipt, Wording
from qcapp.knowledge.service import article_by_key, places, section_key
from qcapp.knowledge.tree import Branch, flat, grown
from qcapp.people.models import User
from qcapp.people.permissions import Permission, holds

FOUND = 30
SIMILAR = 3
AROUND = 14  # words of an excerpt on each side of what was found
_PUBLISHED = and_(
    Article.id == Wording.article_id,
    Article.number == Wording.number,
    Article.state == ArticleState.PUBLISHED,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the contents; ``read``: the last wording of it that the person has read, 0 for none."""

    id: int
    title: str
    number: int
    read: int


@dataclass(frozen=True, slots=True)
class Contents:
    """The published articles: each by its id, and the tree of the ids."""

    entries: dict[int, Entry]
    tree: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class ArticleHit:
    """An article that the search found, and the words around the first hit: (text, whether it is a hit)."""

    article_id: int
    title: str
    excerpt: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Readers:
    """Who has read the present wording, in the order they did, and who has not."""

    read: Sequence[ReadReceipt]
    unread: Sequence[User]


def contents(session: Session, user: User) -> Contents:
    """What everybody reads, and what of it this person has read."""
    read = (
        select(func.max(ReadReceipt.number))
        .where(ReadReceipt.article_id == Wording.article_id, ReadReceipt.user_id == user.id)
        .scalar_subquery()
        .label("read")
    )
    rows = session.execute(
        select(Wording.article_id, Wording.title, Wording.number, read).join(Article, _PUBLISHED)
    )
    entries = {
        each.article_id: Entry(each.article_id, each.title, each.number, each.read or 0) for each in rows
    }
    return Contents(entries, grown(places(session), entries))


def sections(session: Session, user: User, *, without: set[int]) -> list[tuple[int, str]]:
    """Where an article can be put: id and title of every published one, indented by its depth."""
    found = contents(session, user)
    lines = ((key, "\u2003" * depth + found.entries[key].title) for depth, key in flat(found.tree))
    return [(key, title) for key, title in lines if key not in without]


def questions(session: Session) -> Sequence[Article]:
    """What was asked and has no answer yet, the oldest first."""
    waiting = select(Article).where(Article.state == ArticleState.DRAFT, Article.question != "")
    rows = waiting.options(joinedload(Article.created_by)).order_by(Article.created_at, Article.id)
    return session.scalars(rows).all()


def drafts(session: Session) -> Sequence[Article]:
    """What somebody writes and has not published yet."""
    unasked = select(Article).where(Article.state == ArticleState.DRAFT, Article.question == "")
    rows = unasked.options(joinedload(Article.created_by)).order_by(Article.updated_at.desc(), Article.id)
    return session.scalars(rows).all()


def archived(session: Session) -> Sequence[Article]:
    gone = select(Article).where(Article.state == ArticleState.ARCHIVED)
    return session.scalars(gone.order_by(Article.title, Article.id)).all()


def get_article(session: Session, article_id: int, user: User) -> Article:
    """An article the person may see: drafts exist for editors alone."""
    return _visible(session.get(Article, article_id), user)


def get_by_key(session: Session, key: str, user: User) -> Article:
    """The article that is named so."""
    return _visible(article_by_key(session, key), user)


def published_by_key(session: Session, key: str) -> Article | None:
    """The article that is named so, if there is something to read in it."""
    article = article_by_key(session, key)
    return article if article is not None and article.number else None


def published_about(session: Session, key: str, section: str | None) -> Article | None:
    """The article with this key, else the one about the section of a checklist."""
    return published_by_key(session, key) or (
        published_by_key(session, section_key(section)) if section else None
    )


def wording_of(session: Session, article: Article, number: int | None = None) -> Wording | None:
    """What was published, by default the last; None for a draft."""
    wanted = select(Wording).where(
        Wording.article_id == article.id, Wording.number == (article.number if number is None else number)
    )
    return session.scalar(wanted.options(joinedload(Wording.by)))


def receipt_of(session: Session, wording: Wording, user: User) -> ReadReceipt | None:
    """That the person has read this wording."""
    mine = select(ReadReceipt).where(
        ReadReceipt.article_id == wording.article_id,
        ReadReceipt.number == wording.number,
        ReadReceipt.user_id == user.id,
    )
    return session.scalar(mine)


def readers(session: Session, wording: Wording) -> Readers:
    """Who works here and has read this wording, or has not."""
    receipts = select(ReadReceipt).where(
        ReadReceipt.article_id == wording.article_id, ReadReceipt.number == wording.number
    )
    read = session.scalars(
        receipts.options(joinedload(ReadReceipt.user)).order_by(ReadReceipt.at, ReadReceipt.id)
    ).all()
    rest = select(User).where(User.active, User.id.not_in([each.user_id for each in read]))
    if wording.by_id is not None:
        rest = rest.where(User.id != wording.by_id)
    return Readers(read, session.scalars(rest.order_by(User.name, User.id)).all())


def search(session: Session, query: Query) -> list[ArticleHit]:
    """Published articles that hold every phrase; those with all of it in the title first."""
    hits = [each for each in _texts(session) if _holds(f"{each.title} {plain(each.body)}", query)]
    hits.sort(key=lambda each: (not _holds(each.title, query), each.title))
    return [
        ArticleHit(each.article_id, each.title, _excerpt(plain(each.body), query)) for each in hits[:FOUND]
    ]


def similar(session: Session, question: str) -> list[Wording]:
    """Published articles that share the most words with a question: perhaps one of them answers it."""
    asked = {stem(word) for word in words(question) if len(word) > 3}  # shorter ones tell little
    ranked = [
        (len(asked.intersection(_stems(f"{each.title} {plain(each.body)}").split())), each)
        for each in _texts(session)
    ]
    ranked.sort(key=lambda pair: (-pair[0], pair[1].title))
    return [each for shared, each in ranked[:SIMILAR] if shared >= min(2, len(asked)) and asked]


def book(session: Session) -> list[tuple[int, Wording]]:
    """Every published article in the order of the contents, with its depth."""
    texts = {each.article_id: each for each in _texts(session)}
    return [(depth, texts[key]) for depth, key in flat(grown(places(session), texts))]


def _texts(session: Session) -> Sequence[Wording]:
    return session.scalars(select(Wording).join(Article, _PUBLISHED).order_by(Wording.id)).all()


def _visible(article: Article | None, user: User) -> Article:
    if article is None or (not article.number and not holds(user, Permission.EDIT_KNOWLEDGE)):
        raise Missing(_("There is no such article."))
    return article


@lru_cache(maxsize=1_000)  # wordings never change
def _stems(text: str) -> str:
    return f" {stemmed(text)} "


def _holds(text: str, query: Query) -> bool:
    return all(f" {' '.join(phrase)} " in _stems(text) for phrase in query.phrases)


def _excerpt(text: str, query: Query) -> tuple[tuple[str, bool], ...]:
    spoken = text.split()
    hits = find(spoken, query) or [Hit(0, -1)]
    first, last = max(0, hits[0].first - AROUND), hits[0].first + AROUND
    marked = {place for hit in hits for place in range(hit.first, hit.last + 1)}
    return tuple((word, place in marked) for place, word in enumerate(spoken) if first <= place <= last)
