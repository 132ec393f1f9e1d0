"""What the knowledge base tells the features above."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ArticleRead:
    """Somebody says that he has read an article, perhaps not for the first time."""

    article_id: int
    user_id: int
