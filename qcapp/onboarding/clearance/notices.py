"""Tells whom a decision about hot leads concerns: the manager, the head of the team, and who else decides."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from qcapp.onboarding.models import ClearanceDecision, Trainee
from qcapp.people.models import Notice, User
from qcapp.people.notices import notify
from qcapp.people.permissions import Permission
from qcapp.people.queries import holders_of


def tell_of_clearance(session: Session, decision_id: int) -> None:
    """One sentence for the manager, another for those who answer for the team or decide as well."""
    decision = session.get_one(ClearanceDecision, decision_id)
    trainee = decision.trainee
    path = f"/clearance/{trainee.manager_id}"
    facts = {"by": decision.by.name, "why": decision.reason}
    notify(session, trainee.manager, f"clearance_{decision.verdict}", path, **facts)
    missing = sum(not condition["met"] for condition in decision.conditions)
    for person in _others(session, decision):
        notify(
            session,
            person,
            f"trainee_clearance_{decision.verdict}",
            path,
            manager=trainee.manager.name,
            num=missing,
            **facts,
        )


def tell_of_readiness(session: Session, trainee: Trainee) -> None:
    """Whoever decides learns that nothing is missing any more; once in a stay."""
    path = f"/clearance/{trainee.manager_id}"
    since = Notice.created_at >= trainee.stages[-1].entered_at
    if session.scalar(
        select(Notice.id).where(Notice.kind == "trainee_ready", Notice.path == path, since).limit(1)
    ):
        return
    for person in holders_of(session, Permission.CLEAR):
        notify(session, person, "trainee_ready", path, manager=trainee.manager.name)


def _others(session: Session, decision: ClearanceDecision) -> list[User]:
    """The coach, the head of the team, owners and QC leads, without whoever has decided."""
    trainee = decision.trainee
    team = trainee.manager.team
    people = [trainee.coach, team.head if team else None, *holders_of(session, Permission.CLEAR)]
    found = {person.id: person for person in people if person is not None and person.active}
    found.pop(decision.by_id, None)
    return list(found.values())
