"""Corrections of what a published score counts by: by those who judge alone, with a reason, the first values kept.

Whose call it was, when it began, which way it went, whose lead it was and which contact decide for whom, and for which
stage, condition and comparison, its score counts. Until a score is published all that is corrected like any other fact.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.calls.models import Call, CallCorrection
from qcapp.core import audit, clock
from qcapp.core.errors import Forbidden, Refused
from qcapp.core.i18n import _
from qcapp.people.models import User
from qcapp.people.permissions import Permission, allowed
from qcapp.terms import ScoredFact

Change = tuple[Any, Any]
"""What a fact was, and what it becomes."""


def changed_of(known: object, facts: object) -> dict[ScoredFact, Change]:
    """Of two ``Facts``: what a score would count by and is another one."""
    pairs = {each: (getattr(known, each.value), getattr(facts, each.value)) for each in ScoredFact}
    return {each: (before, after) for each, (before, after) in pairs.items() if before != after}


def may_correct(session: Session, call: Call, by: User) -> bool:
    """Whether the person may correct what a score of the call counts by, now."""
    scored = call.scored_at is not None
    return not scored or allowed(session, by, Permission.CORRECT_SCORED_CALLS, call.manager_id)


def demand_correctable(session: Session, call: Call, why: str, by: User) -> None:
    """Raise unless this may be corrected on a scored call, by this person, for this reason."""
    told = _(
        "A score of this call has been published, and it counts by manager, start, direction, lead source and contact. "
        "The head of quality control or the owner corrects them on the page of the call, with a reason."
    )
    if not may_correct(session, call, by):
        raise Forbidden(told)
    if not why.strip():
        raise Refused(told)


def keep(
    session: Session, call: Call, changed: Mapping[ScoredFact, Change], why: str, by: User
) -> CallCorrection:
    """Write down what was before, who has corrected it and why."""
    told = {
        fact: audit.change(_written(before), _written(after)) for fact, (before, after) in changed.items()
    }
    kept = CallCorrection(call_id=call.id, changed=told, why=why.strip(), by=by, at=clock.now())
    session.add(kept)
    session.flush()
    return kept


def corrections_of(session: Session, call: Call) -> Sequence[CallCorrection]:
    """What was corrected since a score of the call was published, in the order of time."""
    found = select(CallCorrection).where(CallCorrection.call_id == call.id).order_by(CallCorrection.id)
    return session.scalars(found).all()


def _written(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, User):
        return str(value.id)
    return value.isoformat() if isinstance(value, datetime) else str(value)
