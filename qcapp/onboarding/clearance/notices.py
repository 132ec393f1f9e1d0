"""Tells whom a decision about hot leads concerns: the manager, the head of the team, and who else decides."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.onboarding.clearance.answers import answers_of
from qcapp.onboarding.current import current_trainee
from qcapp.onboarding.models import ClearanceDecision, Trainee
from qcapp.people.events import IdentityChanged
from qcapp.people.models import Notice, User
from qcapp.people.notices import notify, notify_each
from qcapp.people.permissions import Permission
from qcapp.people.queries import holders_of
from qcapp.people.teams import head_of
from qcapp.terms import ClearanceVerdict, Role

READY = ("trainee_ready", "trainee_ready_again")
"""Notices that every condition is met; the second after the clearance was taken away."""


def tell_of_clearance(session: Session, decision_id: int) -> None:
    """One sentence for the manager, another for those who answer for the team or decide as well."""
    decision = session.get_one(ClearanceDecision, decision_id)
    manager = decision.manager
    path = f"/clearance/{manager.id}"
    facts = {"by": decision.by.name if decision.by else None, "why": decision.reason}
    notify(session, manager, f"clearance_{decision.verdict}", path, **facts)
    missing = sum(not condition["met"] for condition in decision.conditions)
    kind = f"trainee_clearance_{decision.verdict}"
    notify_each(session, _others(session, decision), kind, path, manager=manager.name, num=missing, **facts)


def tell_of_break(session: Session, manager: User) -> None:
    """The manager, the head of the team and whoever decides learn that the clearance has ended with the break."""
    people = [manager, head_of(manager), *holders_of(session, Permission.CLEAR)]
    active = [each for each in people if each is not None and each.active]
    notify_each(session, active, "clearance_ended", f"/clearance/{manager.id}", manager=manager.name)


def tell_of_identity(session: Session, event: IdentityChanged) -> None:
    """Whoever decides learns that the account of somebody cleared may be another person's now, and can revoke."""
    answer = answers_of(session, [event.user_id])[event.user_id]
    if not answer.cleared:
        return
    manager, deciders, path = (
        answer.person,
        holders_of(session, Permission.CLEAR),
        f"/clearance/{event.user_id}",
    )
    facts = {"manager": manager.name, "by": event.by}
    if manager.name != event.name_before:
        notify_each(session, deciders, "cleared_renamed", path, before=event.name_before, **facts)
    if event.extensions_added:
        numbers = ", ".join(event.extensions_added)
        notify_each(session, deciders, "cleared_extensions", path, numbers=numbers, **facts)


def tell_of_newcomer(session: Session, manager_id: int) -> None:
    """HR and the head of the team learn that somebody is to be trained or declared; without them, who decides.

    Of whoever comes back, too: the onboarding goes on or has ended, and another one can be begun.
    """
    manager, trainee = session.get_one(User, manager_id), current_trainee(session, manager_id)
    kind, facts = "manager_added", {"manager": manager.name}
    if trainee is not None:
        kind = "manager_back_ended" if trainee.parted_at else "manager_back"
        facts["stage"] = trainee.stages[-1].stage.value
    in_charge = [each for each in holders_of(session, Permission.RUN_ONBOARDING) if each.role is Role.HR]
    if (head := head_of(manager)) is not None:
        in_charge.append(head)
    told = in_charge or holders_of(session, Permission.CLEAR)
    notify_each(session, told, kind, f"/clearance/{manager.id}", **facts)


def tell_of_readiness(session: Session, trainee: Trainee) -> None:
    """Whoever decides learns that nothing is missing any more, and if the clearance was taken away.

    Once in a stay, and once more after a refusal.
    """
    path = f"/clearance/{trainee.manager_id}"
    last = session.scalar(
        select(ClearanceDecision)
        .where(ClearanceDecision.trainee_id == trainee.id)
        .order_by(ClearanceDecision.id.desc())
        .limit(1)
    )
    entered = trainee.stages[-1].entered_at
    since = Notice.created_at >= (max(entered, last.at) if last else entered)
    if session.scalar(select(Notice.id).where(Notice.kind.in_(READY), Notice.path == path, since).limit(1)):
        return
    kind, facts = READY[0], {"manager": trainee.manager.name}
    if last is not None and last.verdict is ClearanceVerdict.REVOKED:
        kind, facts["at"] = READY[1], last.at.isoformat()
    notify_each(session, holders_of(session, Permission.CLEAR), kind, path, **facts)


def _others(session: Session, decision: ClearanceDecision) -> list[User]:
    """The coach, the head of the team, owners and QC leads, without whoever has decided."""
    coach = decision.trainee.coach if decision.trainee else None
    people = [coach, head_of(decision.manager), *holders_of(session, Permission.CLEAR)]
    found = {person.id: person for person in people if person is not None and person.active}
    if decision.by_id is not None:
        found.pop(decision.by_id, None)
    return list(found.values())
