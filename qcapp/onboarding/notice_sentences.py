"""What people are told of the onboarding and of clearance: the sentences of notices."""

from qcapp.core.i18n import _, label, lazy, ngettext
from qcapp.people.notice_words import Facts, NoticeWords, Sentence
from qcapp.terms import LeadSource


def _because(told: str, facts: Facts) -> str:
    """The sentence, and why, where somebody has said so."""
    return _("%(told)s Reason: %(why)s", told=told, why=facts["why"]) if facts["why"] != "" else told


SENTENCES: dict[str, Sentence] = {
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
}
NOTICES = NoticeWords(
    SENTENCES,
)
