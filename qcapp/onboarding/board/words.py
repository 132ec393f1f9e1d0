"""For whom a trainee waits, and cohorts, in words."""

from collections.abc import Sequence
from datetime import date

from flask_babel import format_date

from qcapp.core.formats import day, local_date
from qcapp.core.i18n import _, label, lazy, ngettext
from qcapp.core.periods import Unit
from qcapp.onboarding.board.cohorts import Now, Which
from qcapp.onboarding.board.queries import BoardRow
from qcapp.onboarding.board.rules import BoardPlace
from qcapp.onboarding.board.waiting import Whom
from qcapp.onboarding.history import Record
from qcapp.onboarding.program.plan import WAY
from qcapp.people.models import User
from qcapp.terms import Stage

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

NOW = {
    Now.CLEARED: (lazy("cleared"), "good"),
    Now.REVOKED: (lazy("clearance taken away"), "bad"),
    Now.ON_THE_WAY: (lazy("on the way"), ""),
    Now.LEFT: (lazy("left the department"), ""),
}
WHICH = {
    Which.ALL: lazy("Everybody"),
    Which.EVER_CLEARED: lazy("Ever cleared"),
    Which.SOLD: lazy("With a sale"),
    Which.CLEARED: lazy("Cleared now"),
    Which.REVOKED: lazy("Clearance taken away"),
    Which.ON_THE_WAY: lazy("On the way"),
    Which.LEFT: lazy("Left the department"),
}


def period_of(unit: Unit, first_day: date) -> str:
    """The week or month that begins with this day."""
    if unit is Unit.MONTH:
        return str(format_date(first_day, "LLLL yyyy"))
    return _("week from %(day)s", day=day(first_day))


def why_nobody(stage: Stage | None) -> str:
    """What is missing where there is no cohort."""
    if stage is None:
        return _(
            "Nobody has begun in this time. Begin the onboarding of a manager, and the first cohort is here."
        )
    before = label(WAY[WAY.index(stage) - 1])
    return _(
        "Nobody has come to the stage “%(stage)s” in this time. Whoever fulfils the stage “%(before)s” comes to it.",
        stage=label(stage),
        before=before,
    )


def waiting_words(row: BoardRow) -> str:
    """For whom this trainee waits, for how many days, and who that is; empty: for nobody."""
    if row.waits is None:
        return ""
    words = str(WAITS[row.waits.whom])
    if row.waited:
        words = ngettext("%(whom)s, %(num)d day", "%(whom)s, %(num)d days", row.waited, whom=words)
    return _with_names(words, row.deciders)


def decision_words(row: BoardRow) -> str:
    """Whose decision the trainee waits for, or what brings it up again, as a sentence; empty: nobody's."""
    if row.place is BoardPlace.REFUSED:
        return _(
            "The decision comes up again when quality control has scored one more call; until then calls and "
            "coaching go on as before."
        )
    if row.waits is None:
        return ""
    if row.place is BoardPlace.READY:
        words = _(
            "Every condition is met. The owner or the head of quality control decides about hot leads now"
        )
    else:
        words = str(DECIDES[row.waits.whom])
    return _with_names(words, row.deciders) + "."


def refusal_words(record: Record) -> str:
    """When, by whom and why clearance was refused, if that was decided last; else empty."""
    refusal = record.refusal
    if refusal is None:
        return ""
    words = _("Clearance was refused on %(day)s, %(by)s", day=local_date(refusal.at), by=refusal.by)
    said = f"{words}: {refusal.reason}" if refusal.reason else words
    return said if said.endswith((".", "!", "?", "…")) else f"{said}."


def _with_names(words: str, people: Sequence[User]) -> str:
    names = [person.name for person in people[:NAMED]]
    if people[NAMED:]:
        names.append(_("%(num)d more", num=len(people[NAMED:])))
    return f"{words}: {', '.join(names)}" if names else words
