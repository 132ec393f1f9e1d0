"""What the audit log records of the knowledge base, in words."""

from qcapp.core.audit import Action
from qcapp.core.i18n import lazy
from qcapp.people.audit_words import AuditWords
from qcapp.terms import N_


class KnowledgeAction(Action):
    """What the audit log records of the knowledge base."""

    ARTICLE_BEGUN = "article_begun", N_("Article begun")
    ARTICLE_ASKED = "article_asked", N_("Article asked for")
    ARTICLE_PUBLISHED = "article_published", N_("Article published")
    ARTICLE_ARCHIVED = "article_archived", N_("Article archived")
    ARTICLE_RESTORED = "article_restored", N_("Article taken out of the archive")
    ARTICLE_REMOVED = "article_removed", N_("Draft of an article removed")
    ARTICLE_READ = "article_read", N_("Article read")
    EXPORT_KNOWLEDGE = "export_knowledge", N_("Articles exported")


AUDITED = AuditWords(
    actions=KnowledgeAction,
    kinds={
        "article": lazy("Article"),
        "knowledge": lazy("Knowledge base"),
    },
    fields={
        "title": lazy("Title"),
        "question": lazy("Question"),
    },
)
