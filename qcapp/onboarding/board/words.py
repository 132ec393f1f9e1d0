"""For whom a trainee waits, in words."""

from collections.abc import Sequence

from qcapp.core.i18n import _, lazy, ngettext
from qcapp.onboarding.board.queries import Row
from qcapp.onboarding.board.rules import Place
from qcapp.onboarding.board.waiting import Whom
from qcapp.people.models import User

NAMED = 3  # people who are named; of more, how many others there are

WAITS = {
    Whom.COACH: lazy("waits for the coach"),
    Whom.QUALITY: lazy("waits for quality control to score calls"),
    Whom.DECIDER: lazy("waits for the owner or the head of quality control"),
    Whom.SALE: lazy("waits for a sale to be confirmed"),
}
DECIDES = {
    Whom.COACH: lazy("The coach decides now"),
    Whom.QUALITY: lazy("Quality control scores now"),
    Whom.DECIDER: lazy("The owner or the head of quality control decides now what follows"),
    Whom.SALE: lazy("Somebody else confirms the sale"),
}


def waiting_words(row: Row) -> str:
    """For whom this trainee waits, for how many days, and who that is; empty: for nobody."""
    if row.waits is None:
        return ""
    words = str(WAITS[row.waits.whom])
    if row.waited:
        words = ngettext("%(whom)s, %(num)d day", "%(whom)s, %(num)d days", row.waited, whom=words)
    return _with_names(words, row.deciders)


def decision_words(row: Row) -> str:
    """Whose decision the trainee waits for, as a sentence; empty: nobody's."""
    if row.waits is None:
        return ""
    if row.place is Place.READY:
        words = _(
            "Every condition is met. The owner or the head of quality control decides about hot leads now"
        )
    else:
        words = str(DECIDES[row.waits.whom])
    return _with_names(words, row.deciders) + "."


def _with_names(words: str, people: Sequence[User]) -> str:
    names = [person.name for person in people[:NAMED]]
    if people[NAMED:]:
        names.append(_("%(num)d more", num=len(people[NAMED:])))
    return f"{words}: {', '.join(names)}" if names else words
