"""What people are told of people, their accounts, teams, roles lent and tokens: the sentences of notices."""

from collections.abc import Callable

from babel.support import LazyProxy

from qcapp.core.i18n import _, lazy
from qcapp.people.notice_words import Facts, NoticeWords, Sentence


def _account(told: LazyProxy) -> Callable[[Facts], str]:
    """What was done to an account, and whether it is to be confirmed now."""

    def sentence(facts: Facts) -> str:
        done = str(told) % facts
        return done + " " + _("It is to be confirmed or refused.") if facts.get("to_confirm") else done

    return sentence


SENTENCES: dict[str, Sentence] = {
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
    "handover_returned": lazy("The calls and clients of %(giver)s are not with %(taker)s any more."),
}
ABOUT_ACCOUNTS = frozenset(kind for kind in SENTENCES if kind.startswith("account_"))
NOTICES = NoticeWords(
    SENTENCES,
    personal=ABOUT_ACCOUNTS | {"role_lent_to_you", "role_lent", "role_lent_to_judge", "role_taken_back"},
)
