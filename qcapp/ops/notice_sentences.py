"""What people are told of the installation: the sentences of notices."""

from qcapp.core.i18n import lazy
from qcapp.people.notice_words import NoticeWords, Sentence

SENTENCES: dict[str, Sentence] = {
    "files_faulty": lazy("Stored files are not as the database says. See which ones, and what to do."),
    "audit_head": lazy(
        "The audit log ends with entry %(entry)s of %(at)s, hash %(hash)s. "
        "Keep this message: by it a log that was cut off shows."
    ),
    "audit_cut": lazy("The audit log was cut off: entry %(entry)s is gone. Run qcapp audit verify."),
}
NOTICES = NoticeWords(
    SENTENCES,
    personal=frozenset(["audit_head"]),
)
