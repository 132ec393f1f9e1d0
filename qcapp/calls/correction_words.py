"""Corrections of scored calls as pages show them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from qcapp.calls.corrections import corrections_of
from qcapp.calls.models import Call, CallCorrection
from qcapp.calls.numbers import Numbers
from qcapp.core.formats import local_datetime
from qcapp.core.i18n import _, label
from qcapp.people.models import User
from qcapp.terms import Direction, LeadSource, ScoredFact


@dataclass(frozen=True, slots=True)
class Corrected:
    """One fact in words."""

    fact: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Correction:
    """What was corrected at once; ``why`` without the numbers its reader may not see."""

    facts: tuple[Corrected, ...]
    by: str
    at: datetime
    why: str


def shown(session: Session, call: Call, numbers: Numbers) -> list[Correction]:
    """Everything that was corrected since a score of the call was published, in the order of time."""
    return [
        Correction(
            tuple(_facts(session, each)),
            each.by.name,
            each.at,
            numbers.text(each.why, call) or "",
        )
        for each in corrections_of(session, call)
    ]


def _facts(session: Session, correction: CallCorrection) -> Iterator[Corrected]:
    for name, change in correction.changed.items():
        fact = ScoredFact(name)
        yield Corrected(
            str(label(fact)), _said(session, fact, change["before"]), _said(session, fact, change["after"])
        )


def _said(session: Session, fact: ScoredFact, value: str | None) -> str:
    if value is None:
        return _("not known")
    match fact:
        case ScoredFact.MANAGER:
            manager = session.get(User, int(value))
            return manager.name if manager else "–"
        case ScoredFact.START:
            return local_datetime(datetime.fromisoformat(value))
        case ScoredFact.DIRECTION:
            return str(label(Direction(value)))
        case ScoredFact.LEAD_SOURCE:
            return str(label(LeadSource(value)))
        case ScoredFact.CONTACT_NO:
            return value
