"""What every feature calls things in the audit log, and what it tells people: gathered for the pages that show them."""

from qcapp.calls import audited as calls_audited
from qcapp.callscripts import audited as callscripts_audited
from qcapp.callscripts import notice_sentences as callscripts_notices
from qcapp.checklists import audited as checklists_audited
from qcapp.coaching import audited as coaching_audited
from qcapp.coaching import notice_sentences as coaching_notices
from qcapp.evidence import audited as evidence_audited
from qcapp.knowledge import audited as knowledge_audited
from qcapp.knowledge import notice_sentences as knowledge_notices
from qcapp.onboarding import audited as onboarding_audited
from qcapp.onboarding import notice_sentences as onboarding_notices
from qcapp.ops import audited as ops_audited
from qcapp.ops import notice_sentences as ops_notices
from qcapp.people import audit_words, notice_words
from qcapp.people import audited as people_audited
from qcapp.people import notice_sentences as people_notices
from qcapp.privacy import audited as privacy_audited
from qcapp.reports import audited as reports_audited
from qcapp.reviews import audited as reviews_audited
from qcapp.reviews import notice_sentences as reviews_notices
from qcapp.transcripts import audited as transcripts_audited

AUDITED = (
    people_audited.AUDITED,
    checklists_audited.AUDITED,
    callscripts_audited.AUDITED,
    knowledge_audited.AUDITED,
    calls_audited.AUDITED,
    transcripts_audited.AUDITED,
    evidence_audited.AUDITED,
    reviews_audited.AUDITED,
    coaching_audited.AUDITED,
    onboarding_audited.AUDITED,
    reports_audited.AUDITED,
    privacy_audited.AUDITED,
    ops_audited.AUDITED,
)
NOTICES = (
    people_notices.NOTICES,
    callscripts_notices.NOTICES,
    knowledge_notices.NOTICES,
    reviews_notices.NOTICES,
    coaching_notices.NOTICES,
    onboarding_notices.NOTICES,
    ops_notices.NOTICES,
)


def register() -> None:
    """Makes the words of all features known."""
    for words in AUDITED:
        audit_words.register(words)
    for sentences in NOTICES:
        notice_words.register(sentences)
