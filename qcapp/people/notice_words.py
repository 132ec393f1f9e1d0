"""The sentences of notices: subject of the e-mail and text in the product, filled with the notice's facts.

Facts are plain JSON: days and moments are kept in ISO format and shown as the reader writes them, ``score`` is per
cent or None, and ``num`` chooses between one and many.
"""

from collections.abc import Callable, Mapping
from typing import Any

from babel.support import LazyProxy

from qcapp.core.formats import decimal, iso_time, percent
from qcapp.core.i18n import _, label, lazy, ngettext
from qcapp.people.models import Notice
from qcapp.terms import ConditionKind, LeadSource, Role, ScoredFact, Stage

Facts = Mapping[str, Any]
Sentence = LazyProxy | Callable[[Facts], str]
"""A sentence to be filled, or what chooses and fills one: ``lambda facts: ngettext("…", "…", **facts)``."""


def _account(told: LazyProxy) -> Callable[[Facts], str]:
    """What was done to an account, and whether it is to be confirmed now."""

    def sentence(facts: Facts) -> str:
        done = str(told) % facts
        return done + " " + _("It is to be confirmed or refused.") if facts.get("to_confirm") else done

    return sentence


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
    "script_submitted": lazy("%(manager)s has handed in draft %(draft)s of the script. Please decide."),
    "script_approved": lazy("Draft %(draft)s of your script was approved. Speak by it from now on."),
    "script_returned": lazy("Draft %(draft)s of your script was returned with comments."),
    "onboarding_begun": lazy("Your onboarding has begun. See what to do first."),
    "coach_chosen": lazy("You are the coach of %(manager)s from now on."),
    "trainee_begun": lazy("%(manager)s has begun the onboarding, stage “%(stage)s”. The coach: %(coach)s."),
    "trainee_begun_alone": lazy(
        "%(manager)s has begun the onboarding, stage “%(stage)s”, and waits for HR to choose a coach."
    ),
    "trainee_coach_chosen": lazy("%(coach)s is the coach of %(manager)s from now on."),
    "trainee_left_alone": lazy("%(manager)s has no coach any more and waits for HR to choose one."),
    "trainee_coach_left": lazy(
        "%(coach)s does not train any more: %(manager)s has no coach and waits for HR to choose one. "
        "Until then whoever else may train decides."
    ),
    "trainee_interrupted": lazy(
        "The account of %(manager)s was closed or has another role: the onboarding is interrupted, "
        "stage “%(stage)s”."
    ),
    "parted_account_open": lazy(
        "The department has parted with %(manager)s (%(why)s). The account is still open: "
        "close it, unless something else was agreed."
    ),
    "trainee_taken_back": lazy(
        "%(by)s has begun another onboarding of %(manager)s, with whom the department had parted. Reason: %(why)s"
    ),
    "stage_passed": lazy("You have reached the stage “%(stage)s”."),
    "trainee_stage_passed": lazy("%(manager)s has reached the stage “%(stage)s”."),
    "parted": lazy("Your onboarding has ended: %(why)s"),
    "trainee_parted": lazy("The onboarding of %(manager)s has ended: %(why)s"),
    "begun_anew": lazy(
        "Your onboarding has ended, and another one begins: nothing made in it counts any more. Reason: %(why)s"
    ),
    "trainee_begun_anew": lazy(
        "The onboarding of %(manager)s has ended, and another one begins: nothing made in it counts any more. "
        "Reason: %(why)s"
    ),
    "moved_by_hand": lazy(
        "%(by)s has moved you by hand to the stage “%(stage)s”. Reason: %(why)s. Not met then: %(unmet)s."
    ),
    "trainee_moved_by_hand": lazy(
        "%(by)s has moved %(manager)s by hand to the stage “%(stage)s”. Reason: %(why)s. Not met then: %(unmet)s."
    ),
    "stage_again": lazy("Everything is learnt once more, attempt %(attempt)s. %(why)s"),
    "trainee_stage_again": lazy("%(manager)s learns everything once more, attempt %(attempt)s. %(why)s"),
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
    "clearance_granted": lambda facts: _because(_("You are cleared for hot leads."), facts),
    "clearance_refused": lambda facts: _because(_("The clearance for hot leads was refused."), facts),
    "clearance_revoked": lambda facts: _because(_("The clearance for hot leads was taken away."), facts),
    "clearance_declared": lambda facts: _because(
        _("You were declared staff and may call every lead."), facts
    ),
    "trainee_ready": lazy("%(manager)s meets every condition for hot leads. Please decide."),
    "trainee_ready_again": lazy(
        "%(manager)s meets every condition; the clearance was taken away on %(at)s. "
        "Please decide whether it is granted anew."
    ),
    "trainee_clearance_granted": lambda facts: _because(
        ngettext(
            "%(by)s has cleared %(manager)s for hot leads although %(num)d condition is not met.",
            "%(by)s has cleared %(manager)s for hot leads although %(num)d conditions are not met.",
            **facts,
        )
        if facts["num"]
        else _("%(by)s has cleared %(manager)s for hot leads: every condition is met.", **facts),
        facts,
    ),
    "trainee_clearance_refused": lambda facts: _because(
        _("%(by)s has refused to clear %(manager)s for hot leads.", **facts), facts
    ),
    "trainee_clearance_revoked": lambda facts: _because(
        _("%(by)s has taken the clearance for hot leads away from %(manager)s.", **facts), facts
    ),
    "crm_takes_nothing": lazy(
        "For two days the CRM has not taken the message about %(manager)s. It is tried again once a day."
    ),
    "trainee_clearance_declared": lambda facts: _because(
        _("%(by)s has declared %(manager)s staff: every lead is allowed.", **facts), facts
    ),
    "clearance_ended": lazy(
        "The clearance of %(manager)s for hot leads has ended: the account was closed or had another role meanwhile. "
        "If it is still right, it has to be decided anew."
    ),
    "cleared_renamed": lazy(
        "%(by)s has changed the name of a manager cleared for hot leads: “%(before)s” is “%(manager)s” now. "
        "If this is another person, take the clearance away."
    ),
    "cleared_extensions": lazy(
        "%(by)s has given further extensions to %(manager)s, who is cleared for hot leads: %(numbers)s. "
        "If another person calls from there, take the clearance away."
    ),
    "manager_added": lazy(
        "%(manager)s has been added and is not cleared for any leads yet. "
        "Begin the onboarding, or ask the owner or the head of quality control to declare this manager staff."
    ),
    "manager_back": lazy(
        "%(manager)s is back: the account had been closed or had another role. The onboarding goes on, "
        "stage “%(stage)s”, unless another one is begun."
    ),
    "manager_back_ended": lazy(
        "%(manager)s is back. The onboarding here had ended: no leads until another one is begun."
    ),
    "staff_before_upgrade": lambda facts: ngettext(
        "%(num)d manager without an onboarding counts as staff from before this version. Please look through the list.",
        "%(num)d managers without an onboarding count as staff from before this version. "
        "Please look through the list.",
        **facts,
    ),
    "lead_flagged": lambda facts: _(
        "%(manager)s had a call of %(call)s without being cleared for it: %(lead)s.",
        **{**facts, "lead": label(LeadSource(facts["lead_source"]))},
    ),
    "coaching_held": lazy("%(coach)s has written down your coaching session “%(topic)s”. Please read it."),
    "coaching_task_agreed": lazy("A new task from %(coach)s: %(task)s"),
    "coaching_acknowledged": lazy("%(manager)s has read the coaching session “%(topic)s”."),
    "coaching_task_overdue": lazy("%(manager)s: a task is overdue – %(task)s"),
    "coaching_recheck": lazy("%(manager)s: a task can be checked on a call that was scored since – %(task)s"),
    "spve_submitted": lazy("%(manager)s has handed in the SPVE table. Please read it."),
    "spve_accepted": lazy("%(coach)s has accepted your SPVE table."),
    "spve_returned": lazy("%(coach)s has returned your SPVE table with a comment."),
    "reasons_submitted": lazy("%(manager)s has handed in the list of reasons. Please read it."),
    "reasons_accepted": lazy("%(coach)s has accepted your list of reasons."),
    "reasons_returned": lazy("%(coach)s has returned your list of reasons with a comment."),
    "exam_passed": lazy("You have passed exam %(number)s. The mark: %(mark)s."),
    "exam_failed": lazy("You have not passed exam %(number)s. The mark: %(mark)s."),
    "trainee_exam_passed": lazy("%(manager)s has passed exam %(number)s. The mark: %(mark)s."),
    "trainee_exam_failed": lazy("%(manager)s has not passed exam %(number)s. The mark: %(mark)s."),
    "sale_to_confirm": lazy("%(manager)s reports a sale of %(day)s. Please confirm or refuse it."),
    "sale_confirmed": lazy("The sale of %(day)s (%(manager)s) is confirmed."),
    "sale_refused": lazy("The sale of %(day)s (%(manager)s) is refused."),
    "sale_taken_back": lazy(
        "The sale of %(day)s (%(manager)s) does not count any more, says %(by)s: %(why)s"
    ),
    "cleared_without_sale": lazy(
        "%(manager)s is cleared for hot leads, but the sale of %(day)s behind it does not count any more, says %(by)s: "
        "%(why)s Decide whether the clearance stays."
    ),
    "stage_overdue": lazy(
        "%(manager)s: the time of the stage “%(stage)s” was over on %(day)s. Please decide."
    ),
    "stage_prolonged": lazy("You have time until %(day)s for the stage “%(stage)s”: %(why)s"),
    "knowledge_asked": lazy("%(name)s asks, and there is no article yet: %(question)s"),
    "knowledge_answered": lazy("Your question is answered by the article “%(title)s”."),
    "files_faulty": lazy("Stored files are not as the database says. See which ones, and what to do."),
    "token_ends": lazy("The API token “%(token)s” ends on %(until)s. Give its program a new one before."),
    "account_added": _account(lazy("A new account: %(name)s (%(role)s). Made by: %(by)s.")),
    "account_role_changed": _account(
        lazy("The role of %(name)s was changed to: %(role)s. Changed by: %(by)s.")
    ),
    "account_email_changed": _account(
        lazy("The e-mail address of %(name)s (%(role)s) was changed. Changed by: %(by)s.")
    ),
    "account_password_reset": _account(
        lazy("%(name)s (%(role)s) was given a new password. Made by: %(by)s.")
    ),
    "account_reactivated": _account(
        lazy("The account of %(name)s (%(role)s) was reactivated. Done by: %(by)s.")
    ),
    "account_deactivated": _account(
        lazy("The account of %(name)s (%(role)s) was deactivated. Done by: %(by)s.")
    ),
    "account_ready": lazy(
        "%(name)s (%(role)s) has signed in and chosen a password. Please confirm the account or refuse it."
    ),
    "account_confirmed": lazy("Your account is confirmed: you may begin. Confirmed by: %(by)s."),
    "account_confirmed_on_server": lazy(
        "The account of %(name)s (%(role)s) is confirmed and may judge. Confirmed by: %(by)s."
    ),
    "account_refused": lazy("The account of %(name)s (%(role)s) was refused and closed. Refused by: %(by)s."),
    "role_lent_to_judge": lambda facts: (
        _(
            "%(holder)s is to stand in for %(lender)s (%(role)s) from %(since)s to %(until)s."
            " Please confirm it or take it back.",
            **facts,
        )
        if facts.get("to_confirm")
        else _("%(holder)s stands in for %(lender)s (%(role)s) from %(since)s to %(until)s.", **facts)
    ),
    "role_lent_to_you": lazy("You stand in for %(lender)s from %(since)s to %(until)s."),
    "role_lent": lazy("%(holder)s stands in for you from %(since)s to %(until)s."),
    "role_taken_back": lazy("You do not stand in for %(lender)s any more."),
    "handed_over_to_you": lazy("Look after the calls and clients of %(giver)s, please, from %(since)s."),
    "handed_over": lazy("%(taker)s looks after your calls and clients from %(since)s."),
    "audit_head": lazy(
        "The audit log ends with entry %(entry)s of %(at)s, hash %(hash)s. "
        "Keep this message: by it a log that was cut off shows."
    ),
    "audit_cut": lazy("The audit log was cut off: entry %(entry)s is gone. Run qcapp audit verify."),
    "handover_returned": lazy("The calls and clients of %(giver)s are not with %(taker)s any more."),
}
ABOUT_ACCOUNTS = frozenset(kind for kind in SENTENCES if kind.startswith("account_"))
# About the person himself, or for him alone to answer: whoever stands in for him is not told.
PERSONAL = ABOUT_ACCOUNTS | {
    "role_lent_to_you",
    "role_lent",
    "role_lent_to_judge",
    "role_taken_back",
    "knowledge_answered",
    "audit_head",
}


def sentence(notice: Notice) -> str:
    """The notice in the language of the moment."""
    words = SENTENCES[notice.kind]
    facts = {name: _shown(name, value) for name, value in notice.facts.items()}
    return words(facts) if callable(words) else str(words) % facts


def _because(told: str, facts: Facts) -> str:
    """The sentence, and why, where somebody has said so."""
    return _("%(told)s Reason: %(why)s", told=told, why=facts["why"]) if facts["why"] != "" else told


_NAMED: dict[str, Callable[[Any], Any]] = {
    "stage": lambda value: label(Stage(value)) if value is not None else "–",
    "role": lambda value: label(Role(value)),
    "unmet": lambda value: ", ".join(str(label(ConditionKind(each))) for each in value),
    "corrected": lambda value: ", ".join(str(label(ScoredFact(each))) for each in value),
    "by": lambda value: value or _("the command line of the server"),
}


def _shown(name: str, value: Any) -> Any:
    if name == "score":
        return _("no score") if value is None else percent(value, 0 if value == round(value) else 1)
    if name == "mark":
        return decimal(value, 2)
    if name in _NAMED:
        return _NAMED[name](value)
    if name == "call" and value is None:
        return _("an unknown time")
    if isinstance(value, str):
        return iso_time(value) or value
    return "–" if value is None else value
