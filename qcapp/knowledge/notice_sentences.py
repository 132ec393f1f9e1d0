"""What people are told of the knowledge base: the sentences of notices."""

from qcapp.core.i18n import lazy
from qcapp.people.notice_words import NoticeWords, Sentence

SENTENCES: dict[str, Sentence] = {
    "knowledge_asked": lazy("%(name)s asks, and there is no article yet: %(question)s"),
    "knowledge_answered": lazy("Your question is answered by the article “%(title)s”."),
}
NOTICES = NoticeWords(
    SENTENCES,
    personal=frozenset(["knowledge_answered"]),
)
