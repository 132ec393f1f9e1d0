"""Decides about hot leads: granted, refused, revoked, or declared to be staff already.

A grant or refusal against the computed answer and a grant after a refusal need a reason, the other two always. The
answer is computed anew inside the decision, while the manager's row and the trainee's are locked, and kept with it.
``seen`` is the newest decision that was known to whoever decides: after a later one he looks once more.
"""

from typing import Any

from sqlalchemy.orm import Session

from qcapp.core import audit, clock, events
from qcapp.core.errors import Forbidden, Refused
from qcapp.core.i18n import _
from qcapp.onboarding import rules, standing
from qcapp.onboarding.audited import OnboardingAction
from qcapp.onboarding.clearance.answers import answers_of
from qcapp.onboarding.clearance.notices import tell_of_break
from qcapp.onboarding.clearance.queries import Standing, newest_decision, standings_of
from qcapp.onboarding.events import ClearanceDecided, StandingChanged
from qcapp.onboarding.models import ClearanceDecision
from qcapp.onboarding.overtaken import Overtaken
from qcapp.onboarding.rules import Happening, State
from qcapp.onboarding.stages import lock, move
from qcapp.onboarding.words import sentence
from qcapp.people.holding import hold
from qcapp.people.models import User
from qcapp.people.permissions import Permission, allowed, demand
from qcapp.terms import ClearanceVerdict, Role, Stage

DECISIONS: dict[ClearanceVerdict, audit.Action] = {
    ClearanceVerdict.GRANTED: OnboardingAction.CLEARANCE_GRANTED,
    ClearanceVerdict.REFUSED: OnboardingAction.CLEARANCE_REFUSED,
    ClearanceVerdict.REVOKED: OnboardingAction.CLEARANCE_REVOKED,
    ClearanceVerdict.DECLARED: OnboardingAction.CLEARANCE_DECLARED,
}

MOVES = {ClearanceVerdict.GRANTED: Happening.GRANTED, ClearanceVerdict.REVOKED: Happening.REVOKED}


def grant_clearance(
    session: Session, manager: User, *, by: User, reason: str = "", seen: int | None = None
) -> ClearanceDecision:
    """Hot leads from now on; with something missing, or after a refusal, only with a reason."""
    return _decide(session, manager, ClearanceVerdict.GRANTED, reason, by=by, seen=seen)


def refuse_clearance(
    session: Session, manager: User, *, by: User, reason: str = "", seen: int | None = None
) -> ClearanceDecision:
    """Not yet; with nothing missing only with a reason. The trainee stays where he is."""
    return _decide(session, manager, ClearanceVerdict.REFUSED, reason, by=by, seen=seen)


def revoke_clearance(
    session: Session, manager: User, *, by: User, reason: str, seen: int | None = None
) -> ClearanceDecision:
    """No hot leads any more, and why: a trainee goes back to the stage that was left, others to none."""
    return _decide(session, manager, ClearanceVerdict.REVOKED, reason, by=by, seen=seen)


def declare_staff(
    session: Session, manager: User, *, by: User, reason: str, seen: int | None = None
) -> ClearanceDecision:
    """Somebody without an onboarding here works as staff already, and why: hot leads from now on."""
    return _decide(session, manager, ClearanceVerdict.DECLARED, reason, by=by, seen=seen)


def end_after_break(session: Session, manager_id: int) -> None:
    """Whoever comes back after the account was closed, or had another role, has to be cleared anew.

    His onboarding goes on where it was, unless another one is begun.
    """
    manager = session.get_one(User, manager_id)
    now = _locked(session, manager)
    if now.cleared:
        _carry_out(session, now, ClearanceVerdict.REVOKED, "after_a_break", by=None)
        tell_of_break(session, manager)
    if now.trainee is not None and now.trainee.parted_at is None:
        now.trainee.interrupted_at = clock.now()  # not before the stay that the revocation has begun


def possible(standing: Standing) -> tuple[ClearanceVerdict, ...]:
    """What can be decided about somebody who stands there."""
    if not standing.works_here:
        return ()
    if standing.stage is Stage.STAFF:
        return (ClearanceVerdict.REVOKED,)
    return (
        (ClearanceVerdict.GRANTED, ClearanceVerdict.REFUSED)
        if standing.trainee
        else (ClearanceVerdict.DECLARED,)
    )


def may_decide(session: Session, manager: User, user: User) -> bool:
    """Whether the person decides, and has no part in it: a head never clears the own team."""
    team = manager.team
    heads = team is not None and team.head_id == user.id and user.role is not Role.OWNER
    return not heads and allowed(session, user, Permission.CLEAR, manager.id)


def _decide(
    session: Session, manager: User, verdict: ClearanceVerdict, reason: str, *, by: User, seen: int | None
) -> ClearanceDecision:
    demand(by, Permission.CLEAR, session=session, manager_id=manager.id)
    if not may_decide(session, manager, by):
        raise Forbidden(_("Nobody clears his own team. The attempt has been recorded."))
    now, reason = _locked(session, manager), reason.strip()
    if seen is not None and newest_decision(session, manager.id) > seen:
        raise Overtaken
    missing = [state for state in now.states if not state.met]
    _check(now, verdict, missing, reason)
    decision = _carry_out(session, now, verdict, reason, by=by)
    events.emit(session, ClearanceDecided(decision.id))
    return decision


def _carry_out(
    session: Session, now: Standing, verdict: ClearanceVerdict, reason: str, *, by: User | None
) -> ClearanceDecision:
    """Record the decision with the answer of this moment, and let it take effect."""
    manager, missing = now.person, [state for state in now.states if not state.met]
    decision = ClearanceDecision(
        manager=manager,
        trainee=now.trainee,
        verdict=verdict,
        computed=now.trainee is not None and not missing,
        conditions=[_as_stored(state) for state in now.states],
        reason=reason,
        by=by,
        at=clock.now(),
    )
    session.add(decision)
    session.flush()
    audit.record(
        session,
        DECISIONS[verdict],
        f"user:{manager.id}",
        by_id=by and by.id,
        computed=decision.computed,
        missing=len(missing),
        reason=reason,
    )
    if now.trainee is None:
        _follow(session, manager, verdict)
    elif verdict in MOVES:
        move(session, now.trainee, MOVES[verdict], why=reason if by else "", by=by)
    return decision


def _follow(session: Session, manager: User, verdict: ClearanceVerdict) -> None:
    """Without an onboarding the decision itself is where the manager stands."""
    if verdict is ClearanceVerdict.DECLARED:
        standing.note_earlier_calls(session, manager)
    events.emit(session, StandingChanged(manager.id))


def _locked(session: Session, manager: User) -> Standing:
    """Where the manager stands; whoever else decides about him, or begins his onboarding, waits."""
    hold(session, User.id == manager.id)
    if (trainee := answers_of(session, [manager.id])[manager.id].trainee) is not None:
        lock(session, trainee.id)
    return standings_of(session, [manager.id])[manager.id]


def _check(now: Standing, verdict: ClearanceVerdict, missing: list[State], reason: str) -> None:
    """Raise Refused unless this can be decided now, with a reason where one is needed."""
    if verdict not in possible(now):
        raise Refused(_why_not(now, verdict))
    if reason or not rules.needs_reason(verdict, missing, refused=now.refused):
        return
    match verdict:
        case ClearanceVerdict.GRANTED if not missing:
            raise Refused(_("The clearance was refused: say why it is granted all the same."))
        case ClearanceVerdict.GRANTED:
            raise Refused(_("Not every condition is met: say why the clearance is granted all the same."))
        case ClearanceVerdict.REFUSED:
            raise Refused(_("Every condition is met: say why the clearance is refused all the same."))
        case ClearanceVerdict.REVOKED:
            raise Refused(_("Say why the clearance is taken away."))
        case ClearanceVerdict.DECLARED:
            raise Refused(_("Say why this manager needs no onboarding here."))


def _why_not(now: Standing, verdict: ClearanceVerdict) -> str:
    if not now.person.active:
        return _("This account is deactivated; nothing is decided about it.")
    if not now.works_here:
        return _("The department has parted with this manager; nothing is left to decide.")
    if now.stage is Stage.STAFF:
        return _("This manager is cleared already.")
    if verdict is ClearanceVerdict.DECLARED:
        return _("The onboarding of this manager has begun: grant or refuse the clearance instead.")
    if verdict is ClearanceVerdict.REVOKED:
        return _("This manager is not cleared, so there is nothing to take away.")
    return _("The onboarding of this manager has not begun: begin it, or declare the manager staff.")


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
