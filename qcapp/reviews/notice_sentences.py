"""What people are told of reviews, the queue, disputes, calibrations and re-calls: the sentences of notices."""

from qcapp.core.i18n import lazy, ngettext
from qcapp.people.notice_words import NoticeWords, Sentence

SENTENCES: dict[str, Sentence] = {
    "review_published": lazy("Your call of %(call)s was scored: %(score)s."),
    "review_not_published": lazy(
        "Your review of the call of %(call)s was not published, because the manager is in your team now."
    ),
    "dispute_opened": lambda facts: ngettext(
        "%(manager)s disputes %(num)d answer of your review of the call of %(call)s.",
        "%(manager)s disputes %(num)d answers of your review of the call of %(call)s.",
        **facts,
    ),
    "dispute_to_decide": lambda facts: ngettext(
        "%(manager)s disputes %(num)d answer of a review by %(reviewer)s. Please decide.",
        "%(manager)s disputes %(num)d answers of a review by %(reviewer)s. Please decide.",
        **facts,
    ),
    "dispute_accepted": lazy("The dispute over the call of %(call)s was accepted. The score: %(score)s."),
    "dispute_partly": lazy(
        "The dispute over the call of %(call)s was accepted in part. The score: %(score)s."
    ),
    "dispute_rejected": lazy("The dispute over the call of %(call)s was rejected. The score: %(score)s."),
    "answers_corrected": lazy("The review of the call of %(call)s was corrected. The score: %(score)s."),
    "scored_call_corrected": lazy(
        "%(by)s has corrected what the score of the call of %(call)s counts by: %(corrected)s. "
        "What it was before stands on the page of the review."
    ),
    "score_moved": lazy(
        "The call of %(call)s was not yours: %(by)s has given it, with its score, to somebody else."
    ),
    "recall_opened": lazy(
        "The client of the call of %(call)s (%(manager)s) is to be called again until %(due)s."
    ),
    "calls_assigned": lambda facts: ngettext(
        "%(num)d call was assigned to you.", "%(num)d calls were assigned to you.", **facts
    ),
    "calls_freed": lambda facts: ngettext(
        "%(reviewer)s does not score calls any more: %(num)d call is in the common queue again.",
        "%(reviewer)s does not score calls any more: %(num)d calls are in the common queue again.",
        **facts,
    ),
    "calibration_planned": lazy("You take part in the calibration “%(title)s”. Please score its calls."),
    "calibration_all_through": lazy(
        "Everybody is through with “%(title)s”. Please set the reference answers."
    ),
    "calibration_without": lazy(
        "%(reviewer)s does not score calls any more. The calibration “%(title)s” goes on without this reviewer."
    ),
    "calibration_blind_ended": lazy("The scoring of “%(title)s” has ended; the reference is being set."),
    "calibration_closed": lazy("The report of the calibration “%(title)s” is open."),
    "calibration_cancelled": lazy("The calibration “%(title)s” was cancelled: %(reason)s"),
    "calibration_due_soon": lazy(
        "The calibration “%(title)s” is to be scored by tomorrow: please score its calls."
    ),
    "calibration_overdue": lazy(
        "The deadline of the calibration “%(title)s” has passed: please score its calls."
    ),
}
NOTICES = NoticeWords(
    SENTENCES,
)
