"""What people are told of scripts: the sentences of notices."""

from qcapp.core.i18n import lazy
from qcapp.people.notice_words import NoticeWords, Sentence

SENTENCES: dict[str, Sentence] = {
    "script_submitted": lazy("%(manager)s has handed in draft %(draft)s of the script. Please decide."),
    "script_approved": lazy("Draft %(draft)s of your script was approved. Speak by it from now on."),
    "script_returned": lazy("Draft %(draft)s of your script was returned with comments."),
}
NOTICES = NoticeWords(
    SENTENCES,
)
