"""Decides about hot leads: granted, refused or revoked, against the computed answer only with a reason.

The answer is computed anew inside the decision, while the trainee's row is locked, and kept with it.
"""

from typing import Any

from sqlalchemy.orm import Session

from qcapp.core import audit, clock, events
from qcapp.core.errors import Forbidden, Refused
from qcapp.core.i18n import _
from qcapp.onboarding import rules
from qcapp.onboarding.events import ClearanceDecided
from qcapp.onboarding.models import ClearanceDecision, Trainee
from qcapp.onboarding.record import program_of, record_of
from qcapp.onboarding.rules import Happening, State
from qcapp.onboarding.stages import lock, move
from qcapp.onboarding.states import Verdict
from qcapp.onboarding.words import sentence
from qcapp.people.models import Role, User
from qcapp.people.permissions import Permission, allowed, demand
from qcapp.people.stages import Stage

DECISIONS: dict[Verdict, audit.Action] = {
    Verdict.GRANTED: "clearance_granted",
    Verdict.REFUSED: "clearance_refused",
    Verdict.REVOKED: "clearance_revoked",
}

MOVES = {Verdict.GRANTED: Happening.GRANTED, Verdict.REVOKED: Happening.REVOKED}


def grant_clearance(session: Session, trainee: Trainee, *, by: User, reason: str = "") -> ClearanceDecision:
    """Hot leads from now on; with something missing only with a reason."""
    return _decide(session, trainee, Verdict.GRANTED, reason, by=by)


def refuse_clearance(session: Session, trainee: Trainee, *, by: User, reason: str = "") -> ClearanceDecision:
    """Not yet; with nothing missing only with a reason. The trainee stays where he is."""
    return _decide(session, trainee, Verdict.REFUSED, reason, by=by)


def revoke_clearance(session: Session, trainee: Trainee, *, by: User, reason: str) -> ClearanceDecision:
    """No hot leads any more, and why: back to the last stage of the way."""
    return _decide(session, trainee, Verdict.REVOKED, reason, by=by)


def possible(stage: Stage, *, parted: bool) -> tuple[Verdict, ...]:
    """What can be decided about somebody in this stage."""
    if parted:
        return ()
    return (Verdict.REVOKED,) if stage is Stage.STAFF else (Verdict.GRANTED, Verdict.REFUSED)


def may_decide(session: Session, trainee: Trainee, user: User) -> bool:
    """Whether the person grants and refuses, and has no part in it: a head never clears the own team."""
    team = trainee.manager.team
    heads = team is not None and team.head_id == user.id and user.role is not Role.OWNER
    return not heads and allowed(session, user, Permission.CLEAR, trainee.manager_id)


def _decide(
    session: Session, trainee: Trainee, verdict: Verdict, reason: str, *, by: User
) -> ClearanceDecision:
    demand(by, Permission.CLEAR, session=session, manager_id=trainee.manager_id)
    if not may_decide(session, trainee, by):
        raise Forbidden(_("Nobody clears his own team. The attempt has been recorded."))
    lock(session, trainee.id)
    states = rules.all_conditions(program_of(trainee), record_of(session, trainee))
    missing, reason = [state for state in states if not state.met], reason.strip()
    _check(trainee, verdict, missing, reason)
    decision = ClearanceDecision(
        trainee=trainee,
        verdict=verdict,
        computed=not missing,
        conditions=[_as_stored(state) for state in states],
        reason=reason,
        by=by,
        at=clock.now(),
    )
    session.add(decision)
    session.flush()
    audit.record(
        session,
        DECISIONS[verdict],
        f"trainee:{trainee.id}",
        by_id=by.id,
        manager=trainee.manager_id,
        computed=not missing,
        missing=len(missing),
        reason=reason,
    )
    if verdict in MOVES:
        move(session, trainee, MOVES[verdict], why=reason, by=by)
    events.emit(session, ClearanceDecided(decision.id))
    return decision


def _check(trainee: Trainee, verdict: Verdict, missing: list[State], reason: str) -> None:
    """Raise Refused unless this can be decided now, with a reason where one is needed."""
    stage = trainee.stages[-1].stage
    if verdict not in possible(stage, parted=trainee.parted_at is not None):
        if trainee.parted_at is not None:
            raise Refused(_("The department has parted with this manager; nothing is left to decide."))
        if stage is Stage.STAFF:
            raise Refused(_("This manager is cleared already."))
        raise Refused(_("This manager is not cleared, so there is nothing to take away."))
    if reason or not rules.needs_reason(verdict, missing):
        return
    match verdict:
        case Verdict.GRANTED:
            raise Refused(_("Not every condition is met: say why the clearance is granted all the same."))
        case Verdict.REFUSED:
            raise Refused(_("Every condition is met: say why the clearance is refused all the same."))
        case Verdict.REVOKED:
            raise Refused(_("Say why the clearance is taken away."))


def _as_stored(state: State) -> dict[str, Any]:
    """The condition as it stood, in the words of the moment, for whoever asks later."""
    return {
        "key": state.kind.value,
        "stage": state.stage,
        "met": state.met,
        "have": state.have,
        "need": state.need,
        "sentence": sentence(state),
        "evidence": [{"kind": each.kind, "id": each.id} for each in state.evidence],
    }
